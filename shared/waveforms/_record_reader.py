"""Find, fetch and decode the records of time spans in a day object."""

from bisect import bisect_right
from collections.abc import Sequence
from operator import attrgetter

from obspy import UTCDateTime

from shared.errors import NoWaveformError, UnreadableObjectError
from shared.waveforms._day_records import DayRecords
from shared.waveforms._decode_day import decode_records
from shared.waveforms._record_header import OddRecordError, parse_header
from shared.waveforms._record_index import RecordIndex
from shared.waveforms._record_search import next_to_read, unknown_end
from shared.waveforms._record_source import RecordSource
from shared.waveforms.segments import TimeSpan
from shared.waveforms.spans import is_whole_simpler, merge_nearby

_HEAD = 12 * 1024  # bytes that show how dense records are; as fast to read as a single header
_SMALL = 256 * 1024  # up to this size, the second request reads the rest of the object
_MOST = 1 / 2  # of an object: beyond, reading the whole object is simpler
_MAX_READS = 20  # bisection finds one record among a million in as many


class WholeIsSimplerError(OddRecordError):
    """The whole object is to be read, although there is nothing odd about its records."""


class RecordReader:
    """The known records of one version of a day object, and the search for more of them.

    Every method that fetches raises `OddRecordError` where the records are not all of one channel,
    of one kind and in the order of their times, and the errors of `RecordSource.fetch`.

    Args:
        source: the bytes of the object.

    Attributes:
        index: the known records; None until the first ones have been read or recalled.
    """

    def __init__(self, source: RecordSource) -> None:
        self._source = source
        day = source.day_object.day
        self._day = day.starttime, day.next.starttime
        self.index: RecordIndex | None = None
        self._blocks: list[range] = []  # records to decode at once
        self._decoded: tuple[range, DayRecords] | None = None

    def read_first(self) -> RecordIndex:
        """Read the first records, unless they are known, perhaps from an earlier invocation.

        Returns:
            The known records. The first one gives the length of all, and where samples begin.
        """
        if self.index is None:
            self.index = self._source.recall()
        if self.index is None:
            day_object = self._source.day_object
            content = self._source.fetch(0, _HEAD - 1)
            index = RecordIndex(self._source.size, parse_header(content), day_object.day)
            if index.first.seed_id != day_object.channel.seed_id:
                raise OddRecordError(f"records of {index.first.seed_id}")
            index.add(0, content)
            self.index = index
        return self.index

    def confirm(self) -> None:
        """Fetch a record if all of them are known from an earlier invocation alone."""
        if self.index and self._source.is_unconfirmed:
            self._fetch(self.index, range(1))

    def read_last(self) -> None:
        """Read the last records, unless they are known."""
        if self.index and (end := unknown_end(self.index)):
            self._fetch(self.index, end)

    def find(self, starttime: UTCDateTime, endtime: UTCDateTime) -> range:
        """Find and fetch the records of a span.

        Returns:
            Their numbers, counted from 0 at the start of the object.
        """
        start, end = self._day
        first, last = max(starttime, start), min(endtime, end)
        if is_whole_simpler([(first, last)]):
            raise WholeIsSimplerError("a span of most of the day")
        index, guesses = self.read_first(), 0
        while not (records := index.records_of(starttime, endtime)):
            if guesses == _MAX_READS:
                raise OddRecordError(f"not found in {guesses} reads")
            unread = next_to_read(index, starttime, endtime, guesses)
            if self._source.size <= _SMALL:
                unread = index.content.unread(range(index.count))
            self._fetch(index, unread)
            guesses += 1
        if not index.covers(records, first, last):
            # Missing samples may have come late and been appended to the object, or a damaged time
            # may have led astray. Then the last records, or the next ones, are out of order.
            for unknown in (*index.unknown_around(records), unknown_end(index)):
                if unknown:
                    self._fetch(index, unknown)
        return records

    def locate(self, starttime: UTCDateTime, endtime: UTCDateTime) -> RecordIndex:
        """Find the records of a span, and fetch those around its ends alone.

        Returns:
            The known records, from which those of the span follow.
        """
        for time in (starttime, endtime):
            self.find(time, time)
        return self.read_first()

    def prefetch(self, spans: Sequence[TimeSpan]) -> None:
        """Find and fetch the records of several spans; those close to each other at once."""
        parts = merge_nearby(spans)
        start, end = self._day
        if is_whole_simpler([(max(first, start), min(last, end)) for first, last in parts]):
            raise WholeIsSimplerError("most of the day, or many parts of it")
        for starttime, endtime in parts:
            self._blocks.append(self.find(starttime, endtime))
        self._blocks.sort(key=attrgetter("start"))

    def decode(self, records: range) -> DayRecords:
        """Decode records that `find` has fetched, and perhaps others fetched with them.

        Spans that share records share the decoded samples, if they are asked for in order of time.

        Raises:
            OddRecordError: some of the records are damaged, or of another day.
            NoWaveformError, UnreadableObjectError: as of `decode_day`.
        """
        block = self._block_of(records)
        try:
            return self._decode(block)
        except (OddRecordError, NoWaveformError, UnreadableObjectError):
            if block == records:
                raise
        self._blocks.remove(block)  # as the other records of the block may be the odd ones
        return self._decode(records)

    def _block_of(self, records: range) -> range:
        """Return the block that has all of some records, or the records themselves."""
        place = bisect_right(self._blocks, records.start, key=attrgetter("start")) - 1
        block = self._blocks[place] if place >= 0 else records
        return block if block.start <= records.start and records.stop <= block.stop else records

    def _decode(self, records: range) -> DayRecords:
        if self._decoded is None or self._decoded[0] != records:
            content, table = self.read_first().content.part(records)
            day_object, etag = self._source.day_object, self._source.etag
            decoded = decode_records(day_object, content, table, etag)
            if decoded.notes:
                raise OddRecordError(decoded.notes[0])
            self._decoded = records, decoded
        return self._decoded[1]

    def _fetch(self, index: RecordIndex, records: range) -> None:
        if len(records) > _MOST * index.count and self._source.size > _SMALL:
            raise WholeIsSimplerError("a span of most records")
        length = index.record_length
        content = self._source.fetch(records[0] * length, records[-1] * length + length - 1)
        index.add(records[0], content)
