"""The record times of day objects that earlier invocations of a warm container have seen.

With them, a window that is asked for again, or one next to it, takes one request. Samples are not
cached.
"""

from dataclasses import dataclass

from shared.archive.archive import DayObject
from shared.aws.etag_cache import ETagCache
from shared.waveforms._record_header import RecordHeader
from shared.waveforms._record_index import RecordIndex, Times

_MAX_OBJECTS = 1000
_MAX_RECORDS = 200_000
"""Of all objects together: 5 MB, at 24 bytes each. A window of five minutes takes some hundreds."""


@dataclass(frozen=True)
class _Records:
    size: int
    first: RecordHeader
    times: Times


_cache: ETagCache[str, _Records] = ETagCache(_MAX_OBJECTS, _MAX_RECORDS)


def keep(day_object: DayObject, etag: str, size: int, index: RecordIndex) -> None:
    """Cache the records of an object, unless as many of the same content are cached already.

    Args:
        day_object: the object.
        etag: the ETag of the content; without one, nothing is cached.
        size: the size of the object in bytes.
        index: the known records.
    """
    entry = _cache.get(day_object.uri)
    if not entry or entry.etag != etag or len(entry.value.times[0]) < len(index):
        records = _Records(size, index.first, index.times)
        _cache.put(day_object.uri, etag, records, weight=len(index))


def recall(day_object: DayObject) -> tuple[str, int, RecordIndex] | None:
    """Return the cached records of an object, which are out of date if its ETag has changed.

    Returns:
        The ETag, the object's size in bytes, and the records without their bytes; None if nothing
        is cached.
    """
    entry = _cache.get(day_object.uri)
    if not entry:
        return None
    index = RecordIndex(entry.value.size, entry.value.first, day_object.day)
    index.recall(entry.value.times)
    return entry.etag, entry.value.size, index


def forget(day_object: DayObject, etag: str | None = None) -> None:
    """Drop the records of an object; with an ETag, only if they are from that content."""
    _cache.forget(day_object.uri, etag)


def forget_records() -> None:
    """Drop all records, as in a new container."""
    _cache.clear()
