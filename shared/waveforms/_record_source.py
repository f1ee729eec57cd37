"""Fetch the records of a day object from S3, all from one version of its content."""

from collections.abc import Callable
from dataclasses import replace
from typing import TypeVar

from shared.archive.archive import DayObject
from shared.aws import s3_read
from shared.aws.s3_read import ObjectChangedError
from shared.errors import NoSuchObjectError, S3Error
from shared.waveforms import _record_cache
from shared.waveforms._day_records import DayRecords
from shared.waveforms._decode_day import decode_day
from shared.waveforms._record_index import RecordIndex
from shared.waveforms.read_day import download_day, no_object

_ATTEMPTS = 3  # at reading an object that is replaced meanwhile

_T = TypeVar("_T")


class RecordSource:
    """The bytes of a day object.

    All parts that `fetch` returns are from the version of the content with one ETag. That version
    is the first one fetched, or the one from `recall`. Where S3 has another one by now,
    `retry_if_changed` starts over with it.

    Args:
        day_object: the object.
        keeps_content: whether the bytes of a whole object are kept beside its samples.

    Attributes:
        day_object: as given.
        reads: number of requests so far; a download counts as one.
        bytes_read: number of bytes received so far.
        size: size of the object in bytes; 0 until it is known.
        etag: ETag of the version; "" until it is known.
        is_unconfirmed: whether the version is from `recall` and S3 may have replaced it since.
    """

    def __init__(self, day_object: DayObject, keeps_content: bool = False) -> None:
        self.day_object = day_object
        self._keeps_content = keeps_content
        self.reads = 0
        self.bytes_read = 0
        self._may_recall = True
        self._forget_version()

    def _forget_version(self) -> None:
        self.size, self.etag, self.is_unconfirmed = 0, "", False

    def recall(self) -> RecordIndex | None:
        """Take over the version that an earlier invocation saw.

        Returns:
            Its records; None if there are none, or they were out of date before.
        """
        cached = _record_cache.recall(self.day_object) if self._may_recall else None
        if not cached:
            return None
        self.etag, self.size, index = cached
        self.is_unconfirmed = True
        return index

    def remember(self, index: RecordIndex) -> None:
        """Cache the records of a confirmed version for later invocations."""
        if not self.is_unconfirmed:
            _record_cache.keep(self.day_object, self.etag, self.size, index)

    def forget(self) -> None:
        """Drop the version from the cache."""
        _record_cache.forget(self.day_object, self.etag)

    def fetch(self, first: int, last: int) -> bytes:
        """Read a part of the object.

        Args:
            first: offset of the first byte.
            last: offset of the last byte; it may lie beyond the end.

        Raises:
            NoSuchObjectError: the object does not exist.
            ObjectChangedError: the object has another version.
            S3Error: S3 could not be reached, refused, or broke off.
        """
        part = s3_read.read_part(self.day_object, first, last, etag=self.etag)
        self.reads += 1
        self.bytes_read += len(part.content)
        if self.etag and part.etag != self.etag:  # S3 gives no ETag for a range beyond the end
            raise ObjectChangedError(
                f"{self.day_object.uri} has {part.size} bytes, had {self.size}"
            )
        self.size, self.etag, self.is_unconfirmed = part.size, part.etag, False
        return part.content

    def download(self) -> DayRecords:
        """Read the whole object, in whatever version it is.

        Raises:
            NoWaveformError: the archive has no such object, or it has no samples of the day.
            S3Error: S3 could not be reached, refused, or broke off.
            UnreadableObjectError: the object is not miniSEED.
        """
        whole = download_day(self.day_object)
        self.reads += 1
        self.bytes_read += whole.size
        decoded = decode_day(self.day_object, whole.content, whole.etag)
        return decoded if self._keeps_content else replace(decoded, content=None)

    def retry_if_changed(self, read: Callable[[], _T], start_over: Callable[[], None]) -> _T:
        """Call a function that fetches; call it again if the object was replaced meanwhile.

        Args:
            read: the function.
            start_over: called before each new attempt, to drop conclusions from the old version.

        Raises:
            NoWaveformError: the archive has no such object.
            S3Error: the object was replaced at each attempt.
        """
        attempts = 0
        while True:
            try:
                return read()
            except NoSuchObjectError as error:
                self._abandon_version(start_over)
                raise no_object(self.day_object, error) from error
            except ObjectChangedError as error:
                # A change since an earlier invocation is normal, and counts as no attempt.
                attempts += not self.is_unconfirmed
                self._abandon_version(start_over)
                if attempts == _ATTEMPTS:
                    raise S3Error(
                        f"{self.day_object.uri} was replaced {attempts} times while it was read",
                        object=self.day_object.uri,
                    ) from error

    def _abandon_version(self, start_over: Callable[[], None]) -> None:
        self.forget()
        self._may_recall = False
        self._forget_version()
        start_over()
