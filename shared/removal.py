"""Instrument response removal on a stream: from counts to ground motion."""

import warnings
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from obspy import Inventory, Stream, Trace
from obspy.core.inventory import Channel, PolynomialResponseStage, Response
from obspy.core.util.obspy_types import ObsPyException

from shared.errors import NoResponseError
from shared.fields import Fields, is_number
from shared.times import format_time

UNITS = {"DISP": "m", "VEL": "m/s", "ACC": "m/s**2"}
"""The unit of each output. "DEF" has the instrument's own, whatever it measures."""

ENCODINGS = {"FLOAT32": np.float32, "FLOAT64": np.float64}
"""The miniSEED encodings of a result, with the NumPy type that each takes. Never an integer: ground
velocity is about 1e-6 m/s, which an integer turns into 0."""

# The units of ground motion that ObsPy hands to evalresp and scales to SI. Others it knows but does
# not scale ("CM/SEC**2"), or takes for displacement ("M/M", strain): wrong without a word.
_GROUND_MOTION = {"M", "M/S", "M/SEC", "M/S**2", "M/SEC**2", "M/(S**2)", "M/(SEC**2)", "M/S/S"} | {
    prefix + unit for prefix in ("NM", "MM", "CM") for unit in ("", "/S", "/SEC", "/S**2")
}


@dataclass(frozen=True)
class RemovalParameters:
    """How to remove the response; names, meaning and defaults of ObsPy's `remove_response`.

    Attributes:
        output: "DISP" (m), "VEL" (m/s), "ACC" (m/s**2), or "DEF" (the instrument's input unit).
        pre_filt: four corners in Hz of a cosine band on the spectrum, ascending; None is no filter.
        water_level: in dB below the response's maximum, where the inverse is clipped; None is no
            water level.
        taper_fraction: the part of a segment that a cosine tapers, both ends together; 0 is none.
        zero_mean: whether to subtract the mean of a segment first.
        encoding: of the result, "FLOAT32" or "FLOAT64".
    """

    output: str = "VEL"
    pre_filt: tuple[float, float, float, float] | None = None
    water_level: float | None = 60.0
    taper_fraction: float = 0.05
    zero_mean: bool = True
    encoding: str = "FLOAT32"

    @classmethod
    def parse(cls, fields: Fields) -> "RemovalParameters":
        """Read the parameters of a request; an absent one has its default.

        Raises:
            BadRequestError: a value is not what the parameter takes.
        """
        return cls(
            output=fields.choice("output", (*UNITS, "DEF"), cls.output),
            pre_filt=_parse_pre_filt(fields),
            water_level=_parse_water_level(fields),
            taper_fraction=fields.number(
                "taper_fraction", "a number from 0 to 1", 0, 1, cls.taper_fraction
            ),
            zero_mean=fields.flag("zero_mean", cls.zero_mean),
            encoding=fields.choice("encoding", ENCODINGS, cls.encoding),
        )

    def as_dict(self) -> dict[str, Any]:
        """The parameters as JSON."""
        return asdict(self)

    def changed(self) -> dict[str, Any]:
        """The parameters that are not the default."""
        default = asdict(RemovalParameters())
        return {name: value for name, value in asdict(self).items() if value != default[name]}


def remove_response(
    stream: Stream, inventory: Inventory, parameters: RemovalParameters
) -> tuple[str, tuple[str, ...]]:
    """Turn each segment of a stream from counts into ground motion, in place.

    Does what ObsPy's `Stream.remove_response` does. The result is float64.

    Args:
        stream: one trace for each segment, not masked.
        inventory: the station's metadata.
        parameters: how; its encoding is of no concern here.

    Returns:
        The unit of the result, and what ObsPy warned of.

    Raises:
        NoResponseError: the metadata has no usable response for a segment.
    """
    units = ""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        for trace in stream:
            response = _find_response(trace, inventory, parameters.output)
            units = UNITS.get(parameters.output) or _input_units(response)
            _remove_from_trace(trace, response, parameters)
    return units, tuple(dict.fromkeys(str(warning.message) for warning in caught))


def _remove_from_trace(trace: Trace, response: Response, parameters: RemovalParameters) -> None:
    trace.stats.response = response
    try:
        trace.remove_response(
            output=parameters.output,
            pre_filt=parameters.pre_filt,
            water_level=parameters.water_level,
            zero_mean=parameters.zero_mean,
            taper=parameters.taper_fraction > 0,
            taper_fraction=parameters.taper_fraction,
        )
    # How ObsPy refuses a response that it cannot evaluate.
    except (ObsPyException, ValueError, IndexError, NotImplementedError) as error:
        raise NoResponseError(f"{_label(trace)}: response not usable: {error}") from error
    finally:
        del trace.stats.response
    if not np.isfinite(trace.data).all():
        raise NoResponseError(
            f"{_label(trace)}: the inverse of the response is not finite: it is zero at some"
            " frequency, so give a water_level or a pre_filt that leaves that frequency out"
        )


def _find_response(trace: Trace, inventory: Inventory, output: str) -> Response:
    """The response at the segment's start: the first epoch that claims it, as ObsPy chooses."""
    epochs = list(_epochs(trace, inventory))
    start = trace.stats.starttime
    valid = [
        epoch
        for epoch in epochs
        if (epoch.start_date is None or epoch.start_date <= start)
        and (epoch.end_date is None or epoch.end_date >= start)
    ]
    if not valid:
        known = "; ".join(map(_span, epochs)) or "nothing of this channel"
        raise NoResponseError(
            f"{_label(trace)}: the StationXML has no response for this time, but {known}"
        )
    if len(valid) > 1:
        spans = "; ".join(map(_span, valid))
        note = f"{len(valid)} epochs claim {_label(trace)}, took the first of: {spans}"
        warnings.warn(note, stacklevel=2)
    response = valid[0].response
    if response is None or not (response.response_stages or response.instrument_polynomial):
        raise NoResponseError(f"{_label(trace)}: the response in the StationXML has no stages")
    if output in UNITS and not _is_ground_motion(response):
        raise NoResponseError(
            f"{_label(trace)}: the response is {_kind(response)}, so {output} cannot be had; output"
            " 'DEF' gives what the instrument measures"
        )
    return response


def _epochs(trace: Trace, inventory: Inventory) -> Iterator[Channel]:
    """All epochs of the segment's channel, in the file's order."""
    stats = trace.stats
    for network in inventory:
        for station in network:
            if (network.code, station.code) == (stats.network, stats.station):
                for channel in station:
                    if (channel.code, channel.location_code) == (stats.channel, stats.location):
                        yield channel


def _is_ground_motion(response: Response) -> bool:
    """Whether evalresp can turn the response into that of displacement, velocity, acceleration."""
    return not _is_polynomial(response) and _input_units(response).upper() in _GROUND_MOTION


def _is_polynomial(response: Response) -> bool:
    """Whether ObsPy applies a polynomial, which gives the input unit whatever the output."""
    stages = response.response_stages
    return not stages or isinstance(stages[0], PolynomialResponseStage)


def _kind(response: Response) -> str:
    kind = "a polynomial" if _is_polynomial(response) else "one"
    return f"{kind} of {_input_units(response) or 'no named unit'}"


def _input_units(response: Response) -> str:
    stages = response.response_stages
    first = stages[0] if stages else response.instrument_polynomial
    return str(first.input_units or "")


def _span(epoch: Channel) -> str:
    start = "..." if epoch.start_date is None else format_time(epoch.start_date)
    end = "open" if epoch.end_date is None else format_time(epoch.end_date)
    return f"{start} to {end}"


def _label(trace: Trace) -> str:
    return f"{trace.id} at {format_time(trace.stats.starttime)}"


def _parse_pre_filt(fields: Fields) -> tuple[float, float, float, float] | None:
    value = fields.raw("pre_filt")
    if value is None:
        return None
    right = "null or four frequencies in Hz, ascending, such as [0.005, 0.01, 35, 45]"
    if not isinstance(value, list) or len(value) != 4 or not all(map(is_number, value)):
        raise fields.error("pre_filt", value, right)
    f1, f2, f3, f4 = map(float, value)
    if not 0 <= f1 <= f2 <= f3 <= f4 or f4 == 0:
        raise fields.error("pre_filt", value, right)
    return f1, f2, f3, f4


def _parse_water_level(fields: Fields) -> float | None:
    default = 60.0
    if fields.raw("water_level", default) is None:
        return None
    return fields.number(
        "water_level",
        "null or a number of dB from 0 to 1000",
        0,
        1000,
        default,
    )
