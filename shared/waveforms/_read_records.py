"""The records of a day object that have been read: their bytes and their headers, by number."""

from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from operator import attrgetter

from shared.waveforms._record_table import RecordTable, join_tables

_first, _end = attrgetter("first"), attrgetter("end")


@dataclass(frozen=True)
class Piece:
    """Adjacent records.

    Attributes:
        first: the number of the first one.
        content: their bytes.
        table: their headers, one for each, with offsets in `content`.
    """

    first: int
    content: memoryview
    table: RecordTable

    @property
    def end(self) -> int:
        """The number of the record after the last one."""
        return self.first + len(self.table)

    def within(self, first: int, end: int) -> "Piece":
        """Return those of the records from `first` to the one before `end`, as a view."""
        begin, stop = max(first, self.first), min(end, self.end)
        if (begin, stop) == (self.first, self.end):
            return self
        length = len(self.content) // len(self.table)
        skipped = (begin - self.first) * length
        content = self.content[skipped : (stop - self.first) * length]
        table = self.table.select(slice(begin - self.first, stop - self.first))
        return Piece(begin, content, table.moved(-skipped))


class ReadRecords:
    """Records of one length, in pieces that do not overlap."""

    def __init__(self) -> None:
        self._pieces: list[Piece] = []

    def add(self, piece: Piece) -> None:
        """Add records, which replace those of the same numbers."""
        found = self._around(piece.first, piece.end)
        old = self._pieces[found]
        before = [each.within(0, piece.first) for each in old[:1] if each.first < piece.first]
        after = [each.within(piece.end, each.end) for each in old[-1:] if each.end > piece.end]
        self._pieces[found] = [*before, piece, *after]

    def unread(self, records: range) -> range:
        """Return the range from the first to the last of some records that has not been read."""
        begin, end = records.start, records.stop
        pieces = self._pieces[self._around(begin, end)]
        for piece in pieces:
            if piece.first > begin:
                break
            begin = max(begin, piece.end)
        for piece in reversed(pieces):
            if piece.end < end:
                break
            end = min(end, piece.first)
        return range(begin, end) if begin < end else range(0)

    def part(self, records: range) -> tuple[memoryview, RecordTable]:
        """Return the bytes and the headers of records that have been read."""
        around = self._pieces[self._around(records.start, records.stop)]
        pieces = [piece.within(records.start, records.stop) for piece in around]
        if len(pieces) == 1:
            return pieces[0].content, pieces[0].table
        tables, size = [], 0
        for piece in pieces:
            tables.append(piece.table.moved(size))
            size += len(piece.content)
        return memoryview(b"".join(piece.content for piece in pieces)), join_tables(tables)

    def _around(self, first: int, end: int) -> slice:
        """Return the places of the pieces with any of the records from `first` to before `end`."""
        low = bisect_right(self._pieces, first, key=_end)
        return slice(low, bisect_left(self._pieces, end, low, key=_first))
