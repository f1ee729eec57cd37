"""Continuous spans of data: joined where samples follow one another, divided at gaps and overlaps.

The rules are those of the service availability: spans up to half a sample interval apart, or as
much over one another, are continuous. Longer overlaps divide spans, unless they are merged.
"""

from collections.abc import Iterable
from typing import NamedTuple

_RECENT = 64
"""Earlier spans that a span may continue; more would overlap at the same time."""


class DataSpan(NamedTuple):
    """Samples of one quality and rate without a gap between them.

    Attributes:
        start_ns: the time of the first sample in ns since 1970.
        end_ns: the time of the last sample, likewise.
        quality: the data quality, D, R, Q or M.
        sampling_rate: in Hz.
    """

    start_ns: int
    end_ns: int
    quality: str
    sampling_rate: float


def join_spans(
    spans: Iterable[DataSpan], longest_gap_ns: int = 0, *, overlaps: bool = False
) -> list[DataSpan]:
    """Join spans that continue one another.

    Args:
        spans: of one channel, in any order. Their qualities and rates are not compared. A joined
            span has the quality of its first part and the rate of its last one.
        longest_gap_ns: the longest time in ns from the last sample of a span to the first one of
            the next that joins both; without effect below 1.5 sample intervals.
        overlaps: whether spans that overlap by more than half a sample interval are joined.

    Returns:
        The spans, in order of their start and end.
    """
    joined: list[DataSpan] = []
    for span in sorted(dict.fromkeys(spans)):
        for place in range(len(joined) - 1, max(-1, len(joined) - 1 - _RECENT), -1):
            before = joined[place]
            rates = span.sampling_rate, before.sampling_rate
            earliest = float("-inf") if overlaps else 0.5e9 / max(rates)
            latest = max(1.5e9 / min(rates), longest_gap_ns)
            if earliest <= span.start_ns - before.end_ns <= latest:
                if span.end_ns > before.end_ns:
                    joined[place] = DataSpan(before.start_ns, span.end_ns, before.quality, rates[0])
                break
        else:
            joined.append(span)
    return sorted(joined)
