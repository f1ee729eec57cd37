"""What a day's segments are: in order, joined where they are one, and without conflicts."""

import math
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Sequence
from operator import itemgetter

from obspy import Stream, Trace, UTCDateTime
from obspy.core.trace import Stats

from shared.archive.time import format_time

TimeSpan = tuple[UTCDateTime, UTCDateTime]
"""The start and the end, both included."""

_CLOSE = 1e-3  # of a sample: times are stored to a microsecond or worse, and a sample stays one

_TOLD = 10  # conflicts, by their times


def join(stream: Stream) -> list[str]:
    """Bring a stream's segments into order, join those that are one, take conflicts out.

    Records that were stored out of order, or twice, make several segments of one: joined they are
    one again. Where segments overlap and their samples differ, or lie on other instants, nothing
    tells which are right: all of them are left out, as `Stream.merge` does by default. What is left
    of such a segment keeps its times.

    Args:
        stream: unmasked segments of one channel; changed in place. None may be left.

    Returns:
        What was odd about them, in words.
    """
    notes = []
    before = len(stream)
    alike: defaultdict[tuple[float, str], list[Trace]] = defaultdict(list)
    for trace in stream:  # ObsPy would try to join neighbours that differ, and fail
        alike[trace.stats.sampling_rate, trace.data.dtype.str].append(trace)
    stream.traces = [
        trace for traces in alike.values() for trace in Stream(traces).merge(method=-1)
    ]
    if len(stream) < before:
        notes.append(f"{before} segments out of order or overlapping were joined to {len(stream)}")
    stream.sort(["starttime"])
    twice = _claimed_twice(stream)
    if twice:
        samples = sum(trace.stats.npts for trace in stream)
        stream.traces = [part for trace in stream for part in _without(trace, twice)]
        stream.sort(["starttime"])
        lost = samples - sum(trace.stats.npts for trace in stream)
        spans = ", ".join(f"{format_time(a)} to {format_time(b)}" for a, b in twice[:_TOLD])
        if len(twice) > _TOLD:
            spans += f" and {len(twice) - _TOLD} more"
        notes.append(f"{lost} samples that conflict with one another were left out: {spans}")
    rates = sorted({trace.stats.sampling_rate for trace in stream})
    if len(rates) > 1:
        notes.append(f"the segments have different sampling rates: {', '.join(map(str, rates))} Hz")
    return notes


def cut(trace: Trace, first: int, end: int) -> Trace:
    """A part of a segment, from sample `first` to the one before `end`; shares its samples."""
    part = Trace(header=trace.stats.copy())
    part.data = trace.data[first:end]
    part.stats.starttime = trace.stats.starttime + first * trace.stats.delta
    return part


def divide(stream: Stream, starttime: UTCDateTime, endtime: UTCDateTime) -> tuple[Stream, Stream]:
    """Divide segments into what lies in a span, with a sample more at its ends, and the rest."""
    within, around = Stream(), Stream()
    for trace in stream:
        stats = trace.stats
        first = math.floor((starttime - stats.starttime) * stats.sampling_rate)
        end = math.ceil((endtime - stats.starttime) * stats.sampling_rate) + 1
        first, end = (min(max(index, 0), stats.npts) for index in (first, end))
        for target, begin, stop in (
            (around, 0, first),
            (within, first, end),
            (around, end, stats.npts),
        ):
            if begin < stop:
                target.append(cut(trace, begin, stop))
    return within, around


def _claimed_twice(stream: Stream) -> list[TimeSpan]:
    """The spans that more than one segment claims, first and last instant; segments in order."""
    spans: list[TimeSpan] = []
    latest: UTCDateTime | None = None
    for trace in stream:
        start, end = trace.stats.starttime, trace.stats.endtime
        if latest is not None and start <= latest:
            overlap = start, min(end, latest)
            if spans and start <= spans[-1][1]:
                overlap = spans[-1][0], max(spans.pop()[1], overlap[1])
            spans.append(overlap)
        latest = end if latest is None else max(latest, end)
    return spans


def _without(trace: Trace, spans: list[TimeSpan]) -> list[Trace]:
    """The parts of a segment outside of spans; those in order."""
    stats = trace.stats
    parts, begin = [], 0
    spans = spans[bisect_left(spans, stats.starttime, key=itemgetter(1)) :]
    for start, end in [*spans, (stats.endtime + 2 * stats.delta, None)]:
        first = math.ceil((start - stats.starttime) * stats.sampling_rate - _CLOSE)
        if first > begin:
            parts.append(cut(trace, begin, min(first, stats.npts)))
        if end is not None:
            after = math.floor((end - stats.starttime) * stats.sampling_rate + _CLOSE) + 1
            begin = max(begin, after)
        if begin >= stats.npts:
            break
    return parts


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


def neighbours_as_one(spans: Sequence[TimeSpan]) -> list[TimeSpan]:
    """The spans in order; those that overlap, or lie close to each other, become one."""
    joined: list[TimeSpan] = []
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
