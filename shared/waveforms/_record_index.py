"""The known records of a day object, by number, with their times.

All records have the same length, so the n-th one begins at n times that. They are in the order of
their times; an object with others is read whole.
"""

from array import array
from bisect import bisect_left, bisect_right
from dataclasses import dataclass

import numpy as np
from obspy import UTCDateTime

from shared.archive.day import Day
from shared.waveforms._read_records import Piece, ReadRecords
from shared.waveforms._record_check import Flaw, check
from shared.waveforms._record_header import (
    LEAST_RATE,
    MOST_RATE,
    OddRecordError,
    RecordHeader,
    parse_header,
)
from shared.waveforms._record_scan import scan
from shared.waveforms._record_table import RecordTable

MARGIN_S = 60
"""Records this far around a span are read, too, so that those out of order by less are noticed."""

Times = tuple["array[int]", "array[int]", "array[int]"]
"""The numbers of known records, in order, and the times of their first and of their last samples in
ns. A day has tens of thousands of records, and arrays take 24 bytes for each."""

MOST_SAMPLES_PER_BYTE = 105 / 64
"""Steim2 packs at most seven differences into each of the fifteen words of a frame of 64 bytes."""

_SPARSE = 20.0
"""Ratio of the samples that headers claim to those that their records can hold. A rate of 32,767 Hz
has it at least up to true rates of 500 Hz; a sound day has it only across gaps."""

_RATE_SPAN = 64  # adjacent records on each side that give the density of records


@dataclass(frozen=True)
class Edge:
    """The start or the end of a span with its margins, between two known records.

    Attributes:
        time: its time in ns.
        before: the number of the last known record before it; -1 if there is none.
        after: the number of the first known record after it; the count of records if there is none.
    """

    time: int
    before: int
    after: int

    @property
    def is_found(self) -> bool:
        """Whether there is no unknown record between the two."""
        return self.after - self.before == 1

    @property
    def middle(self) -> tuple[float, float]:
        """The number half-way between the two, and its distance from them."""
        return (self.before + self.after) / 2, (self.after - self.before) / 2

    def within(self, number: float) -> int:
        """Return the unknown record between the two that is nearest to a number."""
        return min(max(round(number), self.before + 1), self.after - 1)


class RecordIndex:
    """The known records of a day object, numbered from 0.

    Args:
        size: the size of the object in bytes.
        first: the header of its first record. All others must have the same channel, quality,
            sampling rate and length.
        day: the day of the object.

    Raises:
        OddRecordError: the object's size is no multiple of the record length.

    Attributes:
        first: as given.
        count: the number of all records of the object.
        record_length: the length of each record in bytes.
        end_of_day: the end of the day in ns.
        content: the records whose bytes have been read.
    """

    def __init__(self, size: int, first: RecordHeader, day: Day) -> None:
        if size % first.record_length:
            raise OddRecordError(f"{size} bytes are not records of {first.record_length} bytes")
        self.first = first
        self.count = size // first.record_length
        self.record_length = first.record_length
        if not LEAST_RATE <= first.sampling_rate <= MOST_RATE:
            raise OddRecordError(f"records of {first.sampling_rate} samples per second")
        self._delta = round(1e9 / first.sampling_rate)
        self.end_of_day: int = day.next.starttime.ns
        self.content = ReadRecords()
        self._numbers, self._starts, self._ends = array("q"), array("q"), array("q")

    def __len__(self) -> int:
        """Return the number of known records."""
        return len(self._numbers)

    @property
    def times(self) -> Times:
        """The numbers and times of the known records; a copy."""
        return self._numbers[:], self._starts[:], self._ends[:]

    def recall(self, times: Times) -> None:
        """Replace the known records by those of another index of the same content."""
        self._numbers, self._starts, self._ends = (values[:] for values in times)

    def add(self, number: int, content: bytes) -> None:
        """Add records that have been read.

        Args:
            number: the number of the first of them.
            content: the records; if the last one is cut off, it is ignored.

        Raises:
            OddRecordError: with the known ones, they are not all of one kind and in order.
        """
        length = self.record_length
        view = memoryview(content)[: len(content) // length * length]
        table = scan(view)
        self._require_one_kind(table, view)
        if len(table):
            self.content.add(Piece(number, view, table))
        starts, ends = (array("q", times.tobytes()) for times in (table.starts, table.ends))
        # They replace those that are known already.
        low = bisect_left(self._numbers, number)
        high = bisect_left(self._numbers, number + len(starts))
        self._numbers[low:high] = array("q", range(number, number + len(starts)))
        self._starts[low:high], self._ends[low:high] = starts, ends
        around = slice(max(0, low - 1), low + len(starts) + 1)
        for times in (self._starts[around], self._ends[around]):
            if (np.diff(times) < 0).any():
                raise OddRecordError("records are not in the order of their times")

    def _require_one_kind(self, table: RecordTable, content: memoryview) -> None:
        """Raise an `OddRecordError` unless all records are sound and of one kind."""
        kind = self.first
        alike = table.alike(kind) & (table.offsets % self.record_length == 0)
        alike &= check(table, np.zeros(len(table), bool), content) == Flaw.NONE
        count = len(content) // self.record_length
        if len(table) != count or not alike.all():
            places = np.arange(count) * kind.record_length
            place = int(np.append(np.setdiff1d(places, table.offsets[alike]), 0)[0])
            raise OddRecordError(f"a record {parse_header(content, place)} among those of {kind}")

    def records_of(self, starttime: UTCDateTime, endtime: UTCDateTime) -> range | None:
        """Return the numbers of a span's records, margins included; None if some are unread."""
        begin, end = self.edges(starttime, endtime)
        records = self._between(begin, end)
        known = begin.is_found and end.is_found and not self.content.unread(records)
        return records if known else None

    def within(self, first_ns: int, last_ns: int) -> range:
        """Return the records with samples in a span in ns; those around its ends must be known."""
        begin = bisect_left(self._ends, first_ns)
        end = bisect_right(self._starts, last_ns)
        return range(self._numbers[begin], self._numbers[end - 1] + 1) if begin < end else range(0)

    def unknown_around(self, records: range) -> list[range]:
        """Return the record before some others and the one after, each if it is not known."""
        around = [
            number for number in (records[0] - 1, records[-1] + 1) if 0 <= number < self.count
        ]
        return [range(number, number + 1) for number in around if not self.knows(number)]

    def knows(self, number: int) -> bool:
        """Return whether a record's times are known."""
        place = bisect_left(self._numbers, number)
        return place < len(self._numbers) and self._numbers[place] == number

    @property
    def last_known_sample(self) -> UTCDateTime:
        """The time of the last sample of all known records."""
        return UTCDateTime(ns=self._ends[-1])

    def start(self, number: int) -> int:
        """Return the time of a known record's first sample, in ns."""
        return self._starts[bisect_left(self._numbers, number)]

    def end(self, number: int) -> int:
        """Return the time of a known record's last sample, in ns."""
        return self._ends[bisect_left(self._numbers, number)]

    def edges(self, starttime: UTCDateTime, endtime: UTCDateTime) -> tuple[Edge, Edge]:
        """Locate the start and the end of a span, margins included, among the known records."""
        # ObsPy's `trim` takes the nearest samples, which may be just outside.
        margin = MARGIN_S * 10**9 + 2 * self._delta
        early, late = starttime.ns - margin, endtime.ns + margin
        begin = self._edge(early, bisect_left(self._ends, early))
        return begin, self._edge(late, bisect_right(self._starts, late))

    def records_per_ns(self, number: int) -> float:
        """Return the density of records around a known one."""
        place = bisect_left(self._numbers, number)
        low, high = place, place
        while low > 0 and place - low < _RATE_SPAN and self._adjacent(low - 1):
            low -= 1
        while high + 1 < len(self._numbers) and high - place < _RATE_SPAN and self._adjacent(high):
            high += 1
        duration = self._ends[high] + self._delta - self._starts[low]
        return (high - low + 1) / duration

    @property
    def is_sparse(self) -> bool:
        """Whether the sampling rate claims far more samples than the first records can hold."""
        if not self._numbers:  # a record is longer than all that has been read
            return False
        claimed = self.first.sampling_rate * 1e-9 / self.records_per_ns(self._numbers[0])
        return claimed > _SPARSE * self.record_length * MOST_SAMPLES_PER_BYTE

    def covers(self, records: range, starttime: UTCDateTime, endtime: UTCDateTime) -> bool:
        """Return whether known records have all samples of a span, without a gap or an overlap."""
        begin, end = (bisect_left(self._numbers, records[place]) for place in (0, -1))
        return (
            self._starts[begin] <= starttime.ns + self._delta
            and self._ends[end] >= endtime.ns - self._delta
            and not self._has_border(begin, end)
        )

    def _has_border(self, begin: int, end: int) -> bool:
        """Return whether a segment begins among known records after the first one.

        Its first record is half a sample off the one before, as for ObsPy.
        """
        starts, ends = np.array(self._starts[begin + 1 : end + 1]), np.array(self._ends[begin:end])
        return bool((np.abs(starts - ends - self._delta) > self._delta / 2).any())

    def _edge(self, time: int, place: int) -> Edge:
        before = self._numbers[place - 1] if place else -1
        after = self._numbers[place] if place < len(self._numbers) else self.count
        return Edge(time, before, after)

    def _between(self, begin: Edge, end: Edge) -> range:
        """Return the records between two edges, with one more on each side if the object has it."""
        return range(max(0, begin.before), min(end.after, self.count - 1) + 1)

    def _adjacent(self, place: int) -> bool:
        return self._numbers[place + 1] - self._numbers[place] == 1
