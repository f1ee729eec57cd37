"""Reasons for missing samples: absent, conflicting or damaged.

A sample is absent unless a span says otherwise. Such spans are found where samples are left out,
and label the gaps afterwards.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from obspy import Trace, UTCDateTime

from shared.waveforms.gaps import CONFLICTING, DAMAGED, Gap, true_runs
from shared.waveforms.segments import cut, overlaps

_NEAR = 0.25  # of a sample interval, for spans off the grid of the gap


@dataclass(frozen=True)
class EmptySpan:
    """A time span whose missing samples are missing for a reason of their own.

    Attributes:
        starttime, endtime: the times of the first and the last sample concerned. Samples in between
            that are there after all do not matter.
        why: the reason, `CONFLICTING` or `DAMAGED`.
    """

    starttime: UTCDateTime
    endtime: UTCDateTime
    why: str


def conflicts(segments: Iterable[Trace]) -> list[EmptySpan]:
    """Return the time spans of more than one segment: samples missing there conflict."""
    ordered = sorted(segments, key=lambda trace: trace.stats.starttime)
    return [EmptySpan(start, end, CONFLICTING) for start, end in overlaps(ordered)]


def not_numbers(segments: Iterable[Trace]) -> list[EmptySpan]:
    """Return the time spans of samples that are NaN or infinite: they are damaged."""
    spans = []
    for trace in segments:
        if trace.data.dtype.kind != "f":
            continue
        start, delta = trace.stats.starttime, trace.stats.delta
        for first, end in true_runs(~np.isfinite(trace.data)):
            spans.append(EmptySpan(start + first * delta, start + (end - 1) * delta, DAMAGED))
    return spans


def without_odd_numbers(trace: Trace) -> list[Trace]:
    """Return the parts of a segment between samples that are NaN or infinite."""
    if trace.data.dtype.kind != "f" or (finite := np.isfinite(trace.data)).all():
        return [trace]
    return [cut(trace, first, end) for first, end in true_runs(finite)]


class Reasons:
    """The reasons for missing samples, found quickly where there are many.

    Args:
        spans: the reasons; where several cover a sample, the first one counts.
    """

    def __init__(self, spans: Sequence[EmptySpan]) -> None:
        starts = np.array([span.starttime.ns for span in spans], np.int64)
        ends = np.array([span.endtime.ns for span in spans], np.int64)
        self._order = np.argsort(starts, kind="stable")
        self._starts = starts[self._order]
        self._spans = spans
        # No span before a place in this order ends later than that.
        self._latest = np.maximum.accumulate(ends[self._order])

    def explain(self, gap: Gap, delta: float) -> list[Gap]:
        """Divide a gap where the reason for its missing samples changes.

        Args:
            gap: the gap.
            delta: the sample interval in s.

        Returns:
            The parts in order, each with its reason; the gap itself if no span covers any of it.
        """
        covered = []
        begin = gap.starttime.ns - round(delta * 1e9)
        stop = gap.starttime.ns + round(gap.samples * delta * 1e9)
        for span in self.within(begin, stop):
            first = math.ceil((span.starttime - gap.starttime) / delta - _NEAR)
            end = math.floor((span.endtime - gap.starttime) / delta + _NEAR) + 1
            first, end = max(first, 0), min(end, gap.samples)
            if first < end:
                covered.append((first, end, span.why))
        return [_part(gap, delta, run) for run in _runs(gap, covered)]

    def within(self, first_ns: int, last_ns: int) -> list[EmptySpan]:
        """Return the spans that may cover a sample of a time span, in their own order.

        Args:
            first_ns: the start of the time span, in ns since 1970.
            last_ns: its end, included.
        """
        first = int(np.searchsorted(self._latest, first_ns))
        end = int(np.searchsorted(self._starts, last_ns, side="right"))
        return [self._spans[place] for place in sorted(self._order[first:end].tolist())]


def _runs(gap: Gap, covered: Sequence[tuple[int, int, str]]) -> list[tuple[int, int, str]]:
    """Return the runs of samples with one reason.

    Args:
        gap: the gap; its reason holds where no other does.
        covered: the first sample of a run, the one after its last, and its reason; where several
            cover a sample, the first one counts.
    """
    if not covered:
        return [(0, gap.samples, gap.why)]
    edges = np.unique(
        [0, gap.samples, *(edge for first, end, _ in covered for edge in (first, end))]
    )
    names = list(dict.fromkeys([gap.why, *(why for *_, why in covered)]))
    codes = np.zeros(len(edges) - 1, np.int8)
    for first, end, why in reversed(covered):
        codes[np.searchsorted(edges, first) : np.searchsorted(edges, end)] = names.index(why)
    begins = [0, *(np.flatnonzero(np.diff(codes)) + 1).tolist()]
    stops = [*edges[begins[1:]].tolist(), gap.samples]
    return [
        (int(edges[begin]), stop, names[codes[begin]])
        for begin, stop in zip(begins, stops, strict=True)
    ]


def _part(gap: Gap, delta: float, run: tuple[int, int, str]) -> Gap:
    first, end, why = run
    start = gap.starttime + first * delta if first else gap.starttime
    last = gap.starttime + (end - 1) * delta if end < gap.samples else gap.endtime
    return replace(gap, starttime=start, endtime=last, samples=end - first, why=why)
