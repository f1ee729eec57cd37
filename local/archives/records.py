"""The records of miniSEED files, by channel and day.

A record belongs to the day of its first sample, and is never changed.
"""

import hashlib
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path

import numpy as np
import numpy.typing as npt

from local.cloud.stored_object import Piece
from shared.archive.channel_id import ChannelId
from shared.archive.day import Day
from shared.errors import BadRequestError
from shared.waveforms.records import RecordTable, scan

ChannelDay = tuple[ChannelId, Day]
Offsets = npt.NDArray[np.int64]

_AT_ONCE = 64 * 1024**2  # bytes whose headers are read at once
_DAY_NS = 86_400 * 10**9
_EPOCH = date(1970, 1, 1)
_SEQUENCE_NUMBER = 6  # bytes at the start of a record, which copies of it may have changed


@dataclass(frozen=True)
class Run:
    """Records of one channel and day that follow one another in a file.

    Attributes:
        path: the file.
        offset: of the first byte.
        length: the number of bytes.
        first, last: the earliest and the latest start of a record, in ns since 1970.
        end: the time of the latest sample, likewise.
    """

    path: Path
    offset: int
    length: int
    first: int
    last: int
    end: int


@dataclass
class Records:
    """The records of some files.

    Attributes:
        runs: by channel and day.
        notes: parts of files that are not served, in words.
    """

    runs: dict[ChannelDay, list[Run]] = field(default_factory=lambda: defaultdict(list))
    notes: list[str] = field(default_factory=list)

    def add_file(self, path: Path) -> None:
        """Add the records of a file.

        Raises:
            OSError: it cannot be read.
        """
        view = _view(path)
        kept, odd = 0, defaultdict[str, int](int)
        for table in _tables(view):
            stops = _stops(table, len(view))
            kept += int((stops - table.offsets).sum())
            self._add(path, table, stops, odd)
        if lost := len(view) - kept:
            self.notes.append(f"{path}: {lost:,} bytes that are no records")
        self.notes += [f"{path}: {count:,} records {why}" for why, count in odd.items()]

    def _add(self, path: Path, table: RecordTable, stops: Offsets, odd: dict[str, int]) -> None:
        days = np.where(table.timed, table.starts // _DAY_NS, -1)
        changes = (table.ids[1:] != table.ids[:-1]) | (days[1:] != days[:-1])
        changes |= (table.offsets[1:] != stops[:-1]) | (table.timed[1:] != table.timed[:-1])
        begins = np.concatenate([[0], np.flatnonzero(changes) + 1])
        ends = np.append(begins[1:], len(table)) - 1
        firsts = np.minimum.reduceat(table.starts, begins)
        lasts = np.maximum.reduceat(table.starts, begins)
        stops_ns = np.maximum.reduceat(table.ends, begins)
        for begin, end, *times in zip(begins, ends, firsts, lasts, stops_ns, strict=True):
            try:
                channel = _channel(str(table.ids[begin]))
            except BadRequestError as error:
                odd[f"of {table.ids[begin]}: {error.message}"] += int(end - begin + 1)
                continue
            if not table.timed[begin]:
                odd["without a valid time"] += int(end - begin + 1)
                continue
            offset, length = int(table.offsets[begin]), int(stops[end] - table.offsets[begin])
            run = Run(path, offset, length, *map(int, times))
            day = Day.of_date(_EPOCH + timedelta(days=int(days[begin])))
            self.runs[channel, day].append(run)


def arrange(runs: Sequence[Run]) -> tuple[list[Piece], int]:
    """Put runs of one channel and day into the order of time.

    Where runs overlap in time, their records are put in order one by one, and a record that is
    there more than once is kept once.

    Returns:
        The bytes, and the number of repeated records that were left out.
    """
    ordered, repeated = sorted(runs, key=lambda run: run.first), 0
    if any(run.last >= following.first for run, following in pairwise(ordered)):
        ordered, repeated = _merge(ordered)
    pieces: list[Piece] = []
    for run in ordered:
        before = pieces[-1] if pieces else None
        if before and before.source == run.path and before.offset + before.length == run.offset:
            pieces[-1] = Piece(run.path, before.offset, before.length + run.length)
        else:
            pieces.append(Piece(run.path, run.offset, run.length))
    return pieces, repeated


def is_miniseed(beginning: bytes) -> bool:
    """Return whether a file begins with a record, or with a control header of a SEED volume."""
    table = scan(memoryview(beginning))
    return bool(len(table)) and (table.offsets[0] == 0 or beginning[:6].isdigit())


def _merge(runs: Sequence[Run]) -> tuple[list[Run], int]:
    kept: dict[bytes, Run] = {}
    count = 0
    for run in runs:
        view = _view(run.path)
        part = view[run.offset : run.offset + run.length]
        for table in _tables(part):
            stops = _stops(table, len(part))
            for offset, stop, start in zip(table.offsets, stops, table.starts, strict=True):
                digest = hashlib.sha256(part[offset + _SEQUENCE_NUMBER : stop]).digest()
                place, length = run.offset + int(offset), int(stop - offset)
                record = Run(run.path, place, length, int(start), int(start), run.end)
                kept.setdefault(digest, record)
                count += 1
    return sorted(kept.values(), key=lambda run: run.first), count - len(kept)


def _view(path: Path) -> memoryview:
    if not path.stat().st_size:  # which cannot be mapped
        return memoryview(b"")
    return np.memmap(path, np.uint8, "r").data


def _tables(view: memoryview) -> Iterator[RecordTable]:
    """Yield the headers of all records of a content, of no more than `_AT_ONCE` bytes at once."""
    begin = 0
    while begin < len(view):
        end = min(begin + _AT_ONCE, len(view))
        table = scan(view[begin:end]).moved(begin)
        if end < len(view):  # the last record may be cut
            table = table.select(table.stops <= end)
        if len(table):
            yield table
        begin = int(table.stops[-1]) if len(table) and end < len(view) else end


def _stops(table: RecordTable, size: int) -> Offsets:
    """Return the offset after each record, which the next record or the end of the file may cut."""
    stops: Offsets = np.minimum(table.stops, np.append(table.offsets[1:], size))
    return stops


def _channel(seed_id: str) -> ChannelId:
    network, station, location, channel = seed_id.split(".")
    return ChannelId(network, station, channel, location)
