"""Readers of the day objects that a request needs; objects are read in parallel."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager

from obspy import UTCDateTime

from shared import guard
from shared.archive.archive import Archive
from shared.archive.channel_id import ChannelId
from shared.archive.day import Day
from shared.aws.s3_client import in_threads
from shared.errors import NoDataError, S3Error, ServiceError, SettingsError, UpstreamError
from shared.waveforms.day_reader import DayReader
from shared.waveforms.day_waveform import DayWaveform
from shared.waveforms.read_day import forget_day
from shared.waveforms.segments import TimeSpan
from shared.waveforms.stored_records import StoredRecords

ChannelDay = tuple[ChannelId, Day]
"""Names a day object within one archive."""


class DayReaders:
    """One reader for each day object; methods for several objects read them in parallel.

    The error of an object that cannot be read is kept, and raised wherever the object is needed.
    That includes unexpected failures, so that one object's do not fail a request.

    Args:
        archive: the archive.
        whole: whether to read whole objects.
        stored: whether `records` will be called.

    Attributes:
        whole: as given.
    """

    def __init__(self, archive: Archive, whole: bool, stored: bool = False) -> None:
        self._archive, self._stored = archive, stored
        self.whole = whole
        self._readers: dict[ChannelDay, DayReader] = {}
        self._errors: dict[ChannelDay, ServiceError] = {}

    def read_first_records(self, channel_days: Iterable[ChannelDay]) -> None:
        """Read the first records of objects, which have their sampling rates.

        They may be known from an earlier invocation, and out of date: see `confirm`.
        """
        self.in_parallel(channel_days, lambda item: self._readers[item].read_first_records())

    def confirm(self, channel_days: Iterable[ChannelDay] | None = None) -> None:
        """Check with S3 that records known from earlier invocations are still the objects'.

        Args:
            channel_days: the objects; None for all that have been read from.
        """
        chosen = list(self._readers if channel_days is None else channel_days)
        self.in_parallel(chosen, lambda item: self._readers[item].confirm())

    def read_last_records(self, channel_days: Iterable[ChannelDay]) -> None:
        """Read the last records of objects."""
        self.in_parallel(channel_days, lambda item: self._readers[item].read_last_records())

    def prefetch(self, spans: Mapping[ChannelDay, Sequence[TimeSpan]]) -> None:
        """Fetch the records of time spans, except from objects that are to be read whole.

        Args:
            spans: for each object, the spans that will be read.
        """
        self.in_parallel(spans, lambda item: self._readers[item].prefetch(spans[item]))

    def reader(self, channel_day: ChannelDay) -> DayReader:
        """Return the reader of an object.

        Raises:
            NoDataError: the archive has no such object.
            UpstreamError: it could not be read.
        """
        if channel_day in self._errors:
            raise self._errors[channel_day]
        return self._opened(channel_day)

    def read(
        self,
        channel_day: ChannelDay,
        starttime: UTCDateTime,
        endtime: UTCDateTime,
        first_wanted: UTCDateTime | None = None,
    ) -> DayWaveform:
        """Read a time span of an object; see `DayReader.read`.

        Raises:
            NoDataError: the archive has no such object, or it has no sample in the span.
            ServiceError: it could not be read; see `shared.guard` for unexpected failures.
        """
        reader = self.reader(channel_day)
        # Errors of the span alone, and those that may pass, are not kept.
        with self._attempt(channel_day, NoDataError, S3Error, SettingsError):
            return reader.read(starttime, endtime, first_wanted)
        raise self._errors[channel_day]

    def records(
        self, channel_day: ChannelDay, starttime: UTCDateTime, endtime: UTCDateTime
    ) -> StoredRecords:
        """Read the records of an object as the archive stores them; see `DayReader.records`.

        Raises:
            NoDataError, ServiceError: as of `read`.
        """
        reader = self.reader(channel_day)
        with self._attempt(channel_day, NoDataError, S3Error, SettingsError):
            return reader.records(starttime, endtime)
        raise self._errors[channel_day]

    def forget(self, channel_days: Iterable[ChannelDay]) -> None:
        """Forget all that this and earlier invocations know of objects in doubt."""
        for channel_day in channel_days:
            forget_day(self._archive.day_object(*channel_day))
            self.drop(channel_day)

    def has_failed(self, channel_day: ChannelDay) -> bool:
        """Return whether an object has turned out to be absent or unreadable."""
        return channel_day in self._errors

    def failure(self, channel_days: Iterable[ChannelDay]) -> UpstreamError | None:
        """Return the error of the first of some objects that S3 failed to give, or None."""
        errors = (self._errors.get(name) for name in channel_days)
        return next((error for error in errors if isinstance(error, UpstreamError)), None)

    def drop(self, channel_day: ChannelDay) -> None:
        """Drop the reader of an object, and all that it has read."""
        self._readers.pop(channel_day, None)

    def in_parallel(
        self, channel_days: Iterable[ChannelDay], read: Callable[[ChannelDay], object]
    ) -> None:
        """Call a function with each object that has not failed yet, in threads; keep errors.

        Args:
            channel_days: the objects.
            read: the function; an exception, except `SettingsError`, becomes the object's error.
        """

        def attempt(channel_day: ChannelDay) -> None:
            with self._attempt(channel_day, SettingsError):
                read(channel_day)

        unfailed = [item for item in channel_days if item not in self._errors]
        for channel_day in unfailed:
            self._opened(channel_day)
        in_threads(attempt, unfailed)

    def _opened(self, channel_day: ChannelDay) -> DayReader:
        if channel_day not in self._readers:
            day_object = self._archive.day_object(*channel_day)
            self._readers[channel_day] = DayReader(day_object, self.whole, self._stored)
        return self._readers[channel_day]

    @contextmanager
    def _attempt(self, channel_day: ChannelDay, *passing: type[Exception]) -> Iterator[None]:
        """Keep the error of an object; forget the object if the error casts doubt on it."""
        with guard.attempt(self._archive.day_object(*channel_day), *passing) as outcome:
            yield
        if outcome.error:
            self._errors[channel_day] = outcome.error
        if outcome.in_doubt:
            self.forget([channel_day])
