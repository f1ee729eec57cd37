"""Runs: segments that are deconvolved as one, with their gaps bridged and their ends led to zero.

A segment that is cut off at a gap, demeaned and tapered by itself rings for minutes. So a gap is
bridged before the deconvolution, and cut out again after it: by the line between the means of the
samples on both sides, which the last and the first sample are led to and from within seconds. Where
there is nothing to bridge to, the segment is led to the mean of its last samples in the same way,
and that to zero. So no sample of the data is tapered at a gap. What this is worth is measured in
`benchmarks/response/gaps_and_edges.py`, where the numbers below come from.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt
from obspy import Trace
from obspy.core.inventory import Response
from obspy.signal.invsim import cosine_taper

from shared.waveforms.gaps import missing_samples

FloatArray = npt.NDArray[np.float64]

MAX_BRIDGED_S = 10_800.0
"""The longest gap that is bridged: three hours, the longest that the benchmark cuts into a day. At
every length a bridge was better than what ObsPy does, and than an end that is led to zero better or
as good."""

LEAD_S = 1_800.0
"""How long an end that is led to zero goes on beyond the samples."""

_MEAN_S = 300.0  # of samples whose mean stands for what a seismometer's long periods do
_FADE_S = 1.0  # from the last sample to that mean


@dataclass(frozen=True)
class Segment:
    """A segment with one response.

    Attributes:
        trace: counts; unmasked.
        response: at its time.
        wanted: whether its ground motion is asked for, or it only serves its neighbours.
    """

    trace: Trace
    response: Response
    wanted: bool = True


class BridgedTrace:
    """Segments in order, on one grid of samples.

    A segment keeps its own start time, and lies on the sample of the grid that is nearest: what
    is removed from it does not depend on where it lies.

    Args:
        segments: of one sampling rate and response, in order.
        tapered_start, tapered_end: whether that end is tapered, as ObsPy does; if not, it is led
            to zero beyond the samples.

    Attributes:
        segments: as given.
        sampling_rate: in Hz.
        response: of all of them.
        npts: samples on the grid, bridged ones and those beyond the ends included.
    """

    def __init__(self, segments: Sequence[Segment], tapered_start: bool, tapered_end: bool) -> None:
        self.segments = tuple(segments)
        self.sampling_rate: float = segments[0].trace.stats.sampling_rate
        self.response = segments[0].response
        self.tapered_start = tapered_start
        self.tapered_end = tapered_end
        lead = round(LEAD_S * self.sampling_rate)
        self._positions = [0 if tapered_start else lead]
        for before, after in pairwise(self.segments):
            end = self._positions[-1] + before.trace.stats.npts
            self._positions.append(end + missing_samples(before.trace, after.trace))
        self._end = self._positions[-1] + self.segments[-1].trace.stats.npts
        self.npts = self._end + (0 if tapered_end else lead)

    def samples(self, size: int, zero_mean: bool, taper_fraction: float) -> FloatArray:
        """What is to be deconvolved: demeaned, bridged, tapered.

        The segments that are wanted become parts of it at once, so that their counts are not kept.

        Args:
            size: how many samples, `npts` at least; the rest is zero.
            zero_mean: whether the mean of the segments' samples is subtracted.
            taper_fraction: of the run from its first to its last sample, for both tapers together.

        Returns:
            float64, `size` samples.
        """
        samples = np.zeros(size)
        for place, segment in self._places():
            samples[place] = segment.trace.data
        self.take(samples)
        if zero_mean:
            mean = self._mean(samples)
            for place, _ in self._places():
                samples[place] -= mean
        for (before, _), (after, _) in pairwise(self._places()):
            self._bridge(samples, before, after)
        first = self._positions[0]
        if first:
            place, _ = next(self._places())
            samples[:first] = self._lead(samples[place], first)[::-1]
        if self._end < self.npts:
            *_, (place, _) = self._places()
            samples[self._end : self.npts] = self._lead(samples[place][::-1], self.npts - self._end)
        # Of one sample nothing is left without its mean; ObsPy fails there.
        if taper_fraction and self._end - first > 1:
            self._taper(samples[first : self._end], taper_fraction)
        return samples

    def take(self, samples: FloatArray) -> None:
        """Give each segment that is wanted its part of the grid."""
        for place, segment in self._places():
            if segment.wanted:
                segment.trace.data = samples[place]

    def tapered(self, taper_fraction: float) -> tuple[int, int]:
        """How many samples the tapers at the start and at the end touch."""
        length = self._end - self._positions[0]
        # As `cosine_taper` counts.
        touched = int(length * taper_fraction / 2 + (0.5 if taper_fraction < 1 else 0))
        return touched * self.tapered_start, touched * self.tapered_end

    def _places(self) -> Iterator[tuple[slice, Segment]]:
        """Where on the grid each segment lies."""
        for position, segment in zip(self._positions, self.segments, strict=True):
            yield slice(position, position + segment.trace.stats.npts), segment

    def _mean(self, samples: FloatArray) -> float:
        parts = [samples[place] for place, _ in self._places()]
        if len(parts) == 1:  # to the last bit as ObsPy
            return float(parts[0].mean())
        return float(sum(part.sum() for part in parts) / sum(part.size for part in parts))

    def _bridge(self, samples: FloatArray, before: slice, after: slice) -> None:
        size = after.start - before.stop
        if not size:
            return
        last, first = samples[before][::-1], samples[after]
        line = np.linspace(self._level(last), self._level(first), size + 2)[1:-1]
        fade = self._fade(size)
        weights = np.zeros((2, size))
        weights[0, : fade.size] = fade
        weights[1, size - fade.size :] = fade[::-1]
        weights /= np.maximum(weights.sum(axis=0), 1)  # in a short gap, both reach across
        left, right = weights
        samples[before.stop : after.start] = (
            left * last[0] + right * first[0] + (1 - left - right) * line
        )

    def _lead(self, samples: FloatArray, size: int) -> FloatArray:
        """What follows samples in reverse order: their level, which goes to zero."""
        lead = self._level(samples) * _descent(size)
        fade = self._fade(size)
        lead[: fade.size] += fade * (samples[0] - lead[: fade.size])
        return lead

    def _level(self, samples: FloatArray) -> float:
        """The mean of the first samples, which are those next to a gap."""
        return float(samples[: max(1, round(_MEAN_S * self.sampling_rate))].mean())

    def _fade(self, size: int) -> FloatArray:
        return _descent(max(1, min(size, round(_FADE_S * self.sampling_rate))))

    def _taper(self, samples: FloatArray, taper_fraction: float) -> None:
        window = cosine_taper(samples.size, taper_fraction, sactaper=True, halfcosine=False)
        if not self.tapered_start:
            window[: samples.size // 2] = 1
        if not self.tapered_end:
            window[samples.size // 2 :] = 1
        samples *= window


def _descent(size: int) -> FloatArray:
    """From 1 to 0, both not included: half a period of a cosine."""
    turn = np.arange(1, size + 1) / (size + 1)
    descent: FloatArray = (1 + np.cos(np.pi * turn)) / 2
    return descent


def bridge_segments(
    segments: Sequence[Segment], bridge: bool, taper_ends: bool = True
) -> list[BridgedTrace]:
    """Put segments into runs.

    Args:
        segments: of one channel, in order.
        bridge: whether gaps are bridged, and tapered are only the ends of all that is wanted. If
            not, each segment is a run of its own and tapered at both ends, as ObsPy does, but
            where one that is not wanted goes on from it.
        taper_ends: whether ends are tapered at all, or all are led to zero.

    Returns:
        The runs that have something wanted, in order.
    """
    chains: list[list[Segment]] = []
    for segment in segments:
        if chains and _go_together(chains[-1][-1], segment, bridge):
            chains[-1].append(segment)
        else:
            chains.append([segment])
    chains = [chain for chain in chains if any(segment.wanted for segment in chain)]
    return [
        BridgedTrace(
            chain,
            tapered_start=taper_ends and chain[0].wanted and (not bridge or chain is chains[0]),
            tapered_end=taper_ends and chain[-1].wanted and (not bridge or chain is chains[-1]),
        )
        for chain in chains
    ]


def _go_together(before: Segment, after: Segment, bridge: bool) -> bool:
    rate = before.trace.stats.sampling_rate
    same = before.response is after.response or before.response == after.response
    if rate != after.trace.stats.sampling_rate or not same:
        return False
    lost = missing_samples(before.trace, after.trace)
    return lost <= MAX_BRIDGED_S * rate if bridge else not lost and before.wanted != after.wanted
