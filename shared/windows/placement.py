"""The place of a window's segments in its trace: their own times, their shifts and the gaps."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy import ma  # loaded with the module: NumPy would load it in the first invocation
from obspy import Trace, UTCDateTime
from obspy.core.trace import Stats

from shared.archive.time import format_time
from shared.waveforms.gaps import Gap, present_runs, true_runs
from shared.waveforms.reasons import EmptySpan, Reasons
from shared.waveforms.traces import trace_like
from shared.windows.request import Window

ON_GRID = 1e-2
"""Part of a sample interval that a segment on a grid may be off it; the `misalignment_threshold` of
ObsPy's `merge`."""


@dataclass(frozen=True)
class PlacedSegment:
    """A segment within a window's trace.

    Attributes:
        trace: contiguous, unmasked samples with their own times; a view of the window's trace.
        first: the index of its first sample in the window's trace.
    """

    trace: Trace
    first: int

    @property
    def end(self) -> int:
        """The index after its last sample."""
        return self.first + int(self.trace.stats.npts)

    def as_dict(self) -> dict[str, Any]:
        """Return the times of the segment as JSON."""
        stats = self.trace.stats
        return {
            "starttime": format_time(stats.starttime),
            "endtime": format_time(stats.endtime),
            "samples": stats.npts,
        }

    def shift_s(self, grid: Stats) -> float:
        """Return the largest difference of its times from a grid, in seconds, with its sign."""
        stats = self.trace.stats
        shifts = (
            stats.starttime - (grid.starttime + self.first * grid.delta),
            stats.endtime - (grid.starttime + (self.end - 1) * grid.delta),
        )
        return float(max(shifts, key=abs))


def place(
    own: Sequence[Trace], positions: Sequence[int], samples: np.ndarray
) -> Iterator[PlacedSegment]:
    """Yield the contiguous segments of merged samples; those that continue each other are one.

    Args:
        own: segments in order, of one sampling rate.
        positions: the index of each one's first sample in the merged samples.
        samples: the merged samples, masked where any are missing.
    """
    runs: list[tuple[Stats, int, int]] = []
    for stats, first in zip((trace.stats for trace in own), positions, strict=True):
        end = first + stats.npts
        if runs and runs[-1][2] == first and _continues(*runs[-1], stats):
            runs[-1] = *runs[-1][:2], end
        else:
            runs.append((stats, first, end))
    for stats, first, end in runs:
        for begin, stop in present_runs(samples[first:end]):
            start = stats.starttime + begin * stats.delta
            data = ma.getdata(samples)[first + begin : first + stop]
            part = trace_like(stats, data, start.ns)
            yield PlacedSegment(part, first + begin)


def _continues(before: Stats, first: int, end: int, after: Stats) -> bool:
    """Return whether a segment goes on where a run of samples from `first` to `end` ends."""
    late = after.starttime - (before.starttime + (end - first) * before.delta)
    same_rate = before.sampling_rate == after.sampling_rate
    return bool(same_rate and abs(late) <= ON_GRID * before.delta)


def describe_shift(trace: Trace, segments: Sequence[PlacedSegment]) -> str:
    """Describe how far segments lie off their window's grid; "" up to a hundredth of a sample.

    Args:
        trace: the window's samples.
        segments: the same, by segments.
    """
    delta = trace.stats.delta
    shift = max((segment.shift_s(trace.stats) for segment in segments), key=abs, default=0.0)
    if abs(shift) <= ON_GRID * delta:
        return ""
    return (
        f"the segments lie off the sampling grid of the first by up to {1000 * abs(shift):.3f} ms"
        f" ({abs(shift) / delta:.3f} samples): segments has the start of each"
    )


def window_gaps(
    trace: Trace,
    segments: Sequence[PlacedSegment],
    window: Window,
    empty: Sequence[EmptySpan] = (),
) -> list[Gap]:
    """List the gaps of a window in order, missing samples at its ends included.

    Args:
        trace: the window's samples; missing ones between its ends are masked.
        segments: the same, by segments.
        window: the window.
        empty: the reasons for missing samples, as `Reasons` takes them.

    Returns:
        Gaps on the sampling grid of the segment before each, or of the one after it at the start;
        divided where the reason changes.
    """
    stats = trace.stats
    ends = {segment.end: segment.trace.stats for segment in segments}
    last = ends[stats.npts].endtime if stats.npts in ends else stats.endtime
    before = _samples_between(window.starttime, stats.starttime, stats)
    after = _samples_between(last, window.endtime, stats)
    mask = ma.getmask(trace.data)
    runs = [] if mask is ma.nomask else true_runs(mask)
    if before:
        runs.insert(0, (-before, 0))
    if after:
        runs.append((stats.npts, stats.npts + after))
    gaps = []
    for first, end in runs:
        start = stats.starttime + first * stats.delta
        if first in ends:
            start = ends[first].endtime + ends[first].delta
        gaps.append(Gap(start, start + (end - first - 1) * stats.delta, end - first))
    reasons = Reasons(empty)
    return [part for gap in gaps for part in reasons.explain(gap, stats.delta)]


def _samples_between(first: UTCDateTime, last: UTCDateTime, stats: Stats) -> int:
    """Count the whole sample intervals from `first` to `last`; 0 if `last` is earlier."""
    # A millionth of an interval allows for times rounded to nanoseconds.
    return max(0, int((last.ns - first.ns) * 1e-9 * stats.sampling_rate + 1e-6))
