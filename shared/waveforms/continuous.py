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


def without_copies(content: bytes) -> bytes:
    """Return the records of a channel, the first one alone of several copies of a record.

    A record at midnight may be in the objects of both days. Records that differ are kept.

    Args:
        content: whole records, in any order.
    """
    table = scan(memoryview(content))
    starts, counts = np.unique(table.starts, return_counts=True)
    if len(starts) == len(table):
        return content
    seen: set[bytes] = set()
    kept = np.ones(len(table), bool)
    suspect = np.isin(table.starts, starts[counts > 1])
    for place in np.flatnonzero(suspect).tolist():
        record = content[int(table.offsets[place]) + _SEQUENCE : int(table.stops[place])]
        kept[place] = record not in seen
        seen.add(record)
    return _select(content, table, kept)


def count_samples(content: bytes) -> int:
    """Return the number of samples that the headers of records count."""
    return int(scan(memoryview(content)).npts.sum())


def choose_quality(content: bytes, quality: str) -> bytes:
    """Return the records of a data quality.

    Args:
        content: whole records, in any order.
        quality: "D", "R" or "Q"; any other takes all records.
    """
    if quality not in _QUALITIES or not content:
        return content
    table = scan(memoryview(content))
    return _select(content, table, table.qualities == quality.encode())


def choose_segments(content: bytes, minimum_s: float = 0.0, longest: bool = False) -> bytes:
    """Return the records of a channel that belong to long enough segments.

    A segment is continuous if no sample is missing in it and its rate stays the same; records may
    overlap. Its length is the number of its sample intervals, the one after its last sample too.

    Args:
        content: whole records, in any order.
        minimum_s: the least length of a segment in seconds.
        longest: whether to keep the longest segment alone; the first one of several.
    """
    if not content or not (minimum_s or longest):
        return content
    table = scan(memoryview(content))
    numbers, lengths = _segments(table)
    chosen = lengths >= np.round(minimum_s * 1e9) - 1
    if longest:
        chosen &= np.arange(len(lengths)) == np.argmax(lengths)
    return _select(content, table, chosen[numbers])


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


def _select(content: bytes, table: RecordTable, kept: npt.NDArray[np.bool_]) -> bytes:
    if kept.all():
        return content
    records = zip(table.offsets[kept].tolist(), table.stops[kept].tolist(), strict=True)
    return b"".join(content[first:stop] for first, stop in records)
