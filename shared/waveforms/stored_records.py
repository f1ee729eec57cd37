"""Records as the archive stores them, cut at times to the sample."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import numpy.typing as npt

from shared.waveforms._cut_record import cut_records
from shared.waveforms._record_table import RecordTable
from shared.waveforms.gaps import SAME_NS


@dataclass(frozen=True, eq=False)
class StoredRecords:
    """Records of a day object, sound and of its channel.

    Attributes:
        uri: the object's S3 URI, s3://BUCKET/KEY.
        etag: the object's ETag; "" if it is unknown.
        content: bytes of the object that hold the records.
        table: the headers of the records, in the content's order.
        notes: damage and other oddities of the object, in words.
    """

    uri: str
    etag: str
    content: memoryview
    table: RecordTable
    notes: tuple[str, ...]

    def near(self, first_ns: int, last_ns: int) -> "StoredRecords":
        """Return the records from the first to the last one that has a sample of a time span.

        Many spans of a day are then cut quickly. Where records are out of order, they are all that
        there are.

        Args:
            first_ns: the start of the span in ns since 1970, included.
            last_ns: its end, included.
        """
        starts, ends = self._in_order
        begin = int(np.searchsorted(ends, first_ns - SAME_NS))
        end = int(np.searchsorted(starts, last_ns + SAME_NS, side="right"))
        if not len(ends):
            return self
        return replace(self, table=self.table.select(slice(begin, max(begin, end))))

    @cached_property
    def _in_order(self) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
        """The times of the first and last samples; none if the records are not in their order."""
        starts, ends = self.table.starts, self.table.ends
        in_order = bool((np.diff(starts) >= 0).all() and (np.diff(ends) >= 0).all())
        return (starts, ends) if in_order else (starts[:0], ends[:0])

    def trimmed(self, first_ns: int, last_ns: int) -> bytes:
        """Return the records of a time span, in the content's order.

        Records within the span are as stored, byte for byte. A record that extends beyond it is
        cut to the sample, with the same header, encoding and length.

        Args:
            first_ns: the start of the span in ns since 1970; a sample then is included.
            last_ns: its end, likewise. Times that differ by half a microsecond are equal.
        """
        first, end = _samples_within(self.table, first_ns, last_ns)
        kept = np.flatnonzero(first < end)
        parts = self._parts(self.table.select(kept), first[kept], end[kept])
        return b"".join(parts)

    def count(self, first_ns: int, last_ns: int) -> int:
        """Return the number of samples that `trimmed` delivers of a time span."""
        first, end = _samples_within(self.table, first_ns, last_ns)
        return int(np.maximum(end - first, 0).sum())

    def _parts(
        self, table: RecordTable, first: npt.NDArray[np.int64], end: npt.NDArray[np.int64]
    ) -> Iterator[bytes | memoryview]:
        if not len(table):
            return
        whole = (first == 0) & (end == table.npts)
        cut = cut_records(self.content, table.select(~whole), first[~whole], end[~whole])
        joined = whole[1:] & whole[:-1] & (table.stops[:-1] == table.offsets[1:])
        begins = [0, *(np.flatnonzero(~joined) + 1).tolist()]
        for begin, stop in zip(begins, [*begins[1:], len(table)], strict=True):
            if whole[begin]:
                yield self.content[int(table.offsets[begin]) : int(table.stops[stop - 1])]
            else:
                yield next(cut)


def _samples_within(
    table: RecordTable, first_ns: int, last_ns: int
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Return the first sample of each record in a time span, and the one after the last."""
    first = np.ceil((first_ns - SAME_NS - table.starts) / table.deltas)
    end = np.floor((last_ns + SAME_NS - table.starts) / table.deltas) + 1
    limits = 0, table.npts
    return np.clip(first, *limits).astype(np.int64), np.clip(end, *limits).astype(np.int64)
