"""Offsets across gaps: whether a bridge, a bridge without the offset, or a split is best.

A bridge can be wrong in two ways. After the gap, the counts may lie on another level for good,
because the mass was recentred or the instrument restarted. The bridge is then a ramp, and the
inverse of a seismometer amplifies it into a wave of minutes to hours. And the true counts in the
gap are unknown. Without a band, the inverse amplifies the area between them and the bridge. A split
by ObsPy's rules loses the long periods of both parts instead. The rule compares, in counts:

    difference  level after the gap minus level before it
    drift       rms difference of two levels as far apart, without a gap between them
    swing       rms of the levels within the uninterrupted runs: the size of the long periods
    miss        rms area between bridge and data at artificial gaps beside this one, of the same
                length, divided by the length of a level

At a gap with five minutes of samples on either side:

1.  A difference of more than 4 drifts is an offset. It is removed, and the gap is bridged. The
    offset's uncertainty is 1.65 drifts; one of ten Gaussian errors is larger.
2.  A smaller difference may be drift or an offset. The gap is bridged, and all of the difference is
    uncertain.
3.  Without a band, the trace is split instead if
    `(miss / 2) ** 2 + (uncertainty / 1.5) ** 2 > swing ** 2`.

The factors come from CI.HEC.BHN, CI.WBM.LHZ and a generated 120 s seismometer, without a band. A
bridge was as bad as a split where the miss was 2.7 to 7 swings, and where an offset of 1.7 to 4.7
swings was left in. With a band it was always better. `benchmarks/response/gaps_and_edges.py`
measures the rule.

At a gap with fewer samples beside it, an offset is a difference that no trend explains. It exceeds
`2 (1 + gap / w)` times the larger range of the samples on either side, each of length `w`. A trend
with this range would give half of that.

If the inverse passes the long periods unchanged, errors stay within the gap, and it is bridged.
"""

import math
from collections.abc import Callable, Sequence
from functools import cached_property
from itertools import pairwise

import numpy as np
from obspy.core.inventory import Response

from shared.response._fill import LEVEL_S, bridge, level_samples
from shared.response._levels import Run, level, uninterrupted_runs
from shared.response.arrays import FloatArray
from shared.response.bridging import Segment, are_alike, are_one_trace
from shared.response.long_periods import LongPeriods
from shared.response.treatments import Done, GapTreatment, Treatments
from shared.waveforms.gaps import missing_samples

_OFFSET = 4.0  # times the drift
_MISS = 2.0  # times the swing
_DOUBT = 1.5  # times the swing
_SURE = 1.65  # times the drift: a Gaussian error is larger in one of ten cases
_REACH = 2.0  # times the range of the samples
_SHORTEST_S, _SHORTEST = 10.0, 8  # least samples beside a gap for any judgement

_FEWEST = 10  # differences of levels for an rms
_NEAR = 6  # artificial gaps on either side of a real one
_NEAR_S = 120.0  # from one artificial gap to the next, at least


def treat_gaps(
    segments: Sequence[Segment],
    bridged: bool,
    long_periods: Callable[[Response, float], LongPeriods],
) -> Treatments:
    """Judge the gaps between segments.

    Args:
        segments: segments of one channel, in order.
        bridged: whether gaps may be bridged; otherwise all are split, and only measured.
        long_periods: returns the treatment of long periods by the removal, for a response and a
            sampling rate in Hz. It is called only if there is a gap to judge.
    """
    runs = uninterrupted_runs(segments)
    treatments: dict[int, GapTreatment] = {}
    judge: _Judge | None = None
    for number, (before, after) in enumerate(pairwise(runs)):
        earlier, later = before.segments[-1], after.segments[0]
        size = missing_samples(earlier.trace, later.trace)
        if not size:
            continue
        if bridged and are_one_trace(earlier, later, bridge=True):
            if judge is None or not are_alike(judge.runs[0].segments[0], later):
                judge = _Judge(_alike(runs, number), long_periods(later.response, before.rate))
            treatment = judge.treat(before, after, size)
        else:
            treatment = GapTreatment(_difference(before, after), "split")
        treatments[id(later.trace)] = treatment
    return Treatments(treatments)


class _Judge:
    """The levels of a channel, as a measure for the difference across a gap.

    Args:
        runs: of one rate and response, in order.
        long_periods: their treatment by the removal.
    """

    def __init__(self, runs: Sequence[Run], long_periods: LongPeriods) -> None:
        self.runs = runs
        self._long_periods = long_periods
        self._rate = runs[0].rate
        self._drifts: dict[int, float | None] = {}

    def treat(self, before: Run, after: Run, size: int) -> GapTreatment:
        """Return the treatment of a gap of `size` samples between two runs."""
        difference = _difference(before, after)
        if self._long_periods == "kept":
            return GapTreatment(difference, "bridged")
        whole = min(before.samples.size, after.samples.size) >= level_samples(self._rate)
        drift = self._drift(size) if whole else None
        if drift is None:
            offset = _stands_out(difference, before, after, size)
            return GapTreatment(difference, "offset removed" if offset else "bridged")
        is_offset = abs(difference) > _OFFSET * drift
        done: Done = "offset removed" if is_offset else "bridged"
        if self._long_periods == "amplified":
            doubt = _SURE * drift if is_offset else abs(difference)
            miss = self._miss(before, after, size)
            if math.hypot(miss / _MISS, doubt / _DOUBT) > self._swing:
                return GapTreatment(difference, "split", chosen=True)
        return GapTreatment(difference, done)

    def _drift(self, size: int) -> float | None:
        """Return the rms difference of levels as far apart as those beside a gap; None: unknown."""
        steps = max(1, round((size / self._rate + LEVEL_S) / self.runs[0].step_s))
        if steps not in self._drifts:
            self._drifts[steps] = self._rms_difference(steps)
        return self._drifts[steps]

    def _rms_difference(self, steps: int) -> float | None:
        """Return the rms difference of levels some steps apart, estimated from the longest lag."""
        series = self._series
        for lag in range(steps, 0, -1):
            if sum(max(0, levels.size - lag) for levels in series) >= _FEWEST:
                differences = [levels[lag:] - levels[:-lag] for levels in series]
                # As for a random walk, the rms grows with the root of the lag.
                return _rms(np.concatenate(differences)) * math.sqrt(steps / lag)
        return None

    @cached_property
    def _series(self) -> list[FloatArray]:
        """The levels of the runs that are long enough."""
        return [run.levels for run in self.runs if run.levels.size]

    @cached_property
    def _swing(self) -> float:
        """The rms of all levels about the mean of their run."""
        return _rms(np.concatenate([levels - levels.mean() for levels in self._series]))

    def _miss(self, before: Run, after: Run, size: int) -> float:
        """Return the rms miss of artificial gaps beside a gap of `size` samples."""
        size = min(size, level_samples(self._rate))
        apart = max(size, round(_NEAR_S * self._rate))
        places = [number * apart for number in range(1, _NEAR + 1)]
        misses = _misses(before, [before.samples.size - place - size for place in places], size)
        misses += _misses(after, places, size)
        return _rms(np.array(misses)) if misses else 0.0


def _alike(runs: Sequence[Run], number: int) -> list[Run]:
    """Return the runs around the one with a number that have its rate and response."""
    own = runs[number].segments[0]
    first = last = number
    while first > 0 and are_alike(runs[first - 1].segments[0], own):
        first -= 1
    while last + 1 < len(runs) and are_alike(runs[last + 1].segments[0], own):
        last += 1
    return list(runs[first : last + 1])


def _difference(before: Run, after: Run) -> float:
    last = before.samples[-level_samples(before.rate) :][::-1]
    return level(after.samples, after.rate) - level(last, before.rate)


def _stands_out(difference: float, before: Run, after: Run, size: int) -> bool:
    """Return whether a difference is larger than samples beside a gap make plausible."""
    beside = min(before.samples.size, after.samples.size, level_samples(before.rate))
    if beside < max(_SHORTEST, _SHORTEST_S * before.rate):
        return False
    reach = max(_range(before.samples[-beside:]), _range(after.samples[:beside]))
    return abs(difference) > _REACH * (1 + size / beside) * reach


def _misses(run: Run, places: Sequence[int], size: int) -> list[float]:
    """Return the misses of bridges across artificial gaps of `size` samples in a run."""
    side = level_samples(run.rate)
    misses = []
    for place in places:
        last = run.samples[max(0, place - side) : max(0, place)][::-1]
        first = run.samples[place + size : place + size + side]
        if min(last.size, first.size) >= max(1, side // 2):
            filled = bridge(last, first, size, run.rate)
            area = (filled - run.samples[place : place + size]).sum()
            misses.append(float(area) / side)
    return misses


def _range(samples: FloatArray) -> float:
    return float(samples.max()) - float(samples.min())


def _rms(samples: FloatArray) -> float:
    return float(np.sqrt(np.mean(samples**2)))
