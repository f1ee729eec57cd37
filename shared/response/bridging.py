"""Bridged traces: segments deconvolved together, with gaps bridged and ends extended to zero.

A segment cut off at a gap, then demeaned and tapered on its own, rings for minutes. So gaps are
bridged before the deconvolution and cut out again afterwards. The bridge is the line between the
means of the samples on both sides. The last sample before the gap fades to this line within a
second, as does the first one after it. Without a segment to bridge to, the trace fades to the mean
of its last samples, and that mean descends to zero. No sample of the data is tapered at a gap. The
constants below come from `benchmarks/response/gaps_and_edges.py`, which measures the benefit.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from obspy import Trace
from obspy.signal.invsim import cosine_taper

from shared.response.arrays import FloatArray
from shared.response.checked_response import CheckedResponse
from shared.waveforms.gaps import drifts, missing_samples
from shared.waveforms.segments import is_one_rate

MAX_BRIDGED_S = 10_800.0
"""Longest gap to bridge, in seconds: three hours, the longest in the benchmark. At every length a
bridge was better than ObsPy's taper, and at least as good as an extension to zero."""

LEAD_S = 1_800.0
"""Length of an extension to zero, in seconds."""

_MEAN_S = 300.0  # of samples, whose mean represents the long-period signal at a gap
_FADE_S = 1.0  # from the last sample to that mean


@dataclass(frozen=True)
class Segment:
    """A segment with one response.

    Attributes:
        trace: counts; unmasked.
        response: the response at its time.
        wanted: whether the caller wants its ground motion; otherwise it only supports the segments
            beside it.
    """

    trace: Trace
    response: CheckedResponse
    wanted: bool = True


class BridgedTrace:
    """Segments in order on one grid of samples.

    A segment keeps its own start time and is placed on the nearest sample of the grid. The removal
    does not depend on its offset from the grid.

    Args:
        segments: segments of one sampling rate and response, in order.
        tapered_start: whether the start is tapered, as by ObsPy; otherwise it is extended to zero.
        tapered_end: the same for the end.

    Attributes:
        segments: as given.
        sampling_rate: in Hz.
        response: the response of all segments.
        tapered_start: as given.
        tapered_end: as given.
        npts: samples on the grid, including bridges and extensions.
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

    def prepare(self, size: int, zero_mean: bool, taper_fraction: float) -> FloatArray:
        """Return the samples to deconvolve: demeaned, bridged and tapered.

        The data of the wanted segments become views of these samples, which frees their counts.

        Args:
            size: number of samples, at least `npts`; zeros follow those of the grid.
            zero_mean: whether to subtract the mean of the segments' samples.
            taper_fraction: fraction of the samples from the first to the last to taper, both ends
                together.

        Returns:
            float64, `size` samples.
        """
        samples = np.zeros(size)
        for place, segment in self._places():
            samples[place] = segment.trace.data
        self.write_back(samples)
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
        # ObsPy's taper fails on a single sample.
        if taper_fraction and self._end - first > 1:
            self._taper(samples[first : self._end], taper_fraction)
        return samples

    def write_back(self, samples: FloatArray) -> None:
        """Make the data of each wanted segment a view of its part of the grid."""
        for place, segment in self._places():
            if segment.wanted:
                segment.trace.data = samples[place]

    def taper_lengths(self, taper_fraction: float) -> tuple[int, int]:
        """Return the number of samples that the tapers change at the start and at the end."""
        length = self._end - self._positions[0]
        # Rounded as in ObsPy's cosine_taper.
        tapered = int(length * taper_fraction / 2 + (0.5 if taper_fraction < 1 else 0))
        return tapered * self.tapered_start, tapered * self.tapered_end

    def _places(self) -> Iterator[tuple[slice, Segment]]:
        """Yield each segment with its slice of the grid."""
        for position, segment in zip(self._positions, self.segments, strict=True):
            yield slice(position, position + segment.trace.stats.npts), segment

    def _mean(self, samples: FloatArray) -> float:
        parts = [samples[place] for place, _ in self._places()]
        if len(parts) == 1:  # equal to ObsPy's to the last bit
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
        weights /= np.maximum(weights.sum(axis=0), 1)  # in a short gap the fades overlap
        left, right = weights
        samples[before.stop : after.start] = (
            left * last[0] + right * first[0] + (1 - left - right) * line
        )

    def _lead(self, samples: FloatArray, size: int) -> FloatArray:
        """Return samples that lead from `samples[0]` to their level and on to zero."""
        lead = self._level(samples) * _descent(size)
        fade = self._fade(size)
        lead[: fade.size] += fade * (samples[0] - lead[: fade.size])
        return lead

    def _level(self, samples: FloatArray) -> float:
        """Return the mean of the first samples, those next to a gap or an end."""
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
    """Return half a period of a cosine from 1 to 0, both ends excluded."""
    phase = np.pi * (np.arange(1, size + 1) / (size + 1))
    descent: FloatArray = (1 + np.cos(phase)) / 2
    return descent


def bridge_segments(
    segments: Sequence[Segment], bridge: bool, taper_ends: bool = True
) -> list[BridgedTrace]:
    """Group segments into bridged traces.

    Args:
        segments: segments of one channel, in order.
        bridge: whether to bridge gaps, so that only the first and the last wanted end are tapered.
            Otherwise each wanted segment is a trace of its own, tapered at both ends as by ObsPy,
            except where an unwanted segment adjoins it or its clock drifts into the next one.
        taper_ends: whether to taper ends at all; otherwise all are extended to zero.

    Returns:
        The traces with a wanted segment, in order.
    """
    chains: list[list[Segment]] = []
    for segment in segments:
        if chains and _are_one_trace(chains[-1][-1], segment, bridge):
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


def _are_one_trace(before: Segment, after: Segment, bridge: bool) -> bool:
    rate = before.trace.stats.sampling_rate
    same = before.response is after.response or before.response == after.response
    if not (same and is_one_rate(rate, after.trace.stats.sampling_rate)):
        return False
    lost = missing_samples(before.trace, after.trace)
    if bridge:
        return bool(lost <= MAX_BRIDGED_S * rate)
    # ObsPy does not divide a segment where its clock drifts.
    adjoins = before.wanted != after.wanted or drifts(before.trace, after.trace)
    return not lost and adjoins
