"""The exact data spans of channel days: those learned before, else read from record headers.

The spans of a day object stay in the memory of a warm container. They are also kept as a small
object below `fdsnws/availability/` of the output bucket, if there is one. Both name the ETag of the
day object, which each request compares with the archive's current one.
"""

import json
import logging
import math
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from shared import limits, settings
from shared.archive.archive import DayObject
from shared.archive.channel_id import ChannelId
from shared.archive.day import DAY_NS, YEARS, Day
from shared.aws import s3_read, s3_write
from shared.aws.etag_cache import ETagCache
from shared.aws.s3_client import in_threads
from shared.aws.s3_objects import OutputObject
from shared.errors import (
    NoSuchObjectError,
    S3Error,
    SettingsError,
    TooLargeError,
    UnreadableObjectError,
)
from shared.waveforms.data_spans import DataSpan
from shared.waveforms.day_headers import (
    DayVersion,
    find_version,
    first_span,
    read_data_spans,
    read_last_span,
)

logger = logging.getLogger(__name__)

_FOLDER = "fdsnws/availability"
_FORMAT = 1
_MOST_SPANS = 100_000
"""Spans of all cached days together: some 20 MB."""

_FIRST_NS, _LAST_NS = (Day(year, 1).number * DAY_NS for year in (YEARS.start, YEARS.stop))
_QUALITIES = ("D", "M", "Q", "R")

_MOST_WRITTEN = 20_000
"""Spans of a day that has more are not written."""


class DaySpans(NamedTuple):
    """The data spans of a channel's day.

    Attributes:
        version: the version of the day object that has them.
        spans: in order, joined within each quality and rate.
    """

    version: DayVersion
    spans: tuple[DataSpan, ...]


_cache: ETagCache[str, tuple[DataSpan, ...]] = ETagCache(20_000, _MOST_SPANS)


def forget_spans() -> None:
    """Drop all cached spans, as in a new container."""
    _cache.clear()


def find_versions(objects: Iterable[DayObject]) -> dict[DayObject, DayVersion]:
    """Return the current versions of day objects, without those that the archive does not have.

    Raises:
        S3Error, SettingsError, TooLargeError: as of `find_version`.
    """
    found: dict[DayObject, DayVersion] = {}

    def find(day_object: DayObject) -> None:
        if version := find_version(day_object):
            found[day_object] = version

    _in_threads(find, objects)
    return found


def recall_spans(versions: Mapping[DayObject, DayVersion]) -> dict[DayObject, DaySpans]:
    """Return the spans of those day objects that were read before and have not changed since."""
    found: dict[DayObject, DaySpans] = {}
    bucket = settings.output_bucket_if_set()

    def recall(day_object: DayObject) -> None:
        version = versions[day_object]
        entry = _cache.get(day_object.uri)
        if entry and entry.etag == version.etag:
            found[day_object] = DaySpans(version, entry.value)
        elif bucket and (spans := _read_learned(bucket, day_object, version.etag)) is not None:
            _cache.put(day_object.uri, version.etag, spans, 1 + len(spans))
            found[day_object] = DaySpans(version, spans)

    _in_threads(recall, versions)
    return found


def read_spans(versions: Mapping[DayObject, DayVersion]) -> dict[DayObject, DaySpans]:
    """Read the spans of day objects from their record headers, and keep them for later requests.

    Raises:
        S3Error, SettingsError: as of `read_data_spans`.
        TooLargeError: the objects are together larger than `limits.max_headers`; none is read.
    """
    check_bytes(versions)
    found: dict[DayObject, DaySpans] = {}
    bucket = settings.output_bucket_if_set()

    def read(day_object: DayObject) -> None:
        version, spans = read_data_spans(day_object, versions[day_object])
        found[day_object] = DaySpans(version, tuple(spans))
        if not spans:
            logger.warning("%s has no records of its channel", day_object.uri)
        _cache.put(day_object.uri, version.etag, tuple(spans), 1 + len(spans))
        if bucket and version.etag and len(spans) <= _MOST_WRITTEN:
            _write_learned(bucket, day_object, version.etag, spans)

    _in_threads(read, versions)
    return found


def edge_spans(versions: Mapping[DayObject, DayVersion]) -> dict[DayObject, DaySpans]:
    """Return the first record of each day object, and the last one of a channel's last days.

    The first records are known already. The last days are those of each quality and rate, so that
    the edges of all days together are those of the channel.

    Raises:
        S3Error, SettingsError: as of `read_last_span`.
    """
    found: dict[DayObject, list[DataSpan]] = {}
    latest: dict[tuple[ChannelId, str, float], DayObject] = {}
    for each in sorted(versions, key=lambda item: item.day):
        first = first_span(each, versions[each])
        found[each] = [first] if first else []
        if first:
            latest[each.channel, first.quality, first.sampling_rate] = each

    def read(day_object: DayObject) -> None:
        if last := read_last_span(day_object):
            found[day_object].append(last)

    _in_threads(read, latest.values())
    return {each: DaySpans(versions[each], tuple(sorted(found[each]))) for each in found}


def check_bytes(versions: Mapping[DayObject, DayVersion], share: float = 1.0) -> None:
    """Refuse to read the headers of day objects that are together too large.

    Args:
        versions: the objects.
        share: the part of the limit that they may have.

    Raises:
        TooLargeError: they are larger than that.
    """
    limit, total = limits.max_headers(), sum(version.size for version in versions.values())
    most = limit.size * share
    if total > most:
        days = max(1, int(len(versions) * most / total))
        raise TooLargeError(
            f"exact time spans take the record headers of {len(versions):,} channel days of"
            f" {total:,} bytes together: at most {most:,.0f} bytes in one request"
            f" ({limit.setting}={limit.mib}); ask for about {days:,} channel days",
            channel_days=len(versions),
            size=total,
            limit=int(most),
        )


def learned_key(day_object: DayObject) -> str:
    """Return the key in the output bucket under which the spans of a day object are kept."""
    return f"{_FOLDER}/{day_object.key}.json"


def _in_threads(do: Any, objects: Iterable[DayObject]) -> None:
    if items := list(objects):
        in_threads(do, items)


def _read_learned(bucket: str, day_object: DayObject, etag: str) -> tuple[DataSpan, ...] | None:
    """Return the spans that were kept of a version of a day object; None if there are none."""
    kept = OutputObject(bucket, learned_key(day_object))
    try:
        part = s3_read.read_unless(kept, "")
    except NoSuchObjectError:
        return None
    except (S3Error, SettingsError) as error:  # the archive itself has all that is needed
        logger.warning("%s: it is not used", error.message)
        return None
    try:
        return _parse(part.content if part else b"", day_object, etag)
    except UnreadableObjectError as error:
        logger.warning("%s", error.message)
        return None


def _parse(content: bytes, day_object: DayObject, etag: str) -> tuple[DataSpan, ...] | None:
    try:
        kept = json.loads(content)
        if (kept["format"], kept["object"], kept["etag"]) != (_FORMAT, day_object.uri, etag):
            return None
        spans = tuple(
            DataSpan(int(start), int(end), str(quality), float(rate))
            for start, end, quality, rate in kept["spans"]
        )
        if all(map(_is_possible, spans)):
            return spans
        cause: Exception | None = None
    except (KeyError, TypeError, ValueError, OverflowError, RecursionError) as error:
        cause = error
    raise UnreadableObjectError(
        f"{learned_key(day_object)} is not used: it does not have the spans of a day"
    ) from cause


def _is_possible(span: DataSpan) -> bool:
    """Return whether a span is one that records can have."""
    times = _FIRST_NS <= span.start_ns <= span.end_ns <= _LAST_NS
    return times and span.quality in _QUALITIES and 0 < span.sampling_rate < math.inf


def _write_learned(
    bucket: str, day_object: DayObject, etag: str, spans: Iterable[DataSpan]
) -> None:
    kept = {"format": _FORMAT, "object": day_object.uri, "etag": etag, "spans": [*map(list, spans)]}
    body = json.dumps(kept, separators=(",", ":")).encode()
    try:
        s3_write.upload(body, bucket, learned_key(day_object), "application/json")
    except S3Error as error:
        logger.warning("%s: the next request reads the day again", error.message)
