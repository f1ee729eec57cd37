"""The station index in the memory of a warm container."""

import logging
import time
from dataclasses import dataclass
from threading import Lock

from shared import settings
from shared.archive.archive import Archive
from shared.errors import NoSuchObjectError, S3Error
from shared.station_index.index import NotAnIndexError, StationIndex

logger = logging.getLogger(__name__)

FOLDER = "fdsnws/station-index"
"""The folder of the output bucket with the index of each archive."""

_FRESH_S = 60
"""Seconds for which an index is used without asking S3 whether it has changed."""


@dataclass
class _Known:
    """An index, and when it was compared with the object: by the calendar, as containers sleep."""

    key: tuple[str, str]
    index: StationIndex
    checked_s: float


_lock = Lock()
_known: list[_Known] = []


def index_key(archive: Archive) -> str:
    """Return the key of the index of an archive in the output bucket."""
    return f"{FOLDER}/{archive.bucket}.zip"


def forget_index() -> None:
    """Drop the index, as in a new container."""
    _known.clear()


def read_index(archive: Archive) -> StationIndex | None:
    """Return the index of an archive as it is now; None if there is none.

    Raises:
        S3Error: S3 could not be reached, or refused.
        SettingsError: the output bucket's name is invalid.
    """
    with _lock:
        return _read(archive)


def recent_index(archive: Archive) -> StationIndex | None:
    """Return the index of an archive, as it was up to a minute ago; None if there is none.

    If S3 fails, the index that the container has is used.

    Raises:
        S3Error, SettingsError: as of `read_index`.
    """
    with _lock:
        known = _find(archive)
        if known and 0 <= time.time() - known.checked_s < _FRESH_S:
            return known.index
        try:
            return _read(archive)
        except S3Error as error:
            if known is None:
                raise
            logger.warning("the station index in memory is used: %s", error.message)
            known.checked_s = time.time()
            return known.index


def _find(archive: Archive) -> _Known | None:
    key = settings.output_bucket_if_set() or "", index_key(archive)
    return next((each for each in _known if each.key == key), None)


def _read(archive: Archive) -> StationIndex | None:
    # botocore loads slowly, and requests that are refused need none.
    from shared.aws import s3_objects, s3_read

    bucket = settings.output_bucket_if_set()
    if bucket is None:
        return None
    known, key = _find(archive), index_key(archive)
    try:
        part = s3_read.read_unless(
            s3_objects.OutputObject(bucket, key), known.index.etag if known else ""
        )
    except NoSuchObjectError:
        _known.clear()
        return None
    if part is None and known:
        known.checked_s = time.time()
        return known.index
    try:
        index = StationIndex(part.content if part else b"", archive, part.etag if part else "")
    except NotAnIndexError as error:
        logger.warning("s3://%s/%s is not used: %s", bucket, key, error)
        _known.clear()
        return None
    _known[:] = [_Known((bucket, key), index, time.time())]
    return index
