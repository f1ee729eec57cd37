"""The records of day objects that earlier invocations of a warm container saw: times, not bytes.

With them, a window that is asked for again, or one next to it, takes one read.
"""

from dataclasses import dataclass

from shared.archive.archive import DayObject
from shared.aws.etag_cache import ETagCache
from shared.waveforms._record_header import RecordHeader
from shared.waveforms._record_index import RecordIndex, Times

_MOST_OBJECTS = 1000
_MOST_RECORDS = 200_000
"""Of all objects together; 24 bytes each, so 5 MB. A window of five minutes takes some hundreds."""


@dataclass(frozen=True)
class _Records:
    size: int
    first: RecordHeader
    times: Times


_kept: ETagCache[str, _Records] = ETagCache(_MOST_OBJECTS, _MOST_RECORDS)


def keep(source: DayObject, etag: str, size: int, index: RecordIndex) -> None:
    """Keep what is known of an object's records, unless as much is kept already.

    Args:
        source: the object.
        etag: of the content that the index is of; without one, nothing is kept.
        size: of the object, in bytes.
        index: the records.
    """
    entry = _kept.get(source.uri)
    if not entry or entry.etag != etag or len(entry.value.times[0]) < len(index):
        records = _Records(size, index.first, index.times)
        _kept.put(source.uri, etag, records, weight=len(index))


def recall(source: DayObject) -> tuple[str, int, RecordIndex] | None:
    """What is kept of an object: its ETag, its size in bytes, its records; None if nothing is.

    The object may have changed since: no more than a guess, until S3 confirms the ETag.
    """
    entry = _kept.get(source.uri)
    if not entry:
        return None
    index = RecordIndex(entry.value.size, entry.value.first, source.day)
    index.recall(entry.value.times)
    return entry.etag, entry.value.size, index


def forget(source: DayObject, etag: str) -> None:
    """Forget what is kept of an object, if it is of the content that has an ETag."""
    _kept.forget(source.uri, etag)


def forget_records() -> None:
    """Forget everything, as if the container were a new one."""
    _kept.clear()
