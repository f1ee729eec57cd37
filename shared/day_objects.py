"""The day objects that a request needs, read side by side, and each but once."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor

from shared import s3
from shared.codes import ChannelId
from shared.day_records import DayRecords, Span
from shared.errors import NoDataError, ServiceError, UpstreamError
from shared.times import Day

Name = tuple[ChannelId, Day]


class DayObjects:
    """The records of some day objects.

    What an object fails with is kept, and raised wherever the object is needed.

    Args:
        bucket: the archive.
        spans: for each object, the spans of time that are needed of it; looked at when it is read.
        whole: whether to read whole objects.
    """

    def __init__(self, bucket: str, spans: Mapping[Name, Sequence[Span]], whole: bool) -> None:
        self._spans = spans
        self._records = {name: DayRecords(bucket, *name, whole=whole) for name in spans}
        self._failures: dict[Name, ServiceError] = {}

    def look(self) -> None:
        """Read the first records of all objects, which tell their sampling rates."""
        self._each(self._records, lambda name: self._records[name].look())

    def look_at_ends(self, names: Iterable[Name]) -> None:
        """Read the last records of some objects."""
        self._each(names, lambda name: self._records[name].look_at_end())

    def read_ahead(self) -> None:
        """Read what is needed of all objects, but of those that are to be read whole."""
        self._each(self._records, lambda name: self._records[name].prefetch(self._spans[name]))

    def records(self, name: Name) -> DayRecords:
        """The records of an object.

        Raises:
            NoDataError: the archive has no such object.
            UpstreamError: it could not be read.
        """
        if name in self._failures:
            raise self._failures[name]
        return self._records[name]

    def failed(self, name: Name) -> bool:
        """Whether an object is not there or could not be read, as far as that was tried."""
        return name in self._failures

    def forget(self, name: Name) -> None:
        """Drop what was read of an object."""
        self._records.pop(name, None)

    def _each(self, names: Iterable[Name], read: Callable[[Name], object]) -> None:
        """Call a function with all names whose objects have not failed yet."""

        def attempt(name: Name) -> None:
            try:
                read(name)
            except (NoDataError, UpstreamError) as error:
                self._failures[name] = error

        wanted = [name for name in names if name not in self._failures]
        if len(wanted) == 1:  # a thread is not worth its start
            attempt(wanted[0])
            return
        with ThreadPoolExecutor(s3.MAX_CONNECTIONS, "s3") as pool:
            list(pool.map(attempt, wanted))
