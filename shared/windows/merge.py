"""Merge the segments of a window's days into one trace, as ObsPy's `merge` and `trim` do."""

from collections.abc import Iterator, Sequence
from itertools import pairwise

import numpy as np
from numpy import ma  # loaded with the module: NumPy would load it in the first invocation
from obspy import Stream, Trace, UTCDateTime
from obspy.core.compatibility import round_away
from obspy.core.trace import Stats

from shared.errors import UnreadableObjectError
from shared.waveforms.gaps import Gap, true_runs
from shared.waveforms.reasons import EmptySpan, explain
from shared.waveforms.segments import TimeSpan
from shared.windows.request import Window

_ROOM_SAMPLES = 10  # `trim` may look this far beyond a window
_ALIGNED = 1e-2  # of an interval; the `misalignment_threshold` of ObsPy's `merge`


def window_trace(window: Window, segments: Sequence[Trace], extent: TimeSpan) -> Trace:
    """Merge segments and trim the result to a window.

    The result equals `Stream.merge` and `Stream.trim` on the whole days, although only a part of
    them is there. ObsPy places all segments on the sampling grid of the days' first sample. Where
    samples are missing at an end of the window, they are masked if the days go on beyond it.

    Args:
        window: the window.
        segments: of the days, in counts: those of the window and perhaps others.
        extent: the times of the first and the last sample of all days.

    Returns:
        The window's samples, perhaps none; missing ones are masked.

    Raises:
        UnreadableObjectError: the segments differ in sampling rate or sample type.
    """
    kinds = {_kind(trace) for trace in segments}
    if len(kinds) > 1:
        segments = _touching(segments, window)
        stats = [trace.stats for trace in segments]
        extent = min(item.starttime for item in stats), max(item.endtime for item in stats)
    merged = _merge(_near(_on_grid(segments, extent[0]), window), window)
    trace = _trim(_padded(merged, window, extent), window)
    if trace.data.dtype.kind == "f":  # NaN and infinity are not samples
        trace.data = ma.masked_invalid(trace.data)
    # A copy, as a view would keep all samples that were read in memory.
    missing = ma.getmaskarray(trace.data)
    trace.data = trace.data.copy() if missing.any() else np.array(trace.data)
    return trace


def window_gaps(trace: Trace, window: Window, empty: Sequence[EmptySpan] = ()) -> list[Gap]:
    """List the gaps of a window in order, missing samples at its ends included.

    Args:
        trace: the window's samples; missing ones between its ends are masked.
        window: the window.
        empty: the reasons for missing samples, as `explain` takes them.

    Returns:
        Gaps on the trace's own sampling grid, divided where the reason changes.
    """
    stats = trace.stats
    before = _samples_between(window.starttime, stats.starttime, stats)
    after = _samples_between(stats.endtime, window.endtime, stats)
    runs = true_runs(ma.getmaskarray(trace.data))
    if before:
        runs.insert(0, (-before, 0))
    if after:
        runs.append((stats.npts, stats.npts + after))
    gaps = [
        Gap(
            stats.starttime + first * stats.delta,
            stats.starttime + (end - 1) * stats.delta,
            end - first,
        )
        for first, end in runs
    ]
    return [part for gap in gaps for part in explain(gap, stats.delta, empty)]


def _samples_between(first: UTCDateTime, last: UTCDateTime, stats: Stats) -> int:
    """Count the whole sample intervals from `first` to `last`; 0 if `last` is earlier."""
    # A millionth of an interval allows for times rounded to nanoseconds.
    return max(0, int((last.ns - first.ns) * 1e-9 * stats.sampling_rate + 1e-6))


def _on_grid(segments: Sequence[Trace], first_sample: UTCDateTime) -> list[Trace]:
    """Move segments to the times that ObsPy's `merge` gives them, whole intervals after the first.

    `merge` counts from the end of the segments before, and rounds half an interval away from it.
    """
    placed: list[Trace] = []
    last = 0
    for trace, start in _aligned(segments):
        delta = trace.stats.delta
        since = start - (first_sample + last * delta)
        first = last + int(round_away(since * trace.stats.sampling_rate))
        moved = Trace(header=trace.stats.copy())
        moved.data = trace.data
        moved.stats.starttime = first_sample + first * delta
        placed.append(moved)
        last = max(last, first + trace.stats.npts - 1)
    return placed


def _aligned(segments: Sequence[Trace]) -> Iterator[tuple[Trace, UTCDateTime]]:
    """Sort segments, and align each to the one before as ObsPy's `merge` does first.

    `merge` moves a segment without a gap before it by up to a hundredth of an interval. That is
    enough to tip the rounding of half an interval.

    Yields:
        Each segment and its aligned start.
    """
    before: TimeSpan | None = None
    for trace in sorted(segments, key=lambda trace: (trace.stats.starttime, trace.stats.endtime)):
        start, delta = trace.stats.starttime, trace.stats.delta
        end = trace.stats.endtime
        if before is not None:
            gap = (start - before[1]) / delta - 1
            if gap <= _ALIGNED and min(gap % 1, -gap % 1) <= _ALIGNED:
                start = before[0] + round((start - before[0]) / delta) * delta
                end = max(before[1], start + (trace.stats.npts - 1) * delta)
        before = start, end
        yield trace, start


def _near(segments: list[Trace], window: Window) -> list[Trace]:
    """Cut ordered segments to the neighbourhood of a window, unless they overlap.

    Overlapping ones stay whole: `merge` compares all samples of an overlap to find a conflict.
    """
    if any(after.stats.starttime <= before.stats.endtime for before, after in pairwise(segments)):
        return segments
    room = _ROOM_SAMPLES * segments[0].stats.delta
    near = Stream(segments).slice(window.starttime - room, window.endtime + room)
    return [trace for trace in near if trace.stats.npts]


def _merge(segments: list[Trace], window: Window) -> Trace:
    """Join segments as `Stream.merge` does."""
    kinds = sorted({_kind(trace) for trace in segments})
    if len(kinds) > 1:
        raise UnreadableObjectError(
            f"the segments of {window} differ in sampling rate or sample type: "
            + ", ".join(f"{rate} Hz {dtype}" for rate, dtype in kinds)
        )
    merged = Stream(segments).merge()
    return merged[0] if merged else Trace()


def _padded(merged: Trace, window: Window, extent: TimeSpan) -> Trace:
    """Pad a trace with masked samples to the ends of the window, as far as the days extend."""
    stats = merged.stats
    room = _ROOM_SAMPLES * stats.delta
    before = _samples_between(max(extent[0], window.starttime - room), stats.starttime, stats)
    after = _samples_between(stats.endtime, min(extent[1], window.endtime + room), stats)
    if not (before or after):
        return merged
    padded = Trace(header=stats.copy())
    npts = before + stats.npts + after
    samples = np.zeros(npts, merged.data.dtype)
    missing = np.ones(npts, bool)
    inner = slice(before, before + stats.npts)
    samples[inner] = ma.getdata(merged.data)
    missing[inner] = ma.getmaskarray(merged.data)
    padded.data = ma.masked_array(samples, missing)
    padded.stats.starttime = stats.starttime - before * stats.delta
    return padded


def _touching(segments: Sequence[Trace], window: Window) -> Sequence[Trace]:
    """Select the segments that a window touches; all of them if it touches none.

    Segments with different sampling rates or sample types cannot become one trace. A day may have
    such segments, as long as the window does not need both kinds.
    """
    return [
        trace
        for trace in segments
        if trace.stats.starttime <= window.endtime and trace.stats.endtime >= window.starttime
    ] or segments


def _kind(trace: Trace) -> tuple[float, str]:
    return trace.stats.sampling_rate, str(trace.data.dtype)


def _trim(merged: Trace, window: Window) -> Trace:
    """Trim a trace as `Stream.trim` does, without copying its data; perhaps to no samples."""
    stream = Stream([Trace(merged.data, merged.stats)])
    try:
        stream.trim(window.starttime, window.endtime)
    except ValueError:  # ObsPy's reaction to a window between two samples
        stream.clear()
    return stream[0] if stream else Trace(merged.data[:0])
