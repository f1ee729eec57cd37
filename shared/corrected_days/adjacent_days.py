"""Samples of the adjacent days, just before and just after a day, for its ends to join them."""

from dataclasses import dataclass

from obspy import Stream, UTCDateTime

from shared.archive.archive import DayObject
from shared.errors import NoWaveformError, UnreadableObjectError
from shared.response.bridging import MAX_BRIDGED_S
from shared.waveforms.day_reader import read_span
from shared.waveforms.segments import join

MARGIN_S = 1200.0
"""How much of an adjacent day is read, in seconds. With a `pre_filt` for a 120 s seismometer, the
ends of a day then differ by less than a thousandth of its rms from both days corrected as one; see
`benchmarks/response/gaps_and_edges.py`."""


@dataclass(frozen=True)
class AdjacentDays:
    """The samples around a day.

    Attributes:
        stream: segments before and after the day's own, in order, in counts; perhaps none.
        uris: the objects that they were read from.
        warnings: missing days and oddities of the data, in words.
    """

    stream: Stream
    uris: tuple[str, ...]
    warnings: tuple[str, ...]


def read_adjacent_days(day_object: DayObject, own: Stream) -> AdjacentDays:
    """Read the samples around a day, at each end that lies close enough to the adjacent day.

    Only the records of these minutes are fetched, not the whole days. Samples within the day's own
    time are left out. An adjacent day that is missing or unreadable becomes a warning.

    Args:
        day_object: the day's object.
        own: the day's segments, in order.

    Raises:
        S3Error: S3 failed.
    """
    day = day_object.day
    first = own[0].stats.starttime
    last = max(trace.stats.endtime for trace in own)
    adjacent = AdjacentDays(Stream(), (), ())
    if first - day.starttime < MAX_BRIDGED_S:
        end = first - own[0].stats.delta / 2
        before = _read(day_object.previous, day.starttime - MARGIN_S, end)
        adjacent = _add(adjacent, before)
    if day.next.starttime - last < MAX_BRIDGED_S:
        start = last + own[-1].stats.delta / 2
        after = _read(day_object.next, start, day.next.starttime + MARGIN_S)
        adjacent = _add(adjacent, after)
    return adjacent


def _read(day_object: DayObject, start: UTCDateTime, end: UTCDateTime) -> AdjacentDays:
    try:
        waveform = read_span(day_object, start, end)
    except (NoWaveformError, UnreadableObjectError) as error:
        return AdjacentDays(Stream(), (), (error.message,))
    stream = waveform.stream.trim(start, end, nearest_sample=False)
    return AdjacentDays(stream, (waveform.uri,), (*waveform.warnings, *join(stream)))


def _add(one: AdjacentDays, other: AdjacentDays) -> AdjacentDays:
    return AdjacentDays(
        one.stream + other.stream, one.uris + other.uris, one.warnings + other.warnings
    )
