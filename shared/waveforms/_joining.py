"""Join segments that continue or repeat one another, in a time that is linear in their samples.

The rules are those of ObsPy's `Stream.merge(method=-1)`. That copies all joined samples for each
further segment, and here few are copied twice.
"""

from collections.abc import Iterable, Sequence
from heapq import heappop, heappush
from itertools import islice
from typing import Any

import numpy as np
from obspy import Trace

from shared.waveforms.gaps import SAME_NS, off_count, set_off_count
from shared.waveforms.traces import trace_like

_MOST_COMPARED = 16
"""Chains to which a later one is compared. More of one time conflict in any case."""

_ALIGNED = 0.01  # of a sample interval: segments so close to a grid are moved onto it


class Chain:
    """Segments on one grid of samples, joined.

    Args:
        trace: the first one, with a sample at least.
        number: its place in the order in which segments are stored.

    Attributes:
        start_ns: the time of the first sample, in ns since 1970.
        npts: the number of samples.
        last: the segment that ends last, by its number, and how much later that end is by the
            records, in s. Of several that end together it is the one with the lowest number.
    """

    def __init__(self, trace: Trace, number: int) -> None:
        self._first, self._own = trace, (number, off_count(trace)[1])
        self._delta_ns = 1e9 * float(trace.stats.delta)
        self._buffer = trace.data  # longer than the chain, once other segments were appended
        self.start_ns: int = trace.stats.starttime.ns
        self.npts: int = trace.data.size
        self.last = self._own

    @property
    def end_ns(self) -> int:
        """The time of the last sample, in ns since 1970."""
        return self.start_ns + round((self.npts - 1) * self._delta_ns)

    @property
    def sampling_rate(self) -> float:
        """In Hz."""
        return float(self._first.stats.sampling_rate)

    @property
    def samples(self) -> "np.ndarray[Any, Any]":
        """All samples, as a view."""
        samples: np.ndarray[Any, Any] = self._buffer[: self.npts]
        return samples

    @property
    def trace(self) -> Trace:
        """The chain as a trace: its first segment, if that is as it was."""
        first = self._first
        own = first.data, first.stats.starttime.ns, self._own
        if (self._buffer is own[0]) and (self.start_ns, self.last) == own[1:]:
            return first
        joined = trace_like(first.stats, self.samples, self.start_ns)
        set_off_count(joined, off_count(first)[0], self.last[1])
        return joined

    def take(self, other: "Chain") -> bool:
        """Join a later chain that continues or repeats this one; return whether it does.

        One that is off this grid by a hundredth of a sample at most is moved onto it.
        """
        delta: float = self._first.stats.delta
        # ObsPy's own arithmetic: in an exact hundredth the last bit decides.
        gap_s = round((other.start_ns - self.end_ns - round(self._delta_ns)) / 1e9, 6)
        off = gap_s % delta / delta
        same_rate = self.sampling_rate == other.sampling_rate
        if gap_s > _ALIGNED * delta or _ALIGNED < off < 1 - _ALIGNED or not same_rate:
            return False
        index = round((other.start_ns - self.start_ns) / self._delta_ns)
        other.start_ns = self.start_ns + round(index * self._delta_ns)
        end = index + other.npts
        common = min(self.npts, end) - index
        if not np.array_equal(self.samples[index:end], other.samples[:common]):
            return False
        if end == self.npts:
            self.last = min(self.last, other.last)
        elif end > self.npts:
            self.last = other.last
            self._append(other.samples[common:])
        return True

    def _append(self, samples: np.ndarray) -> None:
        npts = self.npts + samples.size
        if npts > self._buffer.size:  # twice as long, so that few samples are copied again
            grown = np.empty(max(npts, 2 * self.npts), self._buffer.dtype)
            grown[: self.npts] = self.samples
            self._buffer = grown
        self._buffer[self.npts : npts] = samples
        self.npts = npts


def join_neighbours(traces: Iterable[Trace]) -> list[Chain]:
    """Join each segment to the one before by time, of its sampling rate, if it continues it.

    Returns:
        The chains in the order of their starts.
    """
    every = [Chain(trace, number) for number, trace in enumerate(traces) if trace.data.size]
    chains: list[Chain] = []
    latest: dict[float, Chain] = {}
    for chain in sorted(every, key=lambda chain: (chain.start_ns, chain.end_ns)):
        before = latest.get(chain.sampling_rate)
        if before is None or not before.take(chain):
            latest[chain.sampling_rate] = chain
            chains.append(chain)
    return chains


def join_repeats(chains: Sequence[Chain]) -> list[Chain]:
    """Join each chain that repeats any earlier one: `join_neighbours` compares neighbours alone.

    Args:
        chains: in the order of their starts.
    """
    joined: list[Chain] = []
    latest: dict[int, Chain] = {}  # those that may overlap the next one
    ends: list[tuple[int, int]] = []  # a heap of their ends
    for number, chain in enumerate(chains):
        while ends and ends[0][0] < chain.start_ns - SAME_NS:
            end, place = heappop(ends)
            if place in latest and latest[place].end_ns == end:
                del latest[place]
        place = number
        for earlier in reversed(list(islice(reversed(latest), _MOST_COMPARED))):
            if latest[earlier].take(chain):
                place = earlier
                break
        else:
            latest[place] = chain
            joined.append(chain)
        heappush(ends, (latest[place].end_ns, place))
    return joined
