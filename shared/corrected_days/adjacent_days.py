"""The end of the day before, and the beginning of the day after: what a day's ends lean on."""

from dataclasses import dataclass

from obspy import Stream, UTCDateTime

from shared.archive.channel_id import ChannelId
from shared.archive.day import Day
from shared.errors import NoWaveformError, UnreadableObjectError
from shared.response.bridging import MAX_BRIDGED_S
from shared.waveforms.day_reader import read_span
from shared.waveforms.segments import join

MARGIN_S = 1200.0
"""How much of a neighbouring day is read, in seconds. With a `pre_filt` for a 120 s seismometer,
twenty minutes bring the ends of a day within a thousandth of its rms of what the two days give that
are corrected as one; see `benchmarks/response/gaps_and_edges.py`."""


@dataclass(frozen=True)
class AdjacentDays:
    """What lies around a day.

    Attributes:
        stream: segments before and after the day's own, in order, in counts; perhaps none.
        uris: the objects that they are from.
        warnings: what is missing or odd, in words.
    """

    stream: Stream
    uris: tuple[str, ...]
    warnings: tuple[str, ...]


def read_adjacent_days(bucket: str, channel: ChannelId, day: Day, own: Stream) -> AdjacentDays:
    """Read what lies around a day's samples, where it is near enough to be of use.

    Only the records of these minutes are read, not the days. Samples that a neighbour's object has
    of the day's own time are left out. A neighbour that is missing, or not readable, is told as a
    warning.

    Args:
        bucket: the archive's.
        channel: the channel.
        day: the day.
        own: the day's segments, in order.

    Raises:
        S3Error: S3 failed.
    """
    first = own[0].stats.starttime
    last = max(trace.stats.endtime for trace in own)
    margins = AdjacentDays(Stream(), (), ())
    if first - day.starttime < MAX_BRIDGED_S:
        end = first - own[0].stats.delta / 2
        before = _read(bucket, channel, day.previous, day.starttime - MARGIN_S, end)
        margins = _sum(margins, before)
    if day.next.starttime - last < MAX_BRIDGED_S:
        start = last + own[-1].stats.delta / 2
        after = _read(bucket, channel, day.next, start, day.next.starttime + MARGIN_S)
        margins = _sum(margins, after)
    return margins


def _read(
    bucket: str, channel: ChannelId, day: Day, start: UTCDateTime, end: UTCDateTime
) -> AdjacentDays:
    try:
        found = read_span(bucket, channel, day, start, end)
    except (NoWaveformError, UnreadableObjectError) as error:
        return AdjacentDays(Stream(), (), (error.message,))
    stream = found.stream.trim(start, end, nearest_sample=False)
    return AdjacentDays(stream, (found.uri,), (*found.warnings, *join(stream)))


def _sum(one: AdjacentDays, other: AdjacentDays) -> AdjacentDays:
    return AdjacentDays(
        one.stream + other.stream, one.uris + other.uris, one.warnings + other.warnings
    )
