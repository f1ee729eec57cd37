"""Instrument response removal on a stream: from counts to ground motion."""

import math
import warnings
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from obspy import Inventory, Stream, Trace, UTCDateTime
from obspy.core.inventory import Channel, PolynomialResponseStage, Response
from obspy.core.util.obspy_types import ObsPyException

from shared import fast_removal
from shared.codes import blank_location
from shared.errors import BadRequestError, NoResponseError, UnreadableObjectError
from shared.removal_parameters import UNITS, RemovalParameters
from shared.times import format_time

# The units of ground motion that ObsPy hands to evalresp and scales to SI. Others it knows but does
# not scale ("CM/SEC**2"), or takes for displacement ("M/M", strain): wrong without a word.
_GROUND_MOTION = {"M", "M/S", "M/SEC", "M/S**2", "M/SEC**2", "M/(S**2)", "M/(SEC**2)", "M/S/S"} | {
    prefix + unit for prefix in ("NM", "MM", "CM") for unit in ("", "/S", "/SEC", "/S**2")
}


@dataclass(frozen=True)
class Outcome:
    """How the response was removed.

    Attributes:
        units: of the result.
        method: the way taken, "fast" or "obspy", or "fast, obspy" where segments differ.
        warnings: what was odd, in words.
    """

    units: str
    method: str
    warnings: tuple[str, ...]


def remove_response(stream: Stream, inventory: Inventory, parameters: RemovalParameters) -> Outcome:
    """Turn each segment of a stream from counts into ground motion, in place.

    Does what ObsPy's `Stream.remove_response` does, but where the response changes in a segment:
    ObsPy takes the one at its start for all of it, here it is split where the next one begins.

    The result is float64.

    Args:
        stream: one trace for each segment, not masked.
        inventory: the station's metadata.
        parameters: how; its encoding is of no concern here.

    Raises:
        BadRequestError: `pre_filt` lies beyond the Nyquist frequency.
        NoResponseError: the metadata has no usable response for a segment.
        UnreadableObjectError: samples are NaN or infinite.
    """
    units, methods = "", set()
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        stream.traces = [part for trace in stream for part in _split_at_epochs(trace, inventory)]
        for trace in stream:
            _check_pre_filt(parameters.pre_filt, trace.stats.sampling_rate)
            if not np.isfinite(trace.data).all():
                raise UnreadableObjectError(f"{_label(trace)}: some samples are not numbers")
            response = _find_response(trace, inventory, parameters.output)
            units = UNITS.get(parameters.output) or _input_units(response)
            methods.add(_remove_from_trace(trace, response, parameters))
    notes = dict.fromkeys(str(warning.message) for warning in caught)
    return Outcome(units, ", ".join(sorted(methods)), tuple(notes))


def _check_pre_filt(
    pre_filt: tuple[float, float, float, float] | None, sampling_rate: float
) -> None:
    if pre_filt and pre_filt[0] >= sampling_rate / 2:
        raise BadRequestError(
            f"pre_filt is {list(pre_filt)}: must begin below {sampling_rate / 2} Hz, the Nyquist"
            " frequency of the data, or nothing of them is left",
            field="pre_filt",
        )
    if pre_filt and pre_filt[3] > sampling_rate / 2:
        note = f"pre_filt ends beyond the Nyquist frequency of the data, {sampling_rate / 2} Hz"
        warnings.warn(note, stacklevel=2)


def _remove_from_trace(trace: Trace, response: Response, parameters: RemovalParameters) -> str:
    """Remove the response from a segment, in place; returns the way taken."""
    fast = parameters.method == "fast" and fast_removal.covers(response, trace.stats.npts)
    try:
        if fast:
            sampling_rate = trace.stats.sampling_rate
            trace.data = fast_removal.remove(trace.data, sampling_rate, response, parameters)
        else:
            _remove_by_obspy(trace, response, parameters)
    # How ObsPy refuses a response that it cannot evaluate.
    except (ObsPyException, ValueError, IndexError, NotImplementedError) as error:
        raise NoResponseError(f"{_label(trace)}: response not usable: {error}") from error
    if not np.isfinite(trace.data).all():
        raise NoResponseError(
            f"{_label(trace)}: the inverse of the response is not finite: it is zero at some"
            " frequency, so give a water_level or a pre_filt that leaves that frequency out"
        )
    return "fast" if fast else "obspy"


def _remove_by_obspy(trace: Trace, response: Response, parameters: RemovalParameters) -> None:
    trace.stats.response = response
    trace.remove_response(
        output=parameters.output,
        pre_filt=parameters.pre_filt,
        water_level=parameters.water_level,
        zero_mean=parameters.zero_mean,
        taper=parameters.taper_fraction > 0,
        taper_fraction=parameters.taper_fraction,
    )
    del trace.stats.response


def _split_at_epochs(trace: Trace, inventory: Inventory) -> list[Trace]:
    """The parts of a segment that have one response each: the segment itself, but for few days.

    Where one epoch ends a moment before the next begins, the former lasts until then.
    """
    stats = trace.stats
    epochs = list(_epochs(trace, inventory))
    dates = [date for epoch in epochs for date in (epoch.start_date, epoch.end_date) if date]
    positions = [(date - stats.starttime) * stats.sampling_rate for date in dates]
    # A start counts from its own instant on, an end until its own instant.
    indices = {index for at in positions for index in (math.ceil(at), math.floor(at) + 1)}
    cuts, response = [0], _response(epochs, stats.starttime)
    for index in sorted(index for index in indices if 0 < index < stats.npts):
        following = _response(epochs, stats.starttime + index * stats.delta)
        if following is not None and response is not None and following != response:
            cuts.append(index)
        response = following or response
    _check_end(trace, epochs)
    if len(cuts) == 1:
        return [trace]
    parts = []
    for first, end in zip(cuts, [*cuts[1:], stats.npts], strict=True):
        part = Trace(trace.data[first:end], stats.copy())
        part.stats.starttime = stats.starttime + first * stats.delta
        parts.append(part)
    begins = ", ".join(format_time(part.stats.starttime) for part in parts[1:])
    warnings.warn(f"{trace.id}: split where another response begins: {begins}", stacklevel=2)
    return parts


def _check_end(trace: Trace, epochs: list[Channel]) -> None:
    """Refuse a segment that goes on after the last epoch has ended."""
    start, end = trace.stats.starttime, trace.stats.endtime
    if _response(epochs, start) is not None and _response(epochs, end) is None:
        last = max(epoch.end_date for epoch in epochs if epoch.end_date and epoch.end_date < end)
        raise NoResponseError(
            f"{_label(trace)}: the StationXML has no response from {format_time(last)} on, but the"
            f" segment goes on until {format_time(end)}"
        )


def _response(epochs: list[Channel], time: UTCDateTime) -> Response | None:
    """The response at a time: of the first epoch that claims it, as ObsPy chooses."""
    return next((epoch.response for epoch in _valid(epochs, time)), None)


def _valid(epochs: list[Channel], time: UTCDateTime) -> list[Channel]:
    """The epochs with a response that claim a time, in the file's order; both ends count."""
    return [
        epoch
        for epoch in epochs
        if epoch.response is not None
        and (epoch.start_date is None or epoch.start_date <= time)
        and (epoch.end_date is None or epoch.end_date >= time)
    ]


def _find_response(trace: Trace, inventory: Inventory, output: str) -> Response:
    """The response at the segment's start: the first epoch that claims it, as ObsPy chooses."""
    epochs = list(_epochs(trace, inventory))
    valid = _valid(epochs, trace.stats.starttime)
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
    if not (response.response_stages or response.instrument_polynomial):
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
                    location = blank_location(channel.location_code)
                    if (channel.code, location) == (stats.channel, stats.location):
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
