"""The records of a day object, as far as they have been read: which of them has which times.

Records are of one length, so that the n-th begins at n times that; and nearly always sorted in
time.
"""

from array import array
from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from itertools import pairwise

from obspy import UTCDateTime

from shared.archive.day import Day
from shared.waveforms._record_header import OddRecordError, RecordHeader, parse_header

MARGIN_S = 60
"""How far around a span records are looked at. Disorder of up to this much is always seen."""

Times = tuple["array[int]", "array[int]", "array[int]"]
"""Of known records, in order: their numbers, and the times of their first and last samples in ns.
Arrays, as a day has tens of thousands: 24 bytes for each record."""

_RATE_SPAN = 64  # records, whose times say how many there are to a second hereabouts


@dataclass(frozen=True)
class Edge:
    """One of the two ends of what a span needs.

    Attributes:
        time: in ns.
        before: the last known record before it; -1 where there is none.
        after: the first known record after it; the number of records where there is none.
    """

    time: int
    before: int
    after: int

    @property
    def found(self) -> bool:
        """Whether no unknown record can be between the two."""
        return self.after - self.before == 1

    @property
    def middle(self) -> tuple[float, float]:
        """The middle between the two, and how far they are off it."""
        return (self.before + self.after) / 2, (self.after - self.before) / 2

    def within(self, number: float) -> int:
        """The unknown record between the two that is nearest to a number."""
        return min(max(round(number), self.before + 1), self.after - 1)


class RecordIndex:
    """What is known of the records of a day object; they are numbered from 0.

    Args:
        size: of the object, in bytes.
        first: the header of its first record, whose channel, quality, sampling rate and length
            all others must have.
        day: the day that the object is of.

    Raises:
        OddRecordError: the object is not a number of whole records.

    Attributes:
        first: as given.
        count: how many records the object has.
        record_length: of each, in bytes.
        end_of_day: in ns.
    """

    def __init__(self, size: int, first: RecordHeader, day: Day) -> None:
        if size % first.record_length:
            raise OddRecordError(f"{size} bytes are not records of {first.record_length} bytes")
        self.first = first
        self.count = size // first.record_length
        self.record_length = first.record_length
        self._kind = (first.seed_id, first.quality, first.sampling_rate, first.record_length)
        if first.sampling_rate <= 0:
            raise OddRecordError(f"records of {first.sampling_rate} samples per second")
        self._delta = round(1e9 / first.sampling_rate)
        self.end_of_day: int = day.next.starttime.ns
        self._content: dict[int, bytes] = {}
        self._numbers, self._starts, self._ends = array("q"), array("q"), array("q")

    def __len__(self) -> int:
        """How many records are known."""
        return len(self._numbers)

    @property
    def times(self) -> Times:
        """What is known, but for the records' bytes; a copy."""
        return self._numbers[:], self._starts[:], self._ends[:]

    def recall(self, times: Times) -> None:
        """Learn what another index of the same content knew, in place of what this one knows."""
        self._numbers, self._starts, self._ends = (values[:] for values in times)

    def add(self, number: int, content: bytes) -> None:
        """Learn from records that have been read.

        Args:
            number: of the first of them.
            content: the records; the last one may be cut short, and is not used then.

        Raises:
            OddRecordError: they, and those known so far, are not all of one kind and in order.
        """
        length = self.record_length
        starts, ends = array("q"), array("q")
        for offset in range(0, len(content) - length + 1, length):
            header = parse_header(content, offset)
            kind = (header.seed_id, header.quality, header.sampling_rate, header.record_length)
            if kind != self._kind or header.npts == 0:
                raise OddRecordError(f"a record {header} among those of {self._kind}")
            starts.append(header.starttime.ns)
            ends.append(header.endtime.ns)
            self._content[number + offset // length] = content[offset : offset + length]
        # They take the place of those that are known already.
        low = bisect_left(self._numbers, number)
        high = bisect_left(self._numbers, number + len(starts))
        self._numbers[low:high] = array("q", range(number, number + len(starts)))
        self._starts[low:high], self._ends[low:high] = starts, ends
        around = slice(max(0, low - 1), low + len(starts) + 1)
        for times in (self._starts[around], self._ends[around]):
            if any(later < earlier for earlier, later in pairwise(times)):
                raise OddRecordError("records are not in the order of their times")

    def records_of(self, starttime: UTCDateTime, endtime: UTCDateTime) -> range | None:
        """The numbers of the records that a span needs, its margins included; None if unknown."""
        begin, end = self.edges(starttime, endtime)
        records = self._between(begin, end)
        known = begin.found and end.found and all(one in self._content for one in records)
        return records if known else None

    def knows(self, number: int) -> bool:
        """Whether a record's times are known."""
        place = bisect_left(self._numbers, number)
        return place < len(self._numbers) and self._numbers[place] == number

    def unread(self, records: range) -> range:
        """Those of some records whose bytes have not been read, and what lies between them."""
        wanted = [number for number in records if number not in self._content]
        return range(wanted[0], wanted[-1] + 1) if wanted else range(0)

    @property
    def last_known_sample(self) -> UTCDateTime:
        """The time of the last sample of the known records."""
        return UTCDateTime(ns=self._ends[-1])

    def start(self, number: int) -> int:
        """The time of a known record's first sample, in ns."""
        return self._starts[bisect_left(self._numbers, number)]

    def end(self, number: int) -> int:
        """The time of a known record's last sample, in ns."""
        return self._ends[bisect_left(self._numbers, number)]

    def edges(self, starttime: UTCDateTime, endtime: UTCDateTime) -> tuple[Edge, Edge]:
        """Where the records that a span needs begin and end, its margins included."""
        # ObsPy's `trim` takes nearest samples, which may be just outside.
        margin = MARGIN_S * 10**9 + 2 * self._delta
        early, late = starttime.ns - margin, endtime.ns + margin
        begin = self._edge(early, bisect_left(self._ends, early))
        return begin, self._edge(late, bisect_right(self._starts, late))

    def records_per_ns(self, number: int) -> float:
        """How dense records are around a known one."""
        place = bisect_left(self._numbers, number)
        low, high = place, place
        while low > 0 and place - low < _RATE_SPAN and self._adjacent(low - 1):
            low -= 1
        while high + 1 < len(self._numbers) and high - place < _RATE_SPAN and self._adjacent(high):
            high += 1
        duration = self._ends[high] + self._delta - self._starts[low]
        return (high - low + 1) / duration

    def content(self, records: range) -> bytes:
        """The bytes of known records."""
        return b"".join(self._content[number] for number in records)

    def covers(self, records: range, starttime: UTCDateTime, endtime: UTCDateTime) -> bool:
        """Whether known records have all samples of a span, without a gap or an overlap."""
        begin, end = (bisect_left(self._numbers, records[place]) for place in (0, -1))
        return (
            self._starts[begin] <= starttime.ns + self._delta
            and self._ends[end] >= endtime.ns - self._delta
            and not any(self._begins_segment(place) for place in range(begin + 1, end + 1))
        )

    def segment_start(self, number: int) -> int | None:
        """Where the segment began that a known record continues: its first sample's time, in ns.

        Of records that are not known, it is taken that they continue those before. None if the
        record itself begins a segment.
        """
        last = bisect_right(self._numbers, number) - 1
        for place in range(last, -1, -1):
            if self._numbers[place] == 0 or self._begins_segment(place):
                return self._starts[place] if self._numbers[place] != number else None
        return None

    def _begins_segment(self, place: int) -> bool:
        """As ObsPy decides: it is half a sample off what the known record before ends with."""
        if place == 0 or not self._adjacent(place - 1):
            return False
        return abs(self._starts[place] - self._ends[place - 1] - self._delta) > self._delta / 2

    def _edge(self, time: int, place: int) -> Edge:
        before = self._numbers[place - 1] if place else -1
        after = self._numbers[place] if place < len(self._numbers) else self.count
        return Edge(time, before, after)

    def _between(self, begin: Edge, end: Edge) -> range:
        """A record of margin included, where the object has it."""
        return range(max(0, begin.before), min(end.after, self.count - 1) + 1)

    def _adjacent(self, place: int) -> bool:
        return self._numbers[place + 1] - self._numbers[place] == 1
