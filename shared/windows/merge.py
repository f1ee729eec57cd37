"""Merge the segments of a window's days: each keeps its own times, and one trace has them all.

Each segment is trimmed to the window by itself, so that its samples keep their times whatever lies
outside the window. The merged trace has the sampling grid of the window's first sample. Where all
segments lie on one grid, it equals ObsPy's `Stream.merge` and `Stream.trim` of the whole days.
"""

import math
from collections.abc import Iterable, Iterator, Sequence

import numpy as np
from numpy import ma  # loaded with the module: NumPy would load it in the first invocation
from obspy import Stream, Trace, UTCDateTime

from shared.errors import UnreadableObjectError
from shared.waveforms.gaps import drifts, missing_samples, off_count
from shared.waveforms.segments import TimeSpan, cut, have_one_rate, is_near, join
from shared.waveforms.traces import trace_like
from shared.windows.limits import MAX_SAMPLES, window_too_large
from shared.windows.placement import PlacedSegment, place
from shared.windows.request import Window

JITTER = 1e-2
"""Part of a sample interval by which a sample of a window may lie outside it: times of records
jitter."""


def window_counts(window: Window, segments: Sequence[Trace]) -> tuple[Stream, list[str]]:
    """Join the segments of a window, in counts.

    Args:
        window: the window.
        segments: of its days; unmasked, and unchanged by this function.

    Returns:
        The segments of the window as views, sorted and without conflicting samples, and warnings
        about them. Those that overlap others reach beyond the window.
    """
    near = Stream(list(_near(segments, window)))
    types = sorted({trace.data.dtype.name for trace in near})
    messages = join(near) if len(near) > 1 else []
    if len(types) > 1:
        delivered = np.result_type(*types).name
        messages.append(
            f"the segments have samples of type {' and '.join(types)}: all are delivered as"
            f" {delivered}"
        )
    return near, messages


def merge_segments(
    window: Window, segments: Iterable[Trace], extent: TimeSpan, max_samples: int = MAX_SAMPLES
) -> tuple[Trace, tuple[PlacedSegment, ...]] | None:
    """Trim each segment to a window, and merge them on the sampling grid of the first one.

    A segment is placed on the nearest samples of the grid, yet after all of the segment before, so
    that no sample is lost where two overlap by less than a sample. Where samples are missing at an
    end of the window, they are masked if the days go on beyond it.

    Args:
        window: the window.
        segments: sorted, without overlaps, of one sample type; those of the window and others.
        extent: the times of the first and the last sample of the window's days.
        max_samples: the limit, missing samples included.

    Returns:
        All samples on the sampling grid of the first one, masked where samples are missing; and
        the same samples, in order, each segment with its own times. None if there are no samples.

    Raises:
        TooLargeError: there are more samples than that, which is found before memory is taken.
        UnreadableObjectError: the segments differ in sampling rate.
    """
    own = [part for trace in segments if (part := _own(trace, window, extent)).stats.npts]
    if not own:
        return None
    if not have_one_rate(own):
        kinds = sorted({(trace.stats.sampling_rate, str(trace.data.dtype)) for trace in own})
        raise UnreadableObjectError(
            f"the segments of {window} differ in sampling rate: "
            + ", ".join(f"{rate} Hz {dtype}" for rate, dtype in kinds)
        )
    before, after = _padding(own, window, extent)
    start = own[0].stats.starttime - before * own[0].stats.delta
    positions = list(_positions(own, start))
    npts = positions[-1] + own[-1].stats.npts + after
    if npts > max_samples:
        raise window_too_large(window, npts, max_samples)
    # A copy, as views would keep all samples that were read in memory.
    samples = np.zeros(npts, own[0].data.dtype)
    missing: np.ndarray | None = None
    if npts > sum(part.stats.npts for part in own):
        missing = np.ones(npts, bool)
    for part, first in zip(own, positions, strict=True):
        inside = slice(first, first + part.stats.npts)
        samples[inside] = part.data
        if missing is not None:
            missing[inside] = False
    if samples.dtype.kind == "f":  # NaN and infinity are not samples
        lost = ~np.isfinite(samples)
        if lost.any():
            missing = lost if missing is None else missing | lost
    if missing is not None and missing.all():
        return None
    data = samples if missing is None else ma.masked_array(samples, missing)
    return trace_like(own[0].stats, data, start.ns), tuple(place(own, positions, data))


def _near(segments: Sequence[Trace], window: Window) -> Iterator[Trace]:
    """Yield the segments of a window, trimmed to it unless they overlap others.

    Overlapping ones stay whole: all samples of an overlap are compared to find a conflict.
    """
    cluster: list[Trace] = []
    latest: UTCDateTime | None = None
    for trace in sorted(segments, key=lambda trace: (trace.stats.starttime, trace.stats.endtime)):
        if latest is not None and trace.stats.starttime > latest:
            yield from _of_window(cluster, window)
            cluster, latest = [], None
        cluster.append(trace)
        latest = max(latest or trace.stats.endtime, trace.stats.endtime)
    yield from _of_window(cluster, window)


def _of_window(cluster: Sequence[Trace], window: Window) -> list[Trace]:
    """Return those of overlapping segments that `_near` yields: all or none of several."""
    near = [trace for trace in cluster if is_near(trace, window.starttime, window.endtime)]
    trimmed = [part for trace in near if (part := _trimmed(trace, window)).stats.npts]
    if not trimmed or len(cluster) == 1:
        return trimmed
    return [cut(trace, 0, trace.stats.npts) for trace in cluster]


def _trimmed(trace: Trace, window: Window) -> Trace:
    """Return the samples nearest to a window's ends and those between, as ObsPy's `trim` does.

    Of two samples equally near to an end, the inner one is taken.
    """
    stats = trace.stats
    first = math.floor((window.starttime - stats.starttime) * stats.sampling_rate + 0.5)
    last = math.ceil((window.endtime - stats.starttime) * stats.sampling_rate - 0.5)
    first = min(max(first, 0), stats.npts)
    return cut(trace, first, max(first, min(last + 1, stats.npts)))


def _own(trace: Trace, window: Window, extent: TimeSpan) -> Trace:
    """Return the samples of `_trimmed`, without those of margins that lie outside the window.

    The sample nearest to an end of the window may lie outside it, but only in the window's days.
    """
    part = _trimmed(trace, window)
    stats, room = part.stats, JITTER * trace.stats.delta
    first = int(stats.starttime + room < min(window.starttime, extent[0]))
    last = int(stats.endtime - room > max(window.endtime, extent[1]))
    return cut(part, first, max(first, stats.npts - last))


def _padding(own: Sequence[Trace], window: Window, extent: TimeSpan) -> tuple[int, int]:
    """Count the samples missing at the ends of the window, as far as the days extend."""
    first, last = own[0].stats, own[-1].stats
    starts_s = extent[0] - first.starttime - off_count(own[0])[0]
    before = max(
        math.floor((window.starttime - first.starttime) * first.sampling_rate + 0.5),
        round(starts_s * first.sampling_rate),
    )
    ends_s = extent[1] - last.endtime - off_count(own[-1])[1]
    after = min(
        math.ceil((window.endtime - last.endtime) * last.sampling_rate - 0.5),
        round(ends_s * last.sampling_rate),
    )
    return max(0, -before), max(0, after)


def _positions(own: Sequence[Trace], start: UTCDateTime) -> Iterator[int]:
    """Yield the index of each segment's first sample on the grid of the first one.

    Segments of a drifting clock follow one another without a missing sample. They move off the grid
    together, and so do those after them.
    """
    end, moved, rate = 0, 0, own[0].stats.sampling_rate
    before: Trace | None = None
    for trace in own:
        samples = (trace.stats.starttime - start) * rate
        first = max(end, math.floor(samples + 0.5) + moved)
        if before is not None and drifts(before, trace) and not missing_samples(before, trace):
            moved += end - first
            first = end
        yield first
        before, end = trace, first + trace.stats.npts
