"""Which response a segment has: the epochs that a station's metadata gives its channel."""

import math
import warnings
from collections.abc import Iterator
from itertools import pairwise

from obspy import Inventory, Trace, UTCDateTime
from obspy.core.inventory import Channel, PolynomialResponseStage, Response

from shared.archive.channel_id import blank_location
from shared.archive.time import format_time
from shared.errors import NoResponseError
from shared.response.parameters import UNITS
from shared.waveforms.segments import cut

_LONGEST_HOLE_S = 60.0  # between two epochs: a minute is how exactly some of them are written

# The units of ground motion that ObsPy hands to evalresp and scales to SI. Others it knows but does
# not scale ("CM/SEC**2"), or takes for displacement ("M/M", strain): wrong without a word.
_GROUND_MOTION = {"M", "M/S", "M/SEC", "M/S**2", "M/SEC**2", "M/(S**2)", "M/(SEC**2)", "M/S/S"} | {
    prefix + unit for prefix in ("NM", "MM", "CM") for unit in ("", "/S", "/SEC", "/S**2")
}


def split_at_epochs(trace: Trace, inventory: Inventory) -> list[Trace]:
    """The parts of a segment that have one response each: the segment itself, but for few days.

    Where one epoch ends up to a minute before the next begins, the former lasts until then. A split
    is told as a warning.

    Raises:
        NoResponseError: the segment goes on where no epoch is valid.
    """
    stats = trace.stats
    epochs = list(_epochs(trace, inventory))
    dates = [date for epoch in epochs for date in (epoch.start_date, epoch.end_date) if date]
    positions = [(date - stats.starttime) * stats.sampling_rate for date in dates]
    # A start counts from its own instant on, an end until its own instant.
    indices = {index for at in positions for index in (math.ceil(at), math.floor(at) + 1)}
    cuts, response = [0], _response(epochs, stats.starttime)
    hole: UTCDateTime | None = None
    for index in sorted(index for index in indices if 0 < index < stats.npts):
        time = stats.starttime + index * stats.delta
        following = _response(epochs, time)
        if following is None:
            hole = hole or time
        elif hole is not None and response is not None:
            if time - hole > _LONGEST_HOLE_S:
                raise NoResponseError(
                    f"{label(trace)}: the StationXML has no response from {format_time(hole)} to"
                    f" {format_time(time)}, within the segment"
                )
            hole = None
        if following is not None and response is not None and following != response:
            cuts.append(index)
        response = following or response
    _check_end(trace, epochs)
    if len(cuts) == 1:
        return [trace]
    parts = [cut(trace, *span) for span in pairwise([*cuts, stats.npts])]
    begins = ", ".join(format_time(part.stats.starttime) for part in parts[1:])
    warnings.warn(f"{trace.id}: split where another response begins: {begins}", stacklevel=2)
    return parts


def find_response(trace: Trace, inventory: Inventory, output: str) -> Response:
    """The response at a segment's start: of the first epoch that claims it, as ObsPy chooses.

    That several epochs claim it is told as a warning.

    Args:
        trace: the segment.
        inventory: the station's metadata.
        output: what the response is to be removed to; ground motion needs a response to it.

    Raises:
        NoResponseError: there is none for this time, or it cannot give this output.
    """
    epochs = list(_epochs(trace, inventory))
    valid = _valid(epochs, trace.stats.starttime)
    if not valid:
        known = "; ".join(map(_span, epochs)) or "nothing of this channel"
        raise NoResponseError(
            f"{label(trace)}: the StationXML has no response for this time, but {known}"
        )
    if len(valid) > 1:
        spans = "; ".join(map(_span, valid))
        note = f"{len(valid)} epochs claim {label(trace)}, took the first of: {spans}"
        warnings.warn(note, stacklevel=2)
    response = valid[0].response
    if not (response.response_stages or response.instrument_polynomial):
        raise NoResponseError(f"{label(trace)}: the response in the StationXML has no stages")
    if output in UNITS and not _is_ground_motion(response):
        raise NoResponseError(
            f"{label(trace)}: the response is {_kind(response)}, so {output} cannot be had; output"
            " 'DEF' gives what the instrument measures"
        )
    return response


def is_polynomial(response: Response) -> bool:
    """Whether ObsPy applies a polynomial, which gives the input unit whatever the output."""
    stages = response.response_stages
    return not stages or isinstance(stages[0], PolynomialResponseStage)


def input_units(response: Response) -> str:
    """The unit of what the instrument measures, as the metadata write it."""
    stages = response.response_stages
    first = stages[0] if stages else response.instrument_polynomial
    return str(first.input_units or "")


def label(trace: Trace) -> str:
    """A segment's name in errors and warnings."""
    return f"{trace.id} at {format_time(trace.stats.starttime)}"


def _check_end(trace: Trace, epochs: list[Channel]) -> None:
    start, end = trace.stats.starttime, trace.stats.endtime
    if _response(epochs, start) is not None and _response(epochs, end) is None:
        last = max(epoch.end_date for epoch in epochs if epoch.end_date and epoch.end_date < end)
        raise NoResponseError(
            f"{label(trace)}: the StationXML has no response from {format_time(last)} on, but the"
            f" segment goes on until {format_time(end)}"
        )


def _response(epochs: list[Channel], time: UTCDateTime) -> Response | None:
    """The response at a time: of the first epoch that claims it, as ObsPy chooses."""
    return next((epoch.response for epoch in _valid(epochs, time)), None)


def _valid(epochs: list[Channel], time: UTCDateTime) -> list[Channel]:
    """The epochs with a response that claim a time, in the file's order.

    Both ends count, but an end at the instant at which another epoch begins.
    """
    valid = [
        epoch
        for epoch in epochs
        if epoch.response is not None
        and (epoch.start_date is None or epoch.start_date <= time)
        and (epoch.end_date is None or epoch.end_date >= time)
    ]
    begun = any(epoch.start_date == time for epoch in valid)
    return [epoch for epoch in valid if not (begun and epoch.end_date == time)] or valid


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
    return not is_polynomial(response) and input_units(response).upper() in _GROUND_MOTION


def _kind(response: Response) -> str:
    kind = "a polynomial" if is_polynomial(response) else "one"
    return f"{kind} of {input_units(response) or 'no named unit'}"


def _span(epoch: Channel) -> str:
    start = "..." if epoch.start_date is None else format_time(epoch.start_date)
    end = "open" if epoch.end_date is None else format_time(epoch.end_date)
    return f"{start} to {end}"
