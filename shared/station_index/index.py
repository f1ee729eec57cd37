"""The station index as an object: a ZIP file with lines of JSON.

head.json is small and names each file with its stations. The same lines of files.jsonl and
shells.jsonl have the summary of a file, and its networks and stations as XML. A line is decoded
only if a request needs its file.
"""

import io
import json
import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from shared.archive.archive import Archive
from shared.stations.summary import FileSummary, NetworkSummary

FORMAT = 1
"""The version of the object's content. An index of another version is made again."""

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


@dataclass(frozen=True)
class IndexedFile:
    """A StationXML file in the index.

    Attributes:
        key: its key.
        etag: its ETag.
        modified_ns: when the object was changed, in ns since 1970.
        size: its size in bytes.
        stations: network and station of each of its stations, and of networks without any, whose
            station is "".
        line: its line of files.jsonl.
        shells_line: its line of shells.jsonl; b"" where it was not read.
    """

    key: str
    etag: str
    modified_ns: int
    size: int
    stations: tuple[StationCodes, ...]
    line: bytes = field(repr=False)
    shells_line: bytes = field(repr=False, default=b"")

    @cached_property
    def summary(self) -> FileSummary:
        """The summary of the file; the channels of each station sorted by location and code."""
        created, *networks = json.loads(self.line)
        return FileSummary(created, tuple(map(NetworkSummary.of_json, networks)))

    @property
    def head(self) -> list[Any]:
        """The entry of head.json."""
        return [self.key, self.etag, self.modified_ns, self.size, self.stations]


class StationIndex:
    """An index of the StationXML files of an archive.

    Args:
        content: the object's content.
        archive: the archive that it describes.
        etag: the object's ETag.

    Attributes:
        etag: the object's ETag.
        files: the files.
        missing: the number of the archive's files that were left to the next update.
        unreadable: files that could not be read.

    Raises:
        NotAnIndexError: the content is no index of this version and archive.
    """

    def __init__(self, content: bytes, archive: Archive, etag: str = "") -> None:
        self.etag = etag
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(content))
            head = json.loads(self._zip.read("head.json"))
            if (head["format"], head["bucket"]) != (FORMAT, archive.bucket):
                raise NotAnIndexError(f"it has format {head['format']} and is of {head['bucket']}")
            self.files = [
                IndexedFile(key, etag, modified, size, tuple(map(tuple, codes)), line)
                for (key, etag, modified, size, codes), line in zip(
                    head["files"], self._lines("files.jsonl"), strict=True
                )
            ]
            self.missing = int(head["missing"])
            self.unreadable = tuple(UnreadableFile(*each) for each in head["unreadable"])
        except (zipfile.BadZipFile, KeyError, TypeError, ValueError) as error:
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
        return decode_shells(self.shells_line(file))

    def shells_line(self, file: IndexedFile) -> bytes:
        """Return the line of shells.jsonl of a file."""
        return self._shells_lines[file.key]

    @cached_property
    def _shells_lines(self) -> dict[str, bytes]:
        lines = self._lines("shells.jsonl")
        return {file.key: line for file, line in zip(self.files, lines, strict=True)}

    def _lines(self, name: str) -> list[bytes]:
        content = self._zip.read(name)
        return content.split(b"\n") if content else []


def rank_of(archive: Archive, key: str, codes: StationCodes) -> tuple[int, str]:
    """Return how authoritative a file is for a station: the less, the more.

    Files under none of the archive's keys for the station come last, in the order of their keys.
    """
    keys = archive.stationxml_keys(*codes)
    return (keys.index(key) if key in keys else len(keys)), key


def encode_file(
    key: str, etag: str, modified_ns: int, size: int, summary: FileSummary, shells: Shells
) -> IndexedFile:
    """Return a file with its lines of the index; the other arguments are those of its object."""
    networks = [network.to_json() for network in summary.in_order().networks]
    line = _json([summary.created, *networks])
    texts = [[network.decode(), *map(bytes.decode, stations)] for network, stations in shells]
    stations = summary.stations
    stations |= {(each.code, "") for each in summary.networks if not each.stations}
    return IndexedFile(key, etag, modified_ns, size, tuple(sorted(stations)), line, _json(texts))


def decode_shells(line: bytes) -> Shells:
    """Return the networks and stations of a line of shells.jsonl."""
    return [
        (network.encode(), [station.encode() for station in stations])
        for network, *stations in json.loads(line)
    ]


def write_index(
    archive: Archive,
    files: Sequence[IndexedFile],
    missing: int,
    unreadable: Iterable[UnreadableFile],
) -> bytes:
    """Return the content of an index.

    Args:
        archive: the archive that it describes.
        files: its files, with all of their lines.
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
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as target:
        for name, content in {
            "head.json": _json(head),
            "files.jsonl": b"\n".join(file.line for file in files),
            "shells.jsonl": b"\n".join(file.shells_line for file in files),
        }.items():
            # A fixed time: the same files give the same bytes, and so the same ETag.
            info = zipfile.ZipInfo(name)
            target.writestr(info, content, zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


def _json(value: Any) -> bytes:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode()
