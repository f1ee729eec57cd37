"""The rows of the channels of an indexed file, decompressed when one of them is needed."""

import zlib
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from typing import overload


class FileRows:
    """The rows of all stations of a file.

    Args:
        packed: the rows as `pack_rows` wrote them.
    """

    def __init__(self, packed: memoryview) -> None:
        self._packed = packed
        self._taken = 0

    @cached_property
    def all(self) -> list[str]:
        """The rows."""
        return zlib.decompress(self._packed).decode().split("\n")

    def take(self, count: int) -> "StationRows":
        """Return the next rows, of a number of them."""
        first, self._taken = self._taken, self._taken + count
        return StationRows(self, first, count)


class StationRows(Sequence[str]):
    """The rows of one station. Their number is known without decompressing them.

    Args:
        rows: those of the file.
        first: the place of the first.
        count: their number.
    """

    def __init__(self, rows: FileRows, first: int, count: int) -> None:
        self._rows, self._first, self._count = rows, first, count

    def __len__(self) -> int:
        return self._count

    @overload
    def __getitem__(self, place: int) -> str: ...

    @overload
    def __getitem__(self, place: slice) -> list[str]: ...

    def __getitem__(self, place: int | slice) -> str | list[str]:
        return self._own[place]

    def __iter__(self) -> Iterator[str]:
        return iter(self._own)

    @cached_property
    def _own(self) -> list[str]:
        return self._rows.all[self._first : self._first + self._count]


def pack_rows(rows: Iterable[str]) -> bytes:
    """Return rows as bytes for `FileRows`."""
    return zlib.compress("\n".join(rows).encode())
