"""Choose among the records of a channel: by quality, by continuous segments, without copies."""

import numpy as np
import numpy.typing as npt

from shared.waveforms._record_scan import scan
from shared.waveforms._record_table import RecordTable
from shared.waveforms.segments import RATE_TOLERANCE

_NEAR = 1.5
"""Sample intervals from one sample to the next up to which records are continuous."""

_QUALITIES = ("D", "R", "Q")
"""Data qualities that a request may be limited to (SEED manual 2.4, chapter 8)."""

_SEQUENCE = 6
"""Bytes of a record's sequence number, which may differ between copies of it."""


def choose(
    content: bytes, quality: str = "B", minimum_s: float = 0.0, longest: bool = False
) -> tuple[bytes, int]:
    """Return the chosen records of a channel, and the number of samples that their headers count.

    Of several copies of a record the first one alone is chosen. A record at midnight may be in the
    objects of both days. Records that differ are kept.

    A segment is continuous if no sample is missing in it and its rate stays the same; records may
    overlap. Its length is the number of its sample intervals, the one after its last sample too.

    Args:
        content: whole records, in any order.
        quality: "D", "R" or "Q" chooses records of that data quality; any other takes all records.
        minimum_s: the least length of a segment in seconds; shorter ones are left out.
        longest: whether to choose the longest segment alone; the first one of several.
    """
    scanned = scan(memoryview(content))
    table = _without_copies(content, scanned)
    if quality in _QUALITIES:
        table = table.select(table.qualities == quality.encode())
    if len(table) and (minimum_s or longest):
        table = _long_enough(table, minimum_s, longest)
    samples = int(table.npts.sum())
    if len(table) == len(scanned):
        return content, samples
    records = zip(table.offsets.tolist(), table.stops.tolist(), strict=True)
    return b"".join(content[first:stop] for first, stop in records), samples


def _without_copies(content: bytes, table: RecordTable) -> RecordTable:
    starts, counts = np.unique(table.starts, return_counts=True)
    if len(starts) == len(table):
        return table
    seen: set[bytes] = set()
    kept = np.ones(len(table), bool)
    suspect = np.isin(table.starts, starts[counts > 1])
    for place in np.flatnonzero(suspect).tolist():
        record = content[int(table.offsets[place]) + _SEQUENCE : int(table.stops[place])]
        kept[place] = record not in seen
        seen.add(record)
    return table.select(kept)


def _long_enough(table: RecordTable, minimum_s: float, longest: bool) -> RecordTable:
    numbers, lengths = _segments(table)
    chosen = lengths >= np.round(minimum_s * 1e9) - 1
    if longest:
        chosen &= np.arange(len(lengths)) == np.argmax(lengths)
    return table.select(chosen[numbers])


def _segments(table: RecordTable) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.float64]]:
    """Return the number of each record's segment, in order of time, and the lengths in ns."""
    order = np.argsort(table.starts, kind="stable")
    starts, deltas, rates = table.starts[order], table.deltas[order], table.rates[order]
    ends = table.ends[order]
    latest = np.maximum.accumulate(ends)
    begins = starts[1:] - latest[:-1] > _NEAR * deltas[1:]
    begins |= np.abs(1 - rates[:-1] / rates[1:]) >= RATE_TOLERANCE
    firsts = np.concatenate([[0], np.flatnonzero(begins) + 1])
    numbers = np.empty(len(table), np.int64)
    numbers[order] = np.concatenate([[0], np.cumsum(begins)])
    lasts = np.maximum.reduceat(ends, firsts)
    return numbers, lasts - starts[firsts] + deltas[firsts]
