"""Gaps: samples missing between segments, or masked within a trace."""

from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from obspy import Stream, Trace, UTCDateTime

from shared.archive.time import format_time

ABSENT = "absent"
"""The archive has no such samples."""

CONFLICTING = "conflicting"
"""The archive has several samples for one time, which differ; all of them are left out."""

DAMAGED = "damaged"
"""The archive's records of these samples cannot be read, or the samples are not numbers."""

SAME_NS = 500
"""Difference of times that are one: ObsPy compares them to a microsecond."""


@dataclass(frozen=True)
class Gap:
    """A run of missing samples.

    Attributes:
        starttime, endtime: the times of the first and the last missing sample.
        samples: the number of missing samples.
        why: the reason: `ABSENT`, `CONFLICTING` or `DAMAGED`.
    """

    starttime: UTCDateTime
    endtime: UTCDateTime
    samples: int
    why: str = ABSENT

    def as_dict(self) -> dict[str, Any]:
        """Return the gap as JSON."""
        return {
            "starttime": format_time(self.starttime),
            "endtime": format_time(self.endtime),
            "samples": self.samples,
            "why": self.why,
        }


_ON_COUNT = (0.0, 0.0)
_SLIGHTLY_OFF = 1 / 20  # of a sample interval, which makes no difference to a count of samples


def set_off_count(segment: Trace, start_s: float, end_s: float) -> None:
    """Note how much later a segment's ends are by their records than by the count of samples.

    A segment's times are counted at its sampling rate. Where the clock drifts, its records part
    from that by up to half a sample before a new segment begins.

    Args:
        segment: the segment; `stats.off_count` keeps both values, unless they are negligible.
        start_s: for its first sample, in s.
        end_s: for its last sample, in s.
    """
    if max(abs(start_s), abs(end_s)) > _SLIGHTLY_OFF * segment.stats.delta:
        segment.stats.off_count = (start_s, end_s)
    else:
        segment.stats.__dict__.pop("off_count", None)


def off_count(segment: Trace) -> tuple[float, float]:
    """Return the values that `set_off_count` noted, in s; zeros if there are none."""
    # `stats.get` takes ten times as long, and some work asks this for each of many segments.
    noted: tuple[float, float] = segment.stats.__dict__.get("off_count", _ON_COUNT)
    return noted


def spacing(before: Trace, after: Trace) -> float:
    """Return the time from a segment's last sample to the next segment's first one, in s.

    It follows the records where these differ from the count of samples. So it is one interval
    between segments of a drifting clock, where `starttime` and `endtime` are half an interval off.
    """
    # ObsPy's difference of two times, in microseconds, in half the time.
    counted: float = round((after.stats.starttime.ns - before.stats.endtime.ns) / 1e9, 6)
    return counted + off_count(after)[0] - off_count(before)[1]


def drifts(before: Trace, after: Trace) -> bool:
    """Return whether two segments were divided because their clock drifts."""
    return bool(off_count(before)[1] or off_count(after)[0])


def missing_samples(before: Trace, after: Trace) -> int:
    """Count the samples missing between two segments; 0 also where a clock was set back a little.

    If the later segment lies off the sampling grid of the earlier one, the nearest count is used.
    """
    return max(0, round(spacing(before, after) * float(before.stats.sampling_rate)) - 1)


def gaps_between(stream: Stream) -> list[tuple[Trace, Trace, Gap]]:
    """List the gaps between the segments of a stream.

    Args:
        stream: segments in order, without overlaps.

    Returns:
        For each gap, in order, the segment before it, the segment after it, and the gap.
    """
    gaps = []
    for before, after in pairwise(stream):
        if samples := missing_samples(before, after):
            start = before.stats.endtime + before.stats.delta
            # Counted from the start: a segment off the grid may begin less than a sample later.
            end = start + (samples - 1) * before.stats.delta
            gaps.append((before, after, Gap(start, end, samples)))
    return gaps


def true_runs(mask: np.ndarray) -> list[tuple[int, int]]:
    """List the runs of True in a mask: the first index of each, and the one after its last."""
    padded = np.concatenate(([False], mask, [False]))
    edges = np.flatnonzero(padded[1:] != padded[:-1])
    return [(first, end) for first, end in edges.reshape(-1, 2).tolist()]


def present_runs(samples: np.ndarray) -> list[tuple[int, int]]:
    """List the runs of samples that are not masked, like `true_runs`."""
    mask = np.ma.getmask(samples)
    if mask is np.ma.nomask:  # a search through a whole day takes long
        return [(0, samples.size)] if samples.size else []
    return true_runs(np.logical_not(mask))
