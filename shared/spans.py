"""Spans of time, and the traces that they are cut out of."""

from collections.abc import Sequence
from operator import itemgetter

from obspy import Stream, Trace, UTCDateTime
from obspy.core.trace import Stats

from shared.times import format_time

Span = tuple[UTCDateTime, UTCDateTime]
"""The start and the end, both included."""

_NEIGHBOURS_S = 600  # what lies between spans is read sooner than another request is answered
_JITTER_S = 1e-4  # a tick of the header's time
_JITTER = 1 / 20  # of a sample interval, where that is less


def is_near(trace: Trace, starttime: UTCDateTime, endtime: UTCDateTime) -> bool:
    """Whether a trace may have a sample of a span, in the sense of ObsPy's `trim`."""
    # Half an interval, another half by which `merge` may move it, and the rounding of times.
    room = trace.stats.delta + 1e-6
    begins: bool = trace.stats.starttime - room <= endtime
    ends: bool = trace.stats.endtime + room >= starttime
    return begins and ends


def neighbours_as_one(spans: Sequence[Span]) -> list[Span]:
    """The spans in order; those that overlap, or lie close to each other, become one."""
    joined: list[Span] = []
    for starttime, endtime in sorted(spans, key=itemgetter(0)):
        if joined and starttime - joined[-1][1] <= _NEIGHBOURS_S:
            joined[-1] = (joined[-1][0], max(joined[-1][1], endtime))
        else:
            joined.append((starttime, endtime))
    return joined


def continued(stats: Stats, begun: UTCDateTime) -> UTCDateTime:
    """The start of a trace as a part of the segment that began at a time.

    ObsPy counts a segment's times from its first record. The others' own times jitter around that
    by a few microseconds, by a tick of 0.1 ms where there is no blockette 1001. What is further
    off belongs to another segment, which began where nothing was read.
    """
    samples = round((stats.starttime - begun) * stats.sampling_rate)
    continued = begun + samples * stats.delta
    jitter = min(_JITTER_S, _JITTER * stats.delta)
    return continued if abs(continued - stats.starttime) <= jitter else stats.starttime


def samples_around(stream: Stream, time: UTCDateTime) -> str:
    """The samples next to a time that has none, in words."""
    before = max((t.stats.endtime for t in stream if t.stats.endtime < time), default=None)
    after = min((t.stats.starttime for t in stream if t.stats.starttime > time), default=None)
    until = f"up to {format_time(before)}" if before else ""
    since = f"from {format_time(after)}" if after else ""
    return " and ".join(filter(None, (until, since)))
