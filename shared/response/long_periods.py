"""How a removal treats long periods, those beyond the lowest frequency of its band."""

import warnings
from typing import Literal

import numpy as np
from obspy.core.inventory import Response

from shared.response.checked_response import EVALRESP_ERRORS
from shared.response.evaluation import evaluate
from shared.response.parameters import UNITS, RemovalParameters
from shared.response.polynomials import is_polynomial
from shared.response.pre_filt import resolve
from shared.response.units import input_units, motion_derivative

LongPeriods = Literal["kept", "limited", "amplified"]
"""Kept: they pass like all others, so that an error within a gap stays there. Limited: a band cuts
them off before the inverse of the response amplifies them much. Amplified: neither."""

_KEPT = 2.0
"""Highest gain of a long period that is kept, relative to the least gain of all."""

_LIMITED = 100.0
"""Highest gain at f2 of a band that limits the long periods, relative to the least gain of all, for
the quantity that the sensor is flattest to. With `pre_filt` "auto" it is 10."""

_TOP = 0.8  # of the Nyquist frequency
_FREQUENCIES = 60


def long_periods(
    response: Response, parameters: RemovalParameters, sampling_rate: float, seconds: float
) -> LongPeriods:
    """Return how a removal treats long periods.

    Args:
        response: the instrument's response.
        parameters: of the removal.
        sampling_rate: in Hz.
        seconds: length of the data.

    Raises:
        BadRequestError: `pre_filt` lies outside the frequencies of the data.
    """
    if is_polynomial(response):
        return "kept"
    if isinstance(parameters.pre_filt, str):  # "auto" is the passband
        return "limited"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the removal itself reports them
        try:
            corners = resolve(parameters.pre_filt, response, sampling_rate, seconds)
            if corners and corners[1] > 0:
                gains = [
                    _gain(response, each, corners[1], sampling_rate) for each in _outputs(response)
                ]
                return "limited" if min(gains) <= _LIMITED else "amplified"
            gain = _gain(response, parameters.output, 1 / (2 * seconds), sampling_rate)
        except EVALRESP_ERRORS:  # of the removal, too
            return "amplified"
    return "kept" if gain <= _KEPT else "amplified"


def _outputs(response: Response) -> tuple[str, ...]:
    """Return the outputs of ground motion, as a sensor may be flat to any of them, or "DEF"."""
    return ("DEF",) if motion_derivative(input_units(response)) is None else tuple(UNITS)


def _gain(response: Response, output: str, lowest: float, sampling_rate: float) -> float:
    """Return the inverse's gain at the lowest frequency, relative to the least gain above it."""
    highest = max(_TOP * sampling_rate / 2, 2 * lowest)
    frequencies = np.geomspace(lowest, highest, _FREQUENCIES)
    amplitude = np.abs(evaluate(response, frequencies, output))
    return float(amplitude.max() / amplitude[0]) if amplitude[0] else float("inf")
