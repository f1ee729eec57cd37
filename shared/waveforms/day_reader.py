"""A span of a channel's day, of which no more is read from the archive than that takes.

Five minutes are a 300th of a day's object, which has 10 to 20 MB. Its first records and a guess or
two say where the span's records are, and those are read. Where a warm container has seen the
object before, it knows, and S3 only gives the records if the object has not changed since.

What comes of it is what ObsPy makes of the whole object, wherever the object is one channel's
records in the order of their times. Wherever something else is seen, the whole object is read.
"""

import logging
from collections.abc import Callable, Sequence
from functools import partial
from typing import TypeVar

from obspy import UTCDateTime

from shared.archive.archive import DayObject
from shared.archive.time import format_time
from shared.aws import s3_read
from shared.aws.scratch import scratch_folder
from shared.errors import NoSuchObjectError, NoWaveformError, S3Error, UnreadableObjectError
from shared.waveforms import _record_cache
from shared.waveforms._record_header import OddRecordError, parse_header
from shared.waveforms._record_index import RecordIndex
from shared.waveforms._record_search import next_to_read, unknown_end
from shared.waveforms.read_day import DayWaveform, download_day, no_object, read_day
from shared.waveforms.segments import (
    TimeSpan,
    continued,
    is_near,
    neighbours_as_one,
    samples_around,
)

logger = logging.getLogger(__name__)

_HEAD = 12 * 1024  # enough for how dense records are; takes hardly longer than a single header
_SMALL = 256 * 1024  # an object up to here is read with the second request, whatever the span
_MOST = 1 / 2  # of an object or a day: from there on the whole object is the simpler one to read
_MOST_READS = 20  # halving finds a record among millions in as many
_ATTEMPTS = 3  # at reading an object that is replaced meanwhile

_T = TypeVar("_T")


class _SimplerWholeError(OddRecordError):
    """The whole object is to be read, although nothing is odd about it."""


def read_span(source: DayObject, starttime: UTCDateTime, endtime: UTCDateTime) -> DayWaveform:
    """Read what one object of the archive has of a span of time; see `DayReader.read`.

    Raises:
        NoWaveformError: the archive has no such object, or it has no sample in the span.
        S3Error: S3 could not be reached, refused, or broke off.
        UnreadableObjectError: the object is not miniSEED.
    """
    return DayReader(source).read(starttime, endtime)


class DayReader:
    """The records of one object of the archive, read as they are asked for, and remembered.

    Args:
        source: the object.
        whole: whether to read the whole object, whatever is asked for.

    Attributes:
        uri: the object's name, s3://BUCKET/KEY.
        reads: how many requests have been made for it; a whole object counts as one.
        bytes_read: how many bytes they brought.
    """

    def __init__(self, source: DayObject, whole: bool = False) -> None:
        self._source = source
        self._asked = _SimplerWholeError("as was asked for") if whole else None
        self.uri = source.uri
        self.reads = 0
        self.bytes_read = 0
        self._begin()

    def _begin(self, recall: bool = True) -> None:
        """Begin anew, with what earlier invocations learned, or with nothing."""
        self._recalls = recall
        self._size = 0
        self._etag = ""
        self._index: RecordIndex | None = None
        self._doubted = False  # whether all that is known is recalled, and S3 has not confirmed it
        self._odd: Exception | None = self._asked  # why not to read it by parts
        self._whole: DayWaveform | None = None

    def look(self) -> None:
        """Read the first records, if they are not known yet.

        What earlier invocations learned may be known, and be out of date: see `confirm`.

        Raises:
            NoWaveformError: the archive has no such object.
            S3Error: as of `read`.
        """
        self._unchanged(self._look)

    def confirm(self) -> None:
        """See to it that what is known is of the object as it is now.

        Takes a request only where nothing has been read yet, and all is from earlier invocations.

        Raises:
            NoWaveformError: the archive has no such object.
            S3Error: as of `read`.
        """
        self._unchanged(self._confirm)

    @property
    def sampling_rate(self) -> float | None:
        """In Hz, of the first record; None if that is not known."""
        if self._index is not None:
            return self._index.first.sampling_rate
        return float(self._whole.stream[0].stats.sampling_rate) if self._whole else None

    @property
    def reach(self) -> TimeSpan | None:
        """The times of the first and the last sample, as far as that is known; None if it is not.

        After a `read` the first one is, and where samples were missing up to the end of the span,
        the last one.
        """
        if self._whole is not None:
            stats = [trace.stats for trace in self._whole.stream]
            return min(item.starttime for item in stats), max(item.endtime for item in stats)
        if self._index is not None and not self._doubted:
            return self._index.first.starttime, self._index.last_known_sample
        return None

    @property
    def extent(self) -> TimeSpan:
        """From when to when there can be samples, as far as that is known."""
        first, last = self._source.day.starttime, self._source.day.next.starttime
        if self._index:
            first = self._index.first.starttime
            if self._index.knows(self._index.count - 1):
                last = self._index.last_known_sample
        return first, last

    def look_at_end(self) -> None:
        """Read the last records, if they are not known yet.

        Raises:
            NoWaveformError, S3Error: as of `read`.
        """
        self._unchanged(self._look_at_end)

    def read(self, starttime: UTCDateTime, endtime: UTCDateTime) -> DayWaveform:
        """Read a span of time.

        Args:
            starttime: of the span, included in the sense of ObsPy's `trim`: the sample nearest to
                it. It may lie outside of the day.
            endtime: of the span, likewise.

        Returns:
            The samples of the span and some around it, up to the whole day. Trimmed to the span,
            each trace has the samples and times that it has if the whole object is read. What
            depends on all records of the day can differ. A span that begins or ends half-way
            between two samples does so by the last bit of a float. Records that drift from the
            first one of their segment by more than 0.1 ms have here the time of the header where
            reading began. Records that are out of order by more than a minute, and of which none
            was read, are not found.

        Raises:
            NoWaveformError: the archive has no such object, or it has no sample in the span.
            S3Error: S3 could not be reached, refused, or broke off; or the object was replaced
                again and again while it was read.
            UnreadableObjectError: the object is not miniSEED.
        """
        found = self._unchanged(lambda: self._read(starttime, endtime))
        if not any(is_near(trace, starttime, endtime) for trace in found.stream):
            raise NoWaveformError(
                f"{self.uri} has no samples from {format_time(starttime)} to"
                f" {format_time(endtime)}, but {samples_around(found.stream, starttime)}",
                object=self.uri,
            )
        return found

    def prefetch(self, spans: Sequence[TimeSpan]) -> None:
        """Read what several spans need, in fewer requests than one by one.

        Args:
            spans: start and end of each. `read` makes no more requests for them.

        Raises:
            NoWaveformError: the archive has no such object.
            S3Error, UnreadableObjectError: as of `read`.
        """
        for starttime, endtime in neighbours_as_one(spans):
            self._unchanged(partial(self._read_ahead, starttime, endtime))

    def _unchanged(self, read: Callable[[], _T]) -> _T:
        """What a function reads, which is called again if the object is replaced meanwhile."""
        attempts = 0
        while True:
            try:
                found = read()
            except NoSuchObjectError as error:
                self._forget()
                raise no_object(self._source, error) from error
            except s3_read.ObjectChangedError as error:
                attempts += not self._doubted  # that it changed since long ago is nothing odd
                self._forget()
                if attempts == _ATTEMPTS:
                    raise S3Error(
                        f"{self.uri} was replaced {attempts} times while it was read",
                        object=self.uri,
                    ) from error
            else:
                self._keep()
                return found

    def _keep(self) -> None:
        """Keep what is known for later invocations, if the object is an ordinary one."""
        if self._odd and not isinstance(self._odd, _SimplerWholeError):
            _record_cache.forget(self._source, self._etag)
        elif self._index and not self._doubted:
            _record_cache.keep(self._source, self._etag, self._size, self._index)

    def _forget(self) -> None:
        _record_cache.forget(self._source, self._etag)
        self._begin(recall=False)

    def _look(self) -> None:
        if self._index or self._odd is not self._asked:
            return
        try:
            _ = self._known
        except OddRecordError as error:
            self._odd = error

    def _confirm(self) -> None:
        self._look()
        if self._doubted and self._index:
            self._attempt(self._index, range(1))

    def _look_at_end(self) -> None:
        self._confirm()
        if self._index and (end := unknown_end(self._index)):
            self._attempt(self._index, end)

    def _attempt(self, index: RecordIndex, records: range) -> None:
        try:
            self._fetch(index, records)
        except OddRecordError as error:
            self._odd = error

    def _read(self, starttime: UTCDateTime, endtime: UTCDateTime) -> DayWaveform:
        if self._odd is None:
            try:
                return self._decoded(self._find(starttime, endtime))
            except (OddRecordError, NoWaveformError, UnreadableObjectError) as error:
                self._odd = error
        return self._read_whole()

    def _read_ahead(self, starttime: UTCDateTime, endtime: UTCDateTime) -> None:
        if self._odd is None:
            try:
                self._find(starttime, endtime)
            except OddRecordError as error:
                # A whole day may be large: it is read when it is needed, and not ahead.
                self._odd = error

    def _read_whole(self) -> DayWaveform:
        if self._whole is None:
            self._whole = self._download()
        return self._whole

    def _download(self) -> DayWaveform:
        logger.info("%s is read whole: %s", self.uri, self._odd)
        with scratch_folder() as folder:
            path = download_day(self._source, folder)
            self.reads += 1
            self.bytes_read += path.stat().st_size
            return read_day(self._source, path)

    def _decoded(self, records: range) -> DayWaveform:
        index = self._known
        found = read_day(self._source, index.content(records))
        begun = index.segment_start(records[0])
        stats = found.stream[0].stats
        if begun is not None and stats.starttime.ns == index.start(records[0]):
            stats.starttime = continued(stats, UTCDateTime(ns=begun))
        return found

    @property
    def _known(self) -> RecordIndex:
        """What is known of the object's records, of which the first ones always are.

        They tell the length of all, and where the day's samples lie.
        """
        if self._index is None and self._recalls:
            self._recall()
        if self._index is None:
            content = self._get(0, _HEAD - 1)
            index = RecordIndex(self._size, parse_header(content), self._source.day)
            if index.first.seed_id != self._source.channel.seed_id:
                raise OddRecordError(f"records of {index.first.seed_id}")
            index.add(0, content)
            self._index = index
        return self._index

    def _recall(self) -> None:
        if known := _record_cache.recall(self._source):
            self._etag, self._size, self._index = known
            self._doubted = True

    def _find(self, starttime: UTCDateTime, endtime: UTCDateTime) -> range:
        """The numbers of the records of a span, all of which have been read then."""
        first = max(starttime, self._source.day.starttime)
        last = min(endtime, self._source.day.next.starttime)
        if last - first > _MOST * 86400:
            raise _SimplerWholeError("a span of most of the day")
        index, guesses = self._known, 0
        while not (records := index.records_of(starttime, endtime)):
            if guesses == _MOST_READS:
                raise OddRecordError(f"not found in {guesses} reads")
            wanted = next_to_read(index, starttime, endtime, guesses)
            if self._size <= _SMALL:
                wanted = index.unread(range(index.count))
            self._fetch(index, wanted)
            guesses += 1
        # Records that came late may have been appended: where samples are missing, they are
        # looked for there. If there are any, their disorder shows.
        if not index.covers(records, first, last) and (end := unknown_end(index)):
            self._fetch(index, end)
        return records

    def _fetch(self, index: RecordIndex, records: range) -> None:
        if len(records) > _MOST * index.count and self._size > _SMALL:
            raise _SimplerWholeError("a span of most records")
        length = index.record_length
        index.add(records[0], self._get(records[0] * length, records[-1] * length + length - 1))

    def _get(self, first: int, last: int) -> bytes:
        part = s3_read.read_part(self._source, first, last, etag=self._etag)
        self.reads += 1
        self.bytes_read += len(part.content)
        if self._etag and part.etag != self._etag:  # it ends before what it had
            raise s3_read.ObjectChangedError(f"{self.uri} has {part.size} bytes, had {self._size}")
        self._doubted = False
        self._size, self._etag = part.size, part.etag
        return part.content
