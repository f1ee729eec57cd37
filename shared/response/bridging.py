"""Bridged traces: segments deconvolved together, with gaps bridged and ends extended to zero.

A segment cut off at a gap, then demeaned and tapered on its own, rings for minutes. So gaps are
bridged before the deconvolution and cut out again afterwards. Where the counts after a gap lie on
another level for good, that offset is taken out of them first; where a bridge would be worse than
none, the trace is split there and tapered as by ObsPy. `offsets` decides.

Without a segment to bridge to, the trace fades to its level, and that level descends to zero. No
sample of the data is tapered at a gap that is bridged. The constants below come from
`benchmarks/response/gaps_and_edges.py`, which measures the benefit.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from obspy import Trace

from shared.response._fill import bridge, lead
from shared.response._obspy_numerics import cosine_taper
from shared.response.arrays import FloatArray
from shared.response.checked_response import CheckedResponse
from shared.response.treatments import Treatments
from shared.waveforms.gaps import drifts, missing_samples
from shared.waveforms.segments import is_one_rate
from shared.waveforms.traces import replace_samples

MAX_BRIDGED_S = 10_800.0
"""Longest gap to bridge, in seconds: three hours, the longest in the benchmark. At every length a
bridge was better than ObsPy's taper, and at least as good as an extension to zero."""

LEAD_S = 1_800.0
"""Length of an extension to zero, in seconds."""


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
        offsets: counts to subtract from each segment; None for none.

    Attributes:
        segments: as given.
        sampling_rate: in Hz.
        response: the response of all segments.
        tapered_start: as given.
        tapered_end: as given.
        npts: samples on the grid, including bridges and extensions.
    """

    def __init__(
        self,
        segments: Sequence[Segment],
        tapered_start: bool,
        tapered_end: bool,
        offsets: Sequence[float] | None = None,
    ) -> None:
        self.segments = tuple(segments)
        self._offsets = offsets or [0.0] * len(segments)
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
        for (place, segment), offset in zip(self._places(), self._offsets, strict=True):
            samples[place] = segment.trace.data
            if offset:
                samples[place] -= offset
        self.write_back(samples)
        if zero_mean:
            mean = self._mean(samples)
            for place, _ in self._places():
                samples[place] -= mean
        runs, rate = self._runs(), self.sampling_rate
        for before, after in pairwise(runs):
            size = after.start - before.stop
            filled = bridge(samples[before][::-1], samples[after], size, rate)
            samples[before.stop : after.start] = filled
        first = self._positions[0]
        if first:
            samples[:first] = lead(samples[runs[0]], first, rate)[::-1]
        if self._end < self.npts:
            descent = lead(samples[runs[-1]][::-1], self.npts - self._end, rate)
            samples[self._end : self.npts] = descent
        # ObsPy's taper fails on a single sample.
        if taper_fraction and self._end - first > 1:
            self._taper(samples[first : self._end], taper_fraction)
        return samples

    def write_back(self, samples: FloatArray) -> None:
        """Make the data of each wanted segment a view of its part of the grid."""
        for place, segment in self._places():
            if segment.wanted:
                replace_samples(segment.trace, samples[place])

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

    def _runs(self) -> list[slice]:
        """Return the slices of the grid without gaps, of one or more segments each."""
        runs: list[slice] = []
        for place, _ in self._places():
            if runs and runs[-1].stop == place.start:
                place = slice(runs.pop().start, place.stop)
            runs.append(place)
        return runs

    def _mean(self, samples: FloatArray) -> float:
        parts = [samples[place] for place, _ in self._places()]
        if len(parts) == 1:  # equal to ObsPy's to the last bit
            return float(parts[0].mean())
        return float(sum(part.sum() for part in parts) / sum(part.size for part in parts))

    def _taper(self, samples: FloatArray, taper_fraction: float) -> None:
        rise, fall = cosine_taper(samples.size, taper_fraction)
        if self.tapered_start:
            samples[: rise.size] *= rise
        if self.tapered_end:
            samples[samples.size - fall.size :] *= fall


def bridge_segments(
    segments: Sequence[Segment],
    bridge: bool,
    taper_ends: bool = True,
    treatments: Treatments | None = None,
) -> list[BridgedTrace]:
    """Group segments into bridged traces.

    Args:
        segments: segments of one channel, in order.
        bridge: whether to bridge gaps, so that only the first and the last wanted end are tapered.
            Otherwise each wanted segment is a trace of its own, tapered at both ends as by ObsPy,
            except where an unwanted segment adjoins it or its clock drifts into the next one.
        taper_ends: whether to taper ends at all; otherwise all are extended to zero.
        treatments: of the gaps, which may have offsets or be split; None to bridge all.

    Returns:
        The traces with a wanted segment, in order.
    """
    treatments = treatments or Treatments()
    chains: list[list[Segment]] = []
    for segment in segments:
        split = treatments.split_before(segment.trace)
        if chains and not split and are_one_trace(chains[-1][-1], segment, bridge):
            chains[-1].append(segment)
        else:
            chains.append([segment])
    chains = [chain for chain in chains if any(segment.wanted for segment in chain)]
    splits = [treatments.split_before(chain[0].trace) for chain in chains]
    starts = [not bridge or number == 0 or split for number, split in enumerate(splits)]
    ends = [not bridge or split for split in splits[1:]] + [True]
    return [
        BridgedTrace(
            chain,
            tapered_start=taper_ends and chain[0].wanted and start,
            tapered_end=taper_ends and chain[-1].wanted and end,
            offsets=_offsets(chain, treatments),
        )
        for chain, start, end in zip(chains, starts, ends, strict=True)
    ]


def _offsets(chain: Sequence[Segment], treatments: Treatments) -> list[float]:
    """Return the offset of each segment, relative to the first one that is wanted."""
    offsets = treatments.offsets([segment.trace for segment in chain])
    first = next(offset for segment, offset in zip(chain, offsets, strict=True) if segment.wanted)
    return [offset - first for offset in offsets]


def are_alike(before: Segment, after: Segment) -> bool:
    """Return whether two segments have one sampling rate and one response."""
    same = before.response is after.response or before.response == after.response
    rates = before.trace.stats.sampling_rate, after.trace.stats.sampling_rate
    return same and is_one_rate(*rates)


def are_one_trace(before: Segment, after: Segment, bridge: bool) -> bool:
    """Return whether two segments in order can be deconvolved together.

    Args:
        before: the earlier segment.
        after: the later one.
        bridge: whether to bridge gaps; otherwise only wanted and unwanted segments that adjoin are
            one trace.
    """
    if not are_alike(before, after):
        return False
    lost = missing_samples(before.trace, after.trace)
    if bridge:
        return bool(lost <= MAX_BRIDGED_S * before.trace.stats.sampling_rate)
    # ObsPy does not divide a segment where its clock drifts.
    adjoins = before.wanted != after.wanted or drifts(before.trace, after.trace)
    return not lost and adjoins
