"""The station index as an object: a ZIP file.

head.json has all files with their networks and stations. rows.bin has the channels of each file,
compressed for itself, so that a request decompresses those of its stations alone. shells.jsonl has
the networks and stations of each file as XML, in the order of the files.
"""

import io
import json
import zipfile
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from shared.archive.archive import Archive
from shared.station_index._rows import FileRows, pack_rows
from shared.stations.summary import FileSummary

FORMAT = 1
"""The version of the object's content. An index of another version is made again."""

_DAMAGES = (
    zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError, AttributeError, LookupError,
    OverflowError, TypeError, ValueError,
)  # fmt: skip
"""Exceptions of a damaged ZIP file, or of JSON with other members."""

StationCodes = tuple[str, str]
"""Network and station."""

Shells = list[tuple[bytes, list[bytes]]]
"""Each network of a file as an element Network without stations, and its stations as elements
Station without channels; see `shared.stations.station_file`."""


class NotAnIndexError(ValueError):
    """The content is no station index of this version."""


@dataclass(frozen=True)
class UnreadableFile:
    """A StationXML file that could not be read, and will not be before it changes.

    Attributes:
        key: its key.
        etag: its ETag.
        reason: the reason in words.
    """

    key: str
    etag: str
    reason: str


@dataclass(frozen=True, eq=False)
class IndexedFile:
    """A StationXML file in the index.

    Attributes:
        key: its key.
        etag: its ETag.
        modified_ns: when the object was changed, in ns since 1970.
        size: its size in bytes.
        summary: its networks and stations; the channels of each station are sorted by location,
            code and start.
        rows: the rows of its channels as in rows.bin.
        shells: its line of shells.jsonl; b"" where it was not read.
    """

    key: str
    etag: str
    modified_ns: int
    size: int
    summary: FileSummary = field(repr=False)
    rows: memoryview = field(repr=False)
    shells: bytes = field(repr=False, default=b"")

    @property
    def stations(self) -> set[StationCodes]:
        """Network and station of each of its stations, and "" for a network without any."""
        networks = self.summary.networks
        return self.summary.stations | {(net.code, "") for net in networks if not net.stations}

    @property
    def head(self) -> list[Any]:
        """The entry of head.json."""
        size = len(self.rows)
        return [self.key, self.etag, self.modified_ns, self.size, size, self.summary.to_json()]


class StationIndex:
    """An index of the StationXML files of an archive.

    Args:
        content: the object's content.
        archive: the archive that it describes.
        etag: the object's ETag.

    Attributes:
        content: the object's content.
        etag: the object's ETag.
        files: the files.
        missing: the number of the archive's files that were left to the next update.
        unreadable: files that could not be read.

    Raises:
        NotAnIndexError: the content is no index of this version and archive.
    """

    def __init__(self, content: bytes, archive: Archive, etag: str = "") -> None:
        self.content, self.etag = content, etag
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(content))
            head = json.loads(self._zip.read("head.json"))
            if (head["format"], head["bucket"]) != (FORMAT, archive.bucket):
                raise NotAnIndexError(f"it has format {head['format']} and is of {head['bucket']}")
            rows = memoryview(self._zip.read("rows.bin"))
            if len(rows) != sum(length for *_, length, _ in head["files"]):
                raise NotAnIndexError(f"its rows have {len(rows):,} bytes")
            self.files: list[IndexedFile] = []
            for key, file_etag, modified_ns, size, length, summary in head["files"]:
                own, rows = rows[:length], rows[length:]
                found = FileSummary.of_json(summary, FileRows(own).take)
                self.files.append(IndexedFile(key, file_etag, modified_ns, size, found, own))
            self.missing = int(head["missing"])
            self.unreadable = tuple(UnreadableFile(*each) for each in head["unreadable"])
            self._zip.read("shells.jsonl")  # to check its sum: it is used later, or not at all
        except _DAMAGES as error:
            raise NotAnIndexError(f"it is no station index: {error}") from error
        self._archive = archive

    @cached_property
    def places(self) -> dict[StationCodes, IndexedFile]:
        """The file of each station; of several, the most authoritative one."""
        places: dict[StationCodes, IndexedFile] = {}
        ranks: dict[StationCodes, tuple[int, str]] = {}
        for file in self.files:
            for codes in file.stations:
                rank = rank_of(self._archive, file.key, codes)
                if codes not in ranks or rank < ranks[codes]:
                    ranks[codes], places[codes] = rank, file
        return places

    @cached_property
    def station_counts(self) -> dict[str, int]:
        """The number of stations of each network."""
        counts: dict[str, int] = {}
        for network, station in self.places:
            counts[network] = counts.get(network, 0) + bool(station)
        return counts

    def shells(self, file: IndexedFile) -> Shells:
        """Return the networks and stations of a file as XML."""
        return [
            (network.encode(), [station.encode() for station in stations])
            for network, *stations in json.loads(self.with_shells(file).shells)
        ]

    def with_shells(self, file: IndexedFile) -> IndexedFile:
        """Return a file with its line of shells.jsonl."""
        return replace(file, shells=self._shells[file.key])

    @cached_property
    def _shells(self) -> dict[str, bytes]:
        content = self._zip.read("shells.jsonl")
        lines = content.split(b"\n") if content else []
        return {file.key: line for file, line in zip(self.files, lines, strict=True)}


def rank_of(archive: Archive, key: str, codes: StationCodes) -> tuple[int, str]:
    """Return how authoritative a file is for a station: the less, the more.

    Files under none of the archive's keys for the station come last, in the order of their keys.
    """
    keys = archive.stationxml_keys(*codes)
    return (keys.index(key) if key in keys else len(keys)), key


def encode_file(
    key: str, etag: str, modified_ns: int, size: int, summary: FileSummary, shells: Shells
) -> IndexedFile:
    """Return a file as the index has it; the other arguments are those of its object."""
    ordered = summary.in_order()
    rows = memoryview(pack_rows(ordered.rows))
    texts = [[network.decode(), *map(bytes.decode, stations)] for network, stations in shells]
    return IndexedFile(key, etag, modified_ns, size, ordered, rows, _json(texts))


def write_index(
    archive: Archive,
    files: Sequence[IndexedFile],
    missing: int,
    unreadable: Iterable[UnreadableFile],
) -> bytes:
    """Return the content of an index.

    Args:
        archive: the archive that it describes.
        files: its files, with their shells.
        missing: the number of files left to the next update.
        unreadable: files that could not be read.
    """
    head = {
        "format": FORMAT,
        "bucket": archive.bucket,
        "missing": missing,
        "unreadable": [[each.key, each.etag, each.reason] for each in unreadable],
        "files": [file.head for file in files],
    }
    members = {
        "head.json": (_json(head), zipfile.ZIP_DEFLATED),
        "rows.bin": (b"".join(file.rows for file in files), zipfile.ZIP_STORED),
        "shells.jsonl": (b"\n".join(file.shells for file in files), zipfile.ZIP_DEFLATED),
    }
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as target:
        for name, (content, method) in members.items():
            # Without a time: the same files give the same bytes, and so the same ETag.
            target.writestr(zipfile.ZipInfo(name), content, method)
    return buffer.getvalue()


def _json(value: Any) -> bytes:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode()
