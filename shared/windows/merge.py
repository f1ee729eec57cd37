"""The samples of one time window, out of the segments of its days."""

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np
from obspy import Stream, Trace, UTCDateTime
from obspy.core.compatibility import round_away
from obspy.core.trace import Stats

from shared.archive.time import format_time
from shared.errors import UnreadableObjectError
from shared.waveforms.segments import TimeSpan
from shared.windows.request import Window

_ROOM = 10  # samples around a window that trimming may look at


def window_trace(window: Window, segments: Sequence[Trace], reach: TimeSpan) -> Trace:
    """What `Stream.merge` and then `Stream.trim` make of a window's days, out of a part of them.

    ObsPy lays all segments on the grid of the first sample; so does this. What is missing at an end
    of the window is a masked sample where the days have samples beyond that end, too.

    Args:
        window: what was asked for.
        segments: of the days, in counts: those of the window and perhaps others.
        reach: the times of the first and of the last sample of all days.

    Returns:
        The window's samples, perhaps none; missing ones are masked.

    Raises:
        UnreadableObjectError: the segments do not fit together.
    """
    kinds = {_kind(trace) for trace in segments}
    if len(kinds) > 1:
        segments = _touching(segments, window)
        stats = [trace.stats for trace in segments]
        reach = min(item.starttime for item in stats), max(item.endtime for item in stats)
    merged = _merge(_near(_on_grid(segments, reach[0]), window), window)
    trace = _trim(_padded(merged, window, reach), window)
    if trace.data.dtype.kind == "f":  # what is not a number is not a sample
        trace.data = np.ma.masked_invalid(trace.data)
    # A copy, as the slice would keep all of what was read in memory.
    missing = np.ma.getmaskarray(trace.data)
    trace.data = trace.data.copy() if missing.any() else np.array(trace.data)
    return trace


def find_gaps(trace: Trace, window: Window) -> list[dict[str, Any]]:
    """The spans of a window that have no samples, those at its ends included.

    Args:
        trace: the window's samples; missing ones between its ends are masked.
        window: what was asked for.

    Returns:
        For each span in order: the times of its first and its last missing sample, on the trace's
        own sampling grid, and how many are missing.
    """
    stats = trace.stats
    before = _samples_between(window.starttime, stats.starttime, stats)
    after = _samples_between(stats.endtime, window.endtime, stats)
    missing = np.concatenate(([False], np.ma.getmaskarray(trace.data), [False]))
    edges = np.flatnonzero(missing[1:] != missing[:-1])
    spans = [(int(first), int(end)) for first, end in edges.reshape(-1, 2)]
    if before:
        spans.insert(0, (-before, 0))
    if after:
        spans.append((stats.npts, stats.npts + after))
    return [
        {
            "starttime": format_time(stats.starttime + first * stats.delta),
            "endtime": format_time(stats.starttime + (end - 1) * stats.delta),
            "samples": end - first,
        }
        for first, end in spans
    ]


def _samples_between(first: UTCDateTime, last: UTCDateTime, stats: Stats) -> int:
    """Whole sample intervals from `first` to `last`; 0 if `last` is before."""
    # A millionth of an interval is for the rounding of times to nanoseconds.
    return max(0, int((last.ns - first.ns) * 1e-9 * stats.sampling_rate + 1e-6))


def _on_grid(segments: Sequence[Trace], first_sample: UTCDateTime) -> list[Trace]:
    """Segments with the times that ObsPy's `merge` gives them: whole intervals after the first.

    It counts from the end of what comes before; half an interval goes away from there.
    """
    placed: list[Trace] = []
    last = 0
    for trace in sorted(segments, key=lambda trace: (trace.stats.starttime, trace.stats.endtime)):
        delta = trace.stats.delta
        since = trace.stats.starttime - (first_sample + last * delta)
        first = last + int(round_away(since * trace.stats.sampling_rate))
        moved = Trace(header=trace.stats.copy())
        moved.data = trace.data
        moved.stats.starttime = first_sample + first * delta
        placed.append(moved)
        last = max(last, first + trace.stats.npts - 1)
    return placed


def _near(segments: list[Trace], window: Window) -> list[Trace]:
    """What of segments in order is near a window; all of them if they overlap.

    Whether samples conflict, `merge` decides by the whole of an overlap.
    """
    if any(after.stats.starttime <= before.stats.endtime for before, after in pairwise(segments)):
        return segments
    room = _ROOM * segments[0].stats.delta
    near = Stream(segments).slice(window.starttime - room, window.endtime + room)
    return [trace for trace in near if trace.stats.npts]


def _merge(segments: list[Trace], window: Window) -> Trace:
    """Segments as one trace, as `Stream.merge()` makes it of them."""
    kinds = sorted({_kind(trace) for trace in segments})
    if len(kinds) > 1:
        raise UnreadableObjectError(
            f"the segments of {window} differ in sampling rate or sample type: "
            + ", ".join(f"{rate} Hz {dtype}" for rate, dtype in kinds)
        )
    merged = Stream(segments).merge()
    return merged[0] if merged else Trace()


def _padded(merged: Trace, window: Window, reach: TimeSpan) -> Trace:
    """A trace with masked samples up to the ends of the window, as far as the days reach."""
    stats = merged.stats
    room = _ROOM * stats.delta
    before = _samples_between(max(reach[0], window.starttime - room), stats.starttime, stats)
    after = _samples_between(stats.endtime, min(reach[1], window.endtime + room), stats)
    if not (before or after):
        return merged
    padded = Trace(header=stats.copy())
    npts = before + stats.npts + after
    samples = np.zeros(npts, merged.data.dtype)
    missing = np.ones(npts, bool)
    inner = slice(before, before + stats.npts)
    samples[inner] = np.ma.getdata(merged.data)
    missing[inner] = np.ma.getmaskarray(merged.data)
    padded.data = np.ma.masked_array(samples, missing)
    padded.stats.starttime = stats.starttime - before * stats.delta
    return padded


def _touching(segments: Sequence[Trace], window: Window) -> Sequence[Trace]:
    """The segments that the window touches, all of them if it touches none.

    Those of a day may differ in sampling rate or sample type, and cannot be one trace then. It is
    enough that those do not which the window needs.
    """
    return [
        trace
        for trace in segments
        if trace.stats.starttime <= window.endtime and trace.stats.endtime >= window.starttime
    ] or segments


def _kind(trace: Trace) -> tuple[float, str]:
    return trace.stats.sampling_rate, str(trace.data.dtype)


def _trim(merged: Trace, window: Window) -> Trace:
    """What `Stream.trim` leaves of a trace; perhaps no samples. The data is not copied."""
    stream = Stream([Trace(merged.data, merged.stats)])
    try:
        stream.trim(window.starttime, window.endtime)
    except ValueError:  # how it meets a window that lies just between two samples
        stream.clear()
    return stream[0] if stream else Trace(merged.data[:0])
