"""Epochs of a channel in a station's metadata, and the response of a segment."""

import math
import warnings
from collections.abc import Iterator
from itertools import pairwise

from obspy import Inventory, Trace, UTCDateTime
from obspy.core.inventory import Channel, Response

from shared.archive.time import format_time
from shared.errors import NoResponseError
from shared.response._channel_epochs import ChannelEpochs, span_of
from shared.response._stages import RATE_TOLERANCE
from shared.response.checked_response import CheckedResponse
from shared.response.parameters import UNITS
from shared.response.polynomials import is_polynomial
from shared.response.units import input_units, is_ground_motion
from shared.stations import findings
from shared.stations.valid_epochs import valid_epochs
from shared.waveforms.segments import cut

_MAX_HOLE_S = 60.0  # between two epochs, since some are written to the minute

_MASS_POSITION = "M"
"""Instrument code, the second letter of a channel (SEED manual 2.4, appendix A)."""


def split_at_epochs(trace: Trace, channel: ChannelEpochs) -> list[Trace]:
    """Split a segment where its response changes, with a warning; on most days it does not.

    An epoch that ends up to a minute before the next one begins is extended until then.

    Returns:
        The parts in order, or the segment itself.

    Raises:
        NoResponseError: the segment continues where no epoch is valid.
    """
    stats = trace.stats
    if channel.stretch(trace):
        return [trace]
    epochs = channel.near(trace)
    dates = [date for epoch in epochs for date in (epoch.start_date, epoch.end_date) if date]
    positions = [(date - stats.starttime) * stats.sampling_rate for date in dates]
    # Start and end are both inclusive.
    indices = {index for at in positions for index in (math.ceil(at), math.floor(at) + 1)}
    cuts, response = [0], _response(epochs, stats.starttime)
    hole: UTCDateTime | None = None
    for index in sorted(index for index in indices if 0 < index < stats.npts):
        time = stats.starttime + index * stats.delta
        following = _response(epochs, time)
        if following is None:
            hole = hole or time
        elif hole is not None and response is not None:
            if time - hole > _MAX_HOLE_S:
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


def find_response(
    trace: Trace, inventory: Inventory | ChannelEpochs, output: str
) -> CheckedResponse:
    """Return the response at a segment's start, from the first valid epoch, as ObsPy does.

    It warns if several epochs are valid, and where the metadata contradict themselves or the data.

    Args:
        trace: the segment.
        inventory: the station's metadata, or the epochs in it of the segment's channel.
        output: "VEL", "DISP", "ACC" or "DEF"; all except "DEF" need a response to ground motion.

    Raises:
        NoResponseError: no epoch is valid at this time, its response cannot be right, or it cannot
            give this output.
    """
    is_known = isinstance(inventory, ChannelEpochs)
    channel: ChannelEpochs = inventory if is_known else ChannelEpochs(trace, inventory)
    stretch = channel.stretch(trace, output)
    if stretch in channel.found:  # with the same warnings
        return channel.found[stretch]
    epoch = _find_epoch(trace, channel)
    faults = findings.faults(epoch)
    if faults:
        raise NoResponseError(f"{label(trace)}: {faults[0]}")
    response = epoch.response
    if not (response.response_stages or response.instrument_polynomial):
        raise NoResponseError(f"{label(trace)}: the response in the StationXML has no stages")
    try:
        checked = channel.checked(response)
    except ValueError as error:
        raise NoResponseError(f"{label(trace)}: response not usable: {error}") from error
    for message in (*findings.notes(epoch), *checked.messages, *_rate_messages(trace, checked)):
        warnings.warn(f"{trace.id}: {message}", stacklevel=2)
    if output in UNITS:
        _require_ground_motion(trace, checked, output)
    if stretch:
        channel.found[stretch] = checked
    return checked


def _find_epoch(trace: Trace, channel: ChannelEpochs) -> Channel:
    """Return the first valid epoch of a segment's start, with a warning if there are several."""
    epochs = channel.near(trace)
    valid = _with_response(epochs, trace.stats.starttime)
    if not valid:
        raise NoResponseError(
            f"{label(trace)}: the StationXML has no response for this time, but {channel.words}"
        )
    if len(valid) > 1:
        spans = "; ".join(map(span_of, valid))
        # Without the segment's time, so that many segments give one warning.
        message = f"{len(valid)} epochs claim {trace.id} at one time, took the first of: {spans}"
        warnings.warn(message, stacklevel=2)
    for epoch in valid_epochs(epochs, trace.stats.starttime):
        if epoch.response is None and _begins_later(epoch, valid[0]):
            message = f"{trace.id}: the epoch {span_of(epoch)} has no response, took another one"
            warnings.warn(f"{message}: {span_of(valid[0])}", stacklevel=2)
    return valid[0]


def _begins_later(epoch: Channel, other: Channel) -> bool:
    start, other_start = epoch.start_date, other.start_date
    return start is not None and (other_start is None or start > other_start)


def _rate_messages(trace: Trace, response: CheckedResponse) -> Iterator[str]:
    """Yield a message if the stages end in another sampling rate than that of the data."""
    rate, data = response.sampling_rate, trace.stats.sampling_rate
    if rate and abs(data / rate - 1) > RATE_TOLERANCE:
        yield f"the stages of the response end in {rate:g} Hz, but the data have {data:g} Hz"


def _require_ground_motion(trace: Trace, response: Response, output: str) -> None:
    if not is_ground_motion(response):
        raise NoResponseError(
            f"{label(trace)}: {_kind(response)} cannot give output {output!r}: must be 'DEF', which"
            " keeps the instrument's unit"
        )
    if trace.stats.channel[1:2] == _MASS_POSITION:
        message = f"{trace.id} is a mass position by its code, but its metadata are of"
        warnings.warn(f"{message} {_kind(response)}", stacklevel=2)


def label(trace: Trace) -> str:
    """Return a segment's name for errors and warnings."""
    return f"{trace.id} at {format_time(trace.stats.starttime)}"


def _check_end(trace: Trace, epochs: list[Channel]) -> None:
    start, end = trace.stats.starttime, trace.stats.endtime
    if _response(epochs, start) is not None and _response(epochs, end) is None:
        last = max(epoch.end_date for epoch in epochs if epoch.end_date and epoch.end_date < end)
        raise NoResponseError(
            f"{label(trace)}: the StationXML has no response from {format_time(last)} on, but the"
            f" segment ends at {format_time(end)}"
        )


def _response(epochs: list[Channel], time: UTCDateTime) -> Response | None:
    """Return the response at a time, from the first valid epoch, or None."""
    return next((epoch.response for epoch in _with_response(epochs, time)), None)


def _with_response(epochs: list[Channel], time: UTCDateTime) -> list[Channel]:
    """Return the epochs with a response that are valid at a time, in the file's order."""
    return valid_epochs([epoch for epoch in epochs if epoch.response is not None], time)


def _kind(response: Response) -> str:
    kind = "a polynomial response" if is_polynomial(response) else "a response"
    return f"{kind} to {input_units(response) or 'an unnamed unit'}"
