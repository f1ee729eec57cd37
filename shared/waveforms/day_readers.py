"""The day objects that a request needs, read side by side, and each but once."""

from collections.abc import Callable, Iterable, Mapping, Sequence

from shared.archive.archive import Archive
from shared.archive.channel_id import ChannelId
from shared.archive.day import Day
from shared.aws.s3_client import in_threads
from shared.errors import NoDataError, ServiceError, UpstreamError
from shared.waveforms.day_reader import DayReader
from shared.waveforms.segments import TimeSpan

Name = tuple[ChannelId, Day]


class DayReaders:
    """The records of day objects.

    What an object fails with is kept, and raised wherever the object is needed.

    Args:
        archive: the archive.
        whole: whether to read whole objects.
    """

    def __init__(self, archive: Archive, whole: bool) -> None:
        self._archive = archive
        self._whole = whole
        self._records: dict[Name, DayReader] = {}
        self._failures: dict[Name, ServiceError] = {}

    def look(self, names: Iterable[Name]) -> None:
        """Read the first records of objects, which tell their sampling rates.

        What earlier invocations learned may be known, and be out of date: see `confirm`.
        """
        self._each(names, lambda name: self._records[name].look())

    def confirm(self) -> None:
        """See to it that what is known of the objects is of what they are now."""
        self._each(list(self._records), lambda name: self._records[name].confirm())

    def look_at_ends(self, names: Iterable[Name]) -> None:
        """Read the last records of objects."""
        self._each(names, lambda name: self._records[name].look_at_end())

    def read_ahead(self, spans: Mapping[Name, Sequence[TimeSpan]]) -> None:
        """Read what is needed of objects, but of those that are to be read whole.

        Args:
            spans: for each object, the spans of time that are needed of it.
        """
        self._each(spans, lambda name: self._records[name].prefetch(spans[name]))

    def records(self, name: Name) -> DayReader:
        """The records of an object.

        Raises:
            NoDataError: the archive has no such object.
            UpstreamError: it could not be read.
        """
        if name in self._failures:
            raise self._failures[name]
        return self._opened(name)

    def failed(self, name: Name) -> bool:
        """Whether an object is not there or could not be read, as far as that was tried."""
        return name in self._failures

    def forget(self, name: Name) -> None:
        """Drop what was read of an object."""
        self._records.pop(name, None)

    def _opened(self, name: Name) -> DayReader:
        if name not in self._records:
            self._records[name] = DayReader(self._archive.day_object(*name), self._whole)
        return self._records[name]

    def _each(self, names: Iterable[Name], read: Callable[[Name], object]) -> None:
        """Call a function with all names whose objects have not failed yet."""

        def attempt(name: Name) -> None:
            try:
                read(name)
            except (NoDataError, UpstreamError) as error:
                self._failures[name] = error

        wanted = [name for name in names if name not in self._failures]
        for name in wanted:
            self._opened(name)
        in_threads(attempt, wanted)
