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
from shared.waveforms.segments import overlaps

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


def explain(gap: Gap, delta: float, spans: Sequence[EmptySpan]) -> list[Gap]:
    """Divide a gap where the reason for its missing samples changes.

    Args:
        gap: the gap.
        delta: the sample interval in s.
        spans: the reasons; where several cover a sample, the first one counts.

    Returns:
        The parts in order, each with its reason; the gap itself if no span covers any of it.
    """
    runs = [(0, gap.samples, gap.why)]
    for span in reversed(spans):
        first = math.ceil((span.starttime - gap.starttime) / delta - _NEAR)
        end = math.floor((span.endtime - gap.starttime) / delta + _NEAR) + 1
        first, end = max(first, 0), min(end, gap.samples)
        if first < end:
            runs = _painted(runs, (first, end, span.why))
    return [_part(gap, delta, run) for run in runs]


def _painted(
    runs: list[tuple[int, int, str]], over: tuple[int, int, str]
) -> list[tuple[int, int, str]]:
    """Replace a part of some runs by another run, and join neighbours with the same reason."""
    first, end, _ = over
    before = [(a, min(b, first), why) for a, b, why in runs if a < first]
    after = [(max(a, end), b, why) for a, b, why in runs if b > end]
    joined: list[tuple[int, int, str]] = []
    for run in (*before, over, *after):
        if joined and joined[-1][2] == run[2]:
            run = joined.pop()[0], run[1], run[2]
        joined.append(run)
    return joined


def _part(gap: Gap, delta: float, run: tuple[int, int, str]) -> Gap:
    first, end, why = run
    start = gap.starttime + first * delta if first else gap.starttime
    last = gap.starttime + (end - 1) * delta if end < gap.samples else gap.endtime
    return replace(gap, starttime=start, endtime=last, samples=end - first, why=why)
