"""Where in a day object the records of a span are, as far as that is known, and where to look next.

Records are of one length, so that the n-th begins at n times that; and nearly always sorted in
time. How many there are to a minute varies with how well the samples compress, many times over in
the hour of an earthquake. So a span's records are searched for: where they are guessed to be, some
are read, which makes the next guess a better one.
"""

from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from itertools import pairwise

from obspy import UTCDateTime

from shared.records import OddRecordError, RecordHeader, parse_header
from shared.times import Day

MARGIN_S = 60
"""How far around a span records are looked at. Disorder of up to this much is always seen."""

_PROBE = 32 * 1024  # bytes of a guess; takes hardly longer than a single header
_RATE_SPAN = 64  # records, whose times say how many there are to a second hereabouts
_ERROR = 1 / 8  # of a guess, as a part of its distance from what is known
_SLACK = 1 / 400  # of the object: more than that is not read in vain on either side of a span
_GUESSES = 4  # then bisection, which no gap and no density can mislead


@dataclass(frozen=True)
class _Edge:
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
        self._end_of_day: int = day.next.starttime.ns
        self._headers: dict[int, RecordHeader] = {}
        self._content: dict[int, bytes] = {}
        # Of all known records, in order: numbers, and first and last times in ns.
        self._numbers: list[int] = []
        self._starts: list[int] = []
        self._ends: list[int] = []

    def add(self, number: int, content: bytes) -> None:
        """Learn from records that have been read.

        Args:
            number: of the first of them.
            content: the records; the last one may be cut short, and is not used then.

        Raises:
            OddRecordError: they, and those known so far, are not all of one kind and in order.
        """
        length = self.record_length
        for offset in range(0, len(content) - length + 1, length):
            header = parse_header(content, offset)
            kind = (header.seed_id, header.quality, header.sampling_rate, header.record_length)
            if kind != self._kind or header.npts == 0:
                raise OddRecordError(f"a record {header} among those of {self._kind}")
            place = number + offset // length
            self._headers[place] = header
            self._content[place] = content[offset : offset + length]
        self._numbers = sorted(self._headers)
        self._starts = [self._headers[place].starttime.ns for place in self._numbers]
        self._ends = [self._headers[place].endtime.ns for place in self._numbers]
        for times in (self._starts, self._ends):
            if any(later < earlier for earlier, later in pairwise(times)):
                raise OddRecordError("records are not in the order of their times")

    def records_of(self, starttime: UTCDateTime, endtime: UTCDateTime) -> range | None:
        """The numbers of the records that a span needs, its margins included; None if unknown."""
        begin, end = self._edges(starttime, endtime)
        records = self._between(begin, end)
        known = begin.found and end.found and all(one in self._content for one in records)
        return records if known else None

    def content(self, records: range) -> bytes:
        """The bytes of known records."""
        return b"".join(self._content[number] for number in records)

    def next_to_read(self, starttime: UTCDateTime, endtime: UTCDateTime, guesses: int) -> range:
        """The records to read next, in search of those of a span, which are not known yet.

        Args:
            starttime: of the span.
            endtime: of the span.
            guesses: how often this has been asked for the span.
        """
        begin, end = self._edges(starttime, endtime)
        first, first_error = self._guess(begin, found=max(begin.before, 0))
        last, last_error = self._guess(end, found=min(end.after, self.count - 1))
        probe = max(1, _PROBE // self.record_length)
        if max(first_error, last_error) <= max(probe / 2, self.count * _SLACK, (last - first) / 4):
            wanted = range(
                round(first) if begin.found else begin.within(first - first_error),
                (round(last) if end.found else end.within(last + last_error)) + 1,
            )
        else:
            edge = begin if first_error >= last_error else end
            middle = first if edge is begin else last
            if guesses >= _GUESSES:
                middle = (edge.before + edge.after) / 2
            elif last - first < probe / 2:
                middle = (first + last) / 2
            centre = edge.within(middle)
            wanted = range(
                edge.within(centre - probe // 2), edge.within(centre + probe - probe // 2 - 1) + 1
            )
        unknown = [number for number in wanted if number not in self._content]
        return range(unknown[0], unknown[-1] + 1)

    def unknown_end(self) -> range:
        """The last records, if they have not been read."""
        first = max(0, self.count - max(1, _PROBE // self.record_length))
        return range(first, self.count if self.count - 1 not in self._headers else first)

    def covers(self, records: range, starttime: UTCDateTime, endtime: UTCDateTime) -> bool:
        """Whether known records have all samples of a span, without a gap or an overlap."""
        return (
            self._headers[records[0]].starttime.ns <= starttime.ns + self._delta
            and self._headers[records[-1]].endtime.ns >= endtime.ns - self._delta
            and not any(self._begins_segment(number) for number in records[1:])
        )

    def segment_start(self, number: int) -> RecordHeader | None:
        """The record with which the segment began that a known record continues.

        Of records that are not known, it is taken that they continue those before. None if the
        record itself begins a segment.
        """
        for place in reversed(self._numbers[: bisect_right(self._numbers, number)]):
            if place == 0 or self._begins_segment(place):
                return self._headers[place] if place != number else None
        return None

    def _begins_segment(self, number: int) -> bool:
        """As ObsPy decides: it is half a sample off what the known record before ends with."""
        if number - 1 not in self._headers:
            return False
        expected: int = self._headers[number - 1].endtime.ns + self._delta
        start: int = self._headers[number].starttime.ns
        return abs(start - expected) > self._delta / 2

    def _edges(self, starttime: UTCDateTime, endtime: UTCDateTime) -> tuple[_Edge, _Edge]:
        # ObsPy's `trim` takes nearest samples, which may be just outside.
        margin = MARGIN_S * 10**9 + 2 * self._delta
        early, late = starttime.ns - margin, endtime.ns + margin
        begin = self._edge(early, bisect_left(self._ends, early))
        return begin, self._edge(late, bisect_right(self._starts, late))

    def _edge(self, time: int, place: int) -> _Edge:
        before = self._numbers[place - 1] if place else -1
        after = self._numbers[place] if place < len(self._numbers) else self.count
        return _Edge(time, before, after)

    def _between(self, begin: _Edge, end: _Edge) -> range:
        """A record of margin included, where the object has it."""
        return range(max(0, begin.before), min(end.after, self.count - 1) + 1)

    def _guess(self, edge: _Edge, found: int) -> tuple[float, float]:
        """The number of the record at an edge, and how far off that may be."""
        if edge.found:
            return found, 0.0
        number = self._interpolated(edge)
        # A day that ends with its object is taken for known.
        return number, min(number - edge.before, edge.after - number) * _ERROR + 2

    def _interpolated(self, edge: _Edge) -> float:
        """By the known records around the edge: their times, and how dense records are there."""
        before, after = edge.before, edge.after
        if before < 0:
            return after / 2
        begin: int = self._headers[before].starttime.ns
        dense = self._records_per_ns(before)
        if after < self.count:
            end: int = self._headers[after].starttime.ns
        else:
            end = max(self._end_of_day, begin + self._delta)  # as most days end with the day
        if end <= begin:
            return (before + after) / 2
        mean = (after - before) / (end - begin)
        dense_after = self._records_per_ns(after) if after < self.count else mean
        # A cubic through both with these slopes, which rises throughout where none is > 3 means.
        slope, slope_after = min(dense / mean, 3.0), min(dense_after / mean, 3.0)
        x = min(1.0, (edge.time - begin) / (end - begin))
        rise = x * x * (3 - 2 * x) + x * (1 - x) * (1 - x) * slope - x * x * (1 - x) * slope_after
        return before + rise * (after - before)

    def _records_per_ns(self, number: int) -> float:
        place = bisect_left(self._numbers, number)
        low, high = place, place
        while low > 0 and place - low < _RATE_SPAN and self._adjacent(low - 1):
            low -= 1
        while high + 1 < len(self._numbers) and high - place < _RATE_SPAN and self._adjacent(high):
            high += 1
        duration = self._ends[high] + self._delta - self._starts[low]
        return (high - low + 1) / duration

    def _adjacent(self, place: int) -> bool:
        return self._numbers[place + 1] - self._numbers[place] == 1
