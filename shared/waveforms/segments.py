"""Sort, join, cut and divide the segments of a day."""

import math
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from itertools import pairwise

import numpy as np
from obspy import Stream, Trace, UTCDateTime

from shared.archive.time import format_time
from shared.waveforms._joining import join_neighbours, join_repeats
from shared.waveforms._segment_time import require_time_for_segments
from shared.waveforms.gaps import SAME_NS, off_count, set_off_count, spacing
from shared.waveforms.traces import trace_like
from shared.wording import first_few

TimeSpan = tuple[UTCDateTime, UTCDateTime]
"""A start and an end, both included."""

RATE_TOLERANCE = 1e-4
"""Relative difference of sampling rates that are one channel's: the tolerance of libmseed, which
joins such records to one segment."""

_SAME_TIMES = 1e-2  # of a sample interval: the shift by another rate that may be ignored
_CLOSE = 1e-3  # of a sample interval, for times that are rounded to a microsecond or more


def join(stream: Stream) -> list[str]:
    """Sort a stream's segments, join those that belong together, and remove conflicting samples.

    Records stored out of order, or twice, split one segment into several, which this joins. Where
    segments overlap and their samples differ, or have other times, there is no telling the right
    ones. All of them are left out, as `Stream.merge` does by default. The rest of such a segment
    keeps its times.

    Segments of different sample types get one type that holds all their samples. Sampling rates
    become one where no sample moves by more than a hundredth of its interval.

    Args:
        stream: unmasked segments of one channel; changed in place, perhaps to none.

    Returns:
        Warnings about the segments.
    """
    traces, warnings = list(stream), []
    if traces:
        require_time_for_segments(traces[0].id, len(traces), "joining")
    odd = _are_disordered(traces)
    _unify(traces)
    chains = join_neighbours(traces)
    if odd and len(chains) < len(traces):
        warnings.append(
            f"{len(traces)} segments out of order or overlapping were joined to {len(chains)}"
        )
    traces = _sorted(chain.trace for chain in join_repeats(chains))
    if spans := overlaps(traces):
        samples = sum(trace.stats.npts for trace in traces)
        traces = _sorted(part for trace in traces for part in _without(trace, spans))
        lost = samples - sum(trace.stats.npts for trace in traces)
        listed = first_few([f"{format_time(start)} to {format_time(end)}" for start, end in spans])
        warnings.append(f"{lost} samples that conflict with one another were left out: {listed}")
    stream.traces = traces
    rates = sorted({trace.stats.sampling_rate for trace in stream})
    if len(rates) > 1:
        warnings.append(
            f"the segments have different sampling rates: {', '.join(map(str, rates))} Hz"
        )
    return warnings + _describe_short_overlaps(stream)


def have_one_rate(traces: Sequence[Trace]) -> bool:
    """Return whether traces have one sampling rate, to the tolerance of miniSEED's own reader."""
    first = traces[0].stats.sampling_rate
    return all(is_one_rate(first, trace.stats.sampling_rate) for trace in traces)


def is_one_rate(one: float, other: float) -> bool:
    """Return whether two sampling rates are one, to `RATE_TOLERANCE`."""
    return abs(one - other) < RATE_TOLERANCE * other


def _sorted(traces: Iterable[Trace]) -> list[Trace]:
    return sorted(traces, key=lambda trace: trace.stats.starttime.ns)


def _are_disordered(traces: Sequence[Trace]) -> bool:
    """Return whether a segment begins before the end of the one before."""
    return any(
        _us(after.stats.starttime.ns) <= _us(before.stats.endtime.ns)
        for before, after in pairwise(traces)
    )


def _us(ns: int) -> int:
    """Return a time in whole microseconds, to which ObsPy compares times."""
    return (ns + SAME_NS) // 1000


def _unify(traces: Sequence[Trace]) -> None:
    """Give segments one sample type, and the first one's sampling rate if that moves no sample."""
    types = {trace.data.dtype for trace in traces}
    if len(types) > 1:
        common = np.result_type(*types)
        for trace in traces:
            trace.data = trace.data.astype(common, copy=False)
    rates = {trace.stats.sampling_rate for trace in traces}
    if len(rates) > 1:
        first = min(traces, key=lambda trace: trace.stats.starttime).stats.sampling_rate
        for stats in (trace.stats for trace in traces):
            moved = abs(stats.sampling_rate / first - 1) * stats.npts
            if 0 < moved < _SAME_TIMES:
                stats.sampling_rate = first


def _describe_short_overlaps(stream: Stream) -> list[str]:
    """Describe where segments overlap by half a sample to one: a clock was set back."""
    places = []
    for before, after in pairwise(stream):
        delta = before.stats.delta
        overlap_s = delta - spacing(before, after)
        if overlap_s > (1 / 2 + _CLOSE) * delta:
            places.append(
                f"{format_time(after.stats.starttime)} by {1000 * overlap_s:.3f} ms"
                f" ({overlap_s / delta:.3f} samples)"
            )
    if not places:
        return []
    return [f"segments overlap by less than a sample, and all are kept: from {first_few(places)}"]


def cut(trace: Trace, first: int, end: int) -> Trace:
    """Return the part of a segment from sample `first` to the one before `end`, as a view.

    Values of its `stats` that are dictionaries are those of the segment.
    """
    stats = trace.stats
    start_ns = stats.starttime.ns + round(first * stats.delta * 1e9)
    part = trace_like(stats, trace.data[first:end], start_ns)
    start_s, end_s = off_count(trace)
    if start_s or end_s:
        set_off_count(part, 0.0 if first else start_s, 0.0 if end < stats.npts else end_s)
    return part


def divide(stream: Stream, starttime: UTCDateTime, endtime: UTCDateTime) -> tuple[Stream, Stream]:
    """Divide segments into those of a span, with one more sample at each end, and the rest."""
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


def overlaps(segments: Iterable[Trace]) -> list[TimeSpan]:
    """Return the time spans of more than one segment, in order; the segments are sorted.

    Segments that follow one another by their records do not overlap, although the count of samples
    may say so.
    """
    spans: list[tuple[int, int]] = []
    latest, latest_end = None, 0
    for trace in segments:
        start, end = trace.stats.starttime.ns, trace.stats.endtime.ns
        is_over = latest is not None and _us(start) <= _us(latest_end)
        if is_over and spacing(latest, trace) <= 0:
            first, last = start, min(end, latest_end)
            if spans and _us(start) <= _us(spans[-1][1]):
                first, last = spans[-1][0], max(spans.pop()[1], last)
            spans.append((first, last))
        if latest is None or end >= latest_end:
            latest, latest_end = trace, end
    return [(UTCDateTime(ns=first), UTCDateTime(ns=last)) for first, last in spans]


def _without(trace: Trace, spans: list[TimeSpan]) -> list[Trace]:
    """Return the parts of a segment outside some spans, which are in order."""
    stats = trace.stats
    start_ns, rate = stats.starttime.ns, stats.sampling_rate * 1e-9
    begin_ns, end_ns = start_ns - SAME_NS, stats.endtime.ns + stats.delta * 1e9
    first_span = bisect_left(spans, begin_ns, key=lambda span: span[1].ns)
    end_span = bisect_right(spans, end_ns, first_span, key=lambda span: span[0].ns)
    parts, begin = [], 0
    for start, end in spans[first_span:end_span]:
        first = math.ceil((start.ns - start_ns) * rate - _CLOSE)
        if first > begin:
            parts.append(cut(trace, begin, min(first, stats.npts)))
        begin = max(begin, math.floor((end.ns - start_ns) * rate + _CLOSE) + 1)
    if begin < stats.npts:
        parts.append(cut(trace, begin, stats.npts))
    return parts


def is_near(trace: Trace, starttime: UTCDateTime, endtime: UTCDateTime) -> bool:
    """Return whether a trace may have a sample of a span, in the sense of ObsPy's `trim`."""
    # Half an interval, another half by which `merge` may move samples, and the rounding of times.
    margin = trace.stats.delta + 1e-6
    begins: bool = trace.stats.starttime - margin <= endtime
    ends: bool = trace.stats.endtime + margin >= starttime
    return begins and ends


def describe_samples_around(stream: Stream, time: UTCDateTime) -> str:
    """Describe where the samples before a time end, and where those after it begin."""
    before = max((t.stats.endtime for t in stream if t.stats.endtime < time), default=None)
    after = min((t.stats.starttime for t in stream if t.stats.starttime > time), default=None)
    until = f"up to {format_time(before)}" if before else ""
    since = f"from {format_time(after)}" if after else ""
    return " and ".join(filter(None, (until, since)))
