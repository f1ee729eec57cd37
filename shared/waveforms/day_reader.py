"""Read time spans of a channel day, fetching only the records they need.

Five minutes are a 300th of a day's object of 10 to 20 MB. The first records and one or two guesses
locate the records of a span. A warm container that has read the object before needs no guesses; S3
then sends the records only if the object has not changed since.

The samples are those of the whole object, provided that it holds the records of one channel in the
order of their times. At any sign of something else, the whole object is read.
"""

import logging
from collections.abc import Callable, Sequence
from functools import partial
from typing import TypeVar

from obspy import UTCDateTime

from shared.archive.archive import DayObject
from shared.errors import NoWaveformError, UnreadableObjectError
from shared.waveforms._day_records import DayRecords
from shared.waveforms._object_reader import ObjectReader
from shared.waveforms._record_header import OddRecordError
from shared.waveforms._record_reader import RecordReader, WholeIsSimplerError
from shared.waveforms._record_source import RecordSource
from shared.waveforms.byte_ranges import Location, ranges_of, ranges_within
from shared.waveforms.day_waveform import DayWaveform
from shared.waveforms.segments import TimeSpan
from shared.waveforms.stored_records import StoredRecords

logger = logging.getLogger(__name__)

_T = TypeVar("_T")


def read_span(day_object: DayObject, starttime: UTCDateTime, endtime: UTCDateTime) -> DayWaveform:
    """Read a time span of one day object; see `DayReader.read`, also for its errors."""
    return DayReader(day_object).read(starttime, endtime)


class DayReader(ObjectReader):
    """A reader of one day object, which keeps the records that it has fetched.

    Args:
        day_object: the object.
        whole: whether to read the whole object for any span.
        stored: whether `records` will be called, so that a whole object's bytes are kept.
    """

    def __init__(self, day_object: DayObject, whole: bool = False, stored: bool = False) -> None:
        super().__init__(RecordSource(day_object, stored))
        self._always_whole = whole
        self._start_over()

    def _start_over(self) -> None:
        self._records = RecordReader(self._source)
        self._why_whole: Exception | None = None  # the reason not to read single records
        self._whole: DayRecords | None = None

    @property
    def is_sparse(self) -> bool:
        """Whether the first record's rate claims far more samples than the first records hold."""
        return self._records.index is not None and self._records.index.is_sparse

    @property
    def sampling_rate(self) -> float | None:
        """Sampling rate of the first record in Hz; None if it is unknown."""
        if self._whole is not None:  # the known records may be an earlier version's
            return float(self._whole.runs[0].trace.stats.sampling_rate)
        return self._records.index.first.sampling_rate if self._records.index else None

    @property
    def extent(self) -> TimeSpan | None:
        """Times of the first and the last sample, as far as known; None if unknown.

        After `read`, the first is exact, and the last if samples were missing at the span's end.
        """
        if self._whole is not None:
            return self._whole.extent
        index = self._records.index
        if index and not self._source.is_unconfirmed:
            return index.first.starttime, index.last_known_sample
        return None

    @property
    def bounds(self) -> TimeSpan:
        """Times between which all samples lie, as far as known."""
        day, index = self._source.day_object.day, self._records.index
        first, last = day.starttime, day.next.starttime
        if index:
            first = index.first.starttime
            if index.knows(index.count - 1):
                last = index.last_known_sample
        return first, last

    def read_first_records(self) -> None:
        """Read the first records, unless they are known.

        They may be known from an earlier invocation, and out of date: see `confirm`.

        Raises:
            NoWaveformError, S3Error: as of `read`.
        """
        self._unless_changed(self._read_first_records)

    def confirm(self) -> None:
        """Check that records known from an earlier invocation are still the object's.

        Takes a request only if nothing has been read yet.

        Raises:
            NoWaveformError, S3Error: as of `read`.
        """
        self._unless_changed(self._confirm)

    def read_last_records(self) -> None:
        """Read the last records, unless they are known.

        Raises:
            NoWaveformError, S3Error: as of `read`.
        """
        self._unless_changed(self._read_last_records)

    def prefetch(self, spans: Sequence[TimeSpan]) -> None:
        """Fetch the records of several spans, in fewer requests than one by one.

        Args:
            spans: start and end of each; `read` then makes no request for them. A whole object is
                left to `read`, as it may be large.

        Raises:
            NoWaveformError, S3Error, UnreadableObjectError: as of `read`.
        """
        self._unless_changed(partial(self._prefetch, spans))

    def read(
        self,
        starttime: UTCDateTime,
        endtime: UTCDateTime,
        first_wanted: UTCDateTime | None = None,
    ) -> DayWaveform:
        """Read a time span.

        Args:
            starttime: start of the span, included in the sense of ObsPy's `trim`, which takes the
                nearest sample. It may lie outside the day.
            endtime: end of the span, likewise.
            first_wanted: the time within the span from which samples are wanted; None for its
                start. Samples are counted from the record that has the first one.

        Returns:
            The samples of the span and some around it, up to the whole day. Trimmed to the span,
            the traces equal those from the whole object, with two exceptions. The times of a span
            that begins or ends half-way between two samples can differ in the last bit of a float.
            Records out of order by more than a minute are missed, unless one of them was read.

        Raises:
            NoWaveformError: the archive has no such object, or it has no sample in the span.
            S3Error: S3 could not be reached, refused, or broke off; or the object was replaced
                again and again while it was read.
            UnreadableObjectError: the object is not miniSEED.
        """
        records = self._unless_changed(partial(self._read, starttime, endtime))
        first_record = records.first_record
        if records is not self._whole and self._records.index:
            first_record = self._records.index.first.starttime
        waveform = records.waveform_for(starttime, endtime, first_wanted or starttime, first_record)
        waveform.require_samples(starttime, endtime)
        return waveform

    def records(self, starttime: UTCDateTime, endtime: UTCDateTime) -> StoredRecords:
        """Read the records of a time span, as the archive stores them.

        Returns:
            The sound records of the span and some around it, up to all of the object's.

        Raises:
            NoWaveformError, S3Error, UnreadableObjectError: as of `read`.
        """
        return self._unless_changed(partial(self._read, starttime, endtime)).stored

    def locate(self, starttime: UTCDateTime, endtime: UTCDateTime) -> Location:
        """Locate the records of a time span; fetch those around its ends alone.

        An object with odd records is read whole.

        Raises:
            NoWaveformError, S3Error, UnreadableObjectError: as of `read`.
        """
        return self._unless_changed(partial(self._locate, starttime, endtime))

    def _unless_changed(self, read: Callable[[], _T]) -> _T:
        """Call a function, again if the object changes; cache the records that it has found."""
        result = self._source.retry_if_changed(read, self._start_over)
        if self._why_whole and not isinstance(self._why_whole, WholeIsSimplerError):
            self._source.forget()
        elif self._records.index:
            self._source.remember(self._records.index)
        return result

    def _read_first_records(self) -> None:
        if not self._why_whole:
            self._try_records(self._records.read_first)

    def _confirm(self) -> None:
        self._read_first_records()
        self._try_records(self._records.confirm)

    def _read_last_records(self) -> None:
        self._confirm()
        self._try_records(self._records.read_last)

    def _prefetch(self, spans: Sequence[TimeSpan]) -> None:
        if not (self._always_whole or self._why_whole):
            self._try_records(partial(self._records.prefetch, spans))

    def _try_records(self, read: Callable[[], object]) -> None:
        try:
            read()
        except OddRecordError as error:
            self._why_whole = error.with_traceback(None)  # its frames hold the reader

    def _read(self, starttime: UTCDateTime, endtime: UTCDateTime) -> DayRecords:
        if not (self._always_whole or self._why_whole):
            try:
                return self._records.decode(self._records.find(starttime, endtime))
            except (OddRecordError, NoWaveformError, UnreadableObjectError) as error:
                self._why_whole = error.with_traceback(None)  # its frames hold the reader
        if self._whole is None:
            logger.debug("%s is read whole: %s", self.uri, self._why_whole or "as requested")
            self._whole = self._source.download()
        return self._whole

    def _locate(self, starttime: UTCDateTime, endtime: UTCDateTime) -> Location:
        if not (self._always_whole or self._why_whole):
            try:
                ranges = ranges_of(self._records.locate(starttime, endtime), starttime, endtime)
                return Location(self.etag, self.size, ranges)
            except OddRecordError as error:
                self._why_whole = error.with_traceback(None)  # its frames hold the reader
        stored = self._read(starttime, endtime).stored
        ranges = ranges_within(stored, starttime, endtime)
        return Location(stored.etag, len(stored.content), ranges)
