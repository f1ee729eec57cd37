"""Objects whose bytes lie in files of this machine, and buckets of them."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

_CHUNK = 1024**2


class ChangedFileError(Exception):
    """A file is not the one from which an object was made."""


@dataclass(frozen=True)
class Piece:
    """Consecutive bytes of a file, or of a content in memory.

    Attributes:
        source: the file, or the content.
        offset: of the first byte.
        length: the number of bytes.
    """

    source: Path | bytes
    offset: int
    length: int

    @classmethod
    def whole(cls, source: Path | bytes) -> "Piece":
        """Return all of a file or of a content."""
        size = len(source) if isinstance(source, bytes) else source.stat().st_size
        return cls(source, 0, size)

    def read(self, first: int, last: int) -> Iterator[bytes]:
        """Yield bytes of the piece from one offset to another, both included.

        Raises:
            ChangedFileError: the file ends early.
        """
        left = last - first + 1
        if isinstance(self.source, bytes):
            yield self.source[self.offset + first : self.offset + first + left]
            return
        with self.source.open("rb") as file:
            file.seek(self.offset + first)
            while left:
                chunk = file.read(min(left, _CHUNK))
                if not chunk:
                    raise ChangedFileError(f"{self.source} has become shorter")
                left -= len(chunk)
                yield chunk


@dataclass(frozen=True)
class StoredObject:
    """An object of a bucket.

    Attributes:
        pieces: its bytes, in order.
        etag: its ETag, without quotes.
        modified: when it was last modified, in s since 1970.
        headers: more headers of its answers, such as its media type and its metadata.
        stamps: size and time of modification of each file that it was made from.
    """

    pieces: tuple[Piece, ...]
    etag: str
    modified: float
    headers: Mapping[str, str] = field(default_factory=dict)
    stamps: tuple[tuple[Path, int, int], ...] = ()

    @classmethod
    def of(cls, pieces: Sequence[Piece], files: Iterable[Path]) -> "StoredObject":
        """Return the object of some pieces, whose ETag changes whenever one of its files does."""
        stamps = tuple(_stamp(path) for path in dict.fromkeys(files))
        places = [
            (
                str(piece.source) if isinstance(piece.source, Path) else "",
                piece.offset,
                piece.length,
            )
            for piece in pieces
        ]
        digest = hashlib.md5(repr((places, stamps)).encode(), usedforsecurity=False)
        modified = max((stamp[2] for stamp in stamps), default=0) / 1e9
        # S3 marks ETags that are not the MD5 of the content by a dash, too.
        etag = f"{digest.hexdigest()}-1"
        return cls(tuple(pieces), etag, modified, stamps=stamps)

    @property
    def size(self) -> int:
        """The number of bytes."""
        return sum(piece.length for piece in self.pieces)

    def check(self) -> None:
        """Check that the files are those from which the object was made.

        Raises:
            ChangedFileError: one was changed or removed.
        """
        for stamp in self.stamps:
            try:
                current = _stamp(stamp[0])
            except OSError as error:
                raise ChangedFileError(f"{stamp[0]} is gone: {error}") from error
            if current != stamp:
                raise ChangedFileError(f"{stamp[0]} has changed since it was read")

    def read(self, first: int, last: int) -> Iterator[bytes]:
        """Yield the bytes from one offset to another, both included, in parts."""
        begin = 0
        for piece in self.pieces:
            low, high = max(first - begin, 0), min(last - begin, piece.length - 1)
            if low <= high:
                yield from piece.read(low, high)
            begin += piece.length


def _stamp(path: Path) -> tuple[Path, int, int]:
    status = path.stat()
    return path, status.st_size, status.st_mtime_ns


class Bucket(Protocol):
    """The objects of a bucket."""

    def find(self, key: str) -> StoredObject | None:
        """Return an object; None if there is none."""

    def keys(self, prefix: str) -> list[str]:
        """Return the keys that begin with a prefix, in order."""


class FixedBucket:
    """A bucket of known objects.

    Args:
        objects: the objects by key.
    """

    def __init__(self, objects: Mapping[str, StoredObject]) -> None:
        self._objects = dict(sorted(objects.items()))

    @classmethod
    def of_folder(cls, folder: Path) -> "FixedBucket":
        """Return the bucket of a folder's miniSEED and StationXML files, whose paths are keys."""
        paths = (path for path in folder.rglob("*") if path.suffix in (".ms", ".xml"))
        return cls(
            {
                path.relative_to(folder).as_posix(): StoredObject.of([Piece.whole(path)], [path])
                for path in paths
            }
        )

    def find(self, key: str) -> StoredObject | None:
        """Return an object; None if there is none."""
        return self._objects.get(key)

    def keys(self, prefix: str) -> list[str]:
        """Return the keys that begin with a prefix, in order."""
        return [key for key in self._objects if key.startswith(prefix)]
