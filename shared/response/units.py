"""Units of a response's input and of its result."""

import re

from obspy.core.inventory import Response

from shared.response.parameters import UNITS
from shared.response.polynomials import has_overall, is_polynomial

_SI_UNITS = tuple(UNITS.values())  # by the derivative of displacement

_PER_TIME = {
    "": 0,
    "/S": 1,
    "/SEC": 1,
    "/S**2": 2,
    "/SEC**2": 2,
    "/(S**2)": 2,
    "/(SEC**2)": 2,
}
MOTION = {
    **{prefix + "M" + per: n for prefix in ("", "N", "M", "C") for per, n in _PER_TIME.items()},
    "M/S/S": 2,
    "M/M": 0,
    "M**3/M**3": 0,
}
"""Units that ObsPy names to evalresp as those of ground motion, in capitals, and the derivative of
displacement that each is of. See `units_mapping` in `obspy.core.inventory.response`."""

SCALES = {
    prefix + per: scale
    for prefix, scale in (("CM", 1e2), ("MM", 1e3), ("NM", 1e9))
    for per in ("", "/S", "/SEC", "/S**2")
}
"""Units that ObsPy scales to SI units, in capitals, and their number in one SI unit. See
`scale_factor` in the same module."""

_GROUND_MOTION = {
    *("M", "M/S", "M/SEC", "M/S**2", "M/SEC**2", "M/(S**2)", "M/(SEC**2)", "M/S/S"),
    *SCALES,
}
"""Units of ground motion that ObsPy converts rightly. It takes others without scaling them to SI
("CM/SEC**2"), or as displacement ("M/M", strain), and the result is silently wrong."""

_METRES = re.compile("[NU\u039cMCDK]?M(?=/|$)")  # the third is the capital of µ
_DERIVATIVES = {"M": 0, "M/S": 1, "M/S**2": 2, "M/S/S": 2, "M/S2": 2, "GAL": 2}


def input_units(response: Response) -> str:
    """Return the instrument's input unit as the metadata spells it, or "".

    An overall polynomial is evaluated in place of the stages, so it counts, and not their unit. A
    first stage that is a gain alone may name none. As in ObsPy, it is the sensitivity's then.
    """
    polynomial = has_overall(response) and is_polynomial(response)
    named = [
        response.instrument_polynomial if polynomial else None,
        *response.response_stages[:1],
        response.instrument_sensitivity,
    ]
    return next((str(part.input_units) for part in named if part and part.input_units), "")


def is_ground_motion(response: Response) -> bool:
    """Return whether evalresp can convert between displacement, velocity and acceleration."""
    return not is_polynomial(response) and input_units(response).upper() in _GROUND_MOTION


def result_units(response: Response, output: str) -> str:
    """Return the unit of the numbers that a removal gives.

    With "DEF", the response counts as it is, and so its input unit stays, as the metadata spells
    it. But ObsPy scales some units of ground motion to SI units, and leaves others: a response to
    nm/s gives m/s, one to um/s gives um/s.

    Args:
        response: the instrument's response.
        output: "DISP", "VEL", "ACC" or "DEF".
    """
    if output in UNITS:
        return UNITS[output]
    units = input_units(response)
    if units.upper() not in SCALES or is_polynomial(response):
        return units
    return _SI_UNITS[MOTION[units.upper()]]


def motion_derivative(units: str) -> int | None:
    """Return the derivative of displacement that a unit is of: 0, 1 or 2; None if not of motion.

    Args:
        units: in any spelling, such as "nm/s", "M/SEC", "cm/(s**2)" or "gal".
    """
    plain = units.upper().replace("SEC", "S").replace("^", "**")
    plain = re.sub(r"[\s()]", "", plain)
    return _DERIVATIVES.get(_METRES.sub("M", plain, count=1))
