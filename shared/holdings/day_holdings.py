"""The holdings of one day, from the archive's index of it, or from a listing.

A warm container keeps indexes. That of the last week is revalidated by its ETag each time, an older
one once an hour. An index is made some time after the first objects of its day, so the last three
days are listed as well. So is a day whose index may lack channels: it has rows that are no channel,
no row at all, or no end of its last line.
"""

import logging
import time
from collections.abc import Sequence
from typing import NamedTuple

from shared.archive.archive import Archive
from shared.archive.day import Day
from shared.aws import s3_read
from shared.aws.etag_cache import ETagCache
from shared.aws.s3_codes import FORBIDDEN
from shared.aws.s3_list import list_objects
from shared.errors import BadRequestError, NoSuchObjectError, S3Error
from shared.holdings.holding import DayHoldings, Holding
from shared.holdings.patterns import CodePatterns, listed_codes
from shared.holdings.waveform_index import NoIndexError, ends_with_line, parse_index
from shared.wording import first_few

logger = logging.getLogger(__name__)

_MOST_ROWS = 150_000
"""Rows of all cached indexes together: some 30 MB, forty days of four thousand channels."""

_SETTLED_DAYS = 7
"""Days after which an index hardly changes."""

_TRUSTED_S = 3_600.0
"""Seconds for which the index of a settled day is taken without asking S3."""

_LISTED_DAYS = 3
"""Days before now for which the index may lack objects."""

_clock = time.time  # by the calendar, so that a container restored from a snapshot notices its age


class _Index(NamedTuple):
    holdings: DayHoldings
    is_complete: bool
    checked_s: float


_cache: ETagCache[str, _Index] = ETagCache(1_000, _MOST_ROWS)


def forget_holdings() -> None:
    """Drop all cached indexes, as in a new container."""
    _cache.clear()


def holdings_on(archive: Archive, day: Day, selections: Sequence[CodePatterns]) -> DayHoldings:
    """Return the holdings of a day; those that match no selection may be missing.

    Raises:
        BadRequestError: the archive has no index of the day, and may not be listed.
        S3Error: S3 could not be reached, or refused.
        SettingsError: the bucket does not exist.
        TooLargeError: the index is larger than its limit.
    """
    indexed = _indexed(archive, day)
    if indexed and indexed.is_complete and _age_days(day) >= _LISTED_DAYS:
        return indexed.holdings
    listed = _listed(archive, day, selections, is_needed=indexed is None)
    return DayHoldings([*indexed.holdings.all, *listed] if indexed else listed)


def _age_days(day: Day) -> float:
    """Return the days since the end of a day; negative until then."""
    return _clock() / 86_400 - (day.number + 1)


def _indexed(archive: Archive, day: Day) -> _Index | None:
    """Return the index of a day; None if there is none that can be read."""
    key = archive.waveform_index_key(day)
    if key is None:
        return None
    index = archive.object(key)
    known, now = _cache.get(index.uri), _clock()
    if known and _age_days(day) > _SETTLED_DAYS and 0 <= now - known.value.checked_s < _TRUSTED_S:
        return known.value
    try:
        part = s3_read.read_unless(index, known.etag if known else "")
    except NoSuchObjectError:
        return None
    except S3Error as error:
        if error.details.get("code") in FORBIDDEN:
            return None
        raise
    if part is None and known:
        entry = known.value._replace(checked_s=now)
        _cache.put(index.uri, known.etag, entry, known.weight)
        return entry
    content = part.content if part else b""
    try:
        holdings, left_out = parse_index(content, archive, day)
    except NoIndexError as error:
        logger.warning("%s is no index of waveforms: %s; the day is listed", index.uri, error)
        return None
    if doubts := _doubts(content, holdings, left_out):
        logger.warning("%s: %s; the day is listed as well", index.uri, "; ".join(doubts))
    entry = _Index(holdings, not doubts, now)
    _cache.put(index.uri, part.etag if part else "", entry, max(1, len(holdings.all)))
    return entry


def _doubts(content: bytes, holdings: DayHoldings, left_out: Sequence[str]) -> list[str]:
    """Return the reasons why an index may lack channels, in words."""
    doubts = []
    if left_out:
        rows = first_few(left_out, 3)
        doubts.append(f"{len(left_out)} rows are no channel of its day: {rows}")
    elif not holdings.all:
        doubts.append("it has no rows")
    if not ends_with_line(content):
        doubts.append("its last line has no end, so it may be cut off")
    return doubts


def _listed(
    archive: Archive, day: Day, selections: Sequence[CodePatterns], *, is_needed: bool
) -> list[Holding]:
    """Return the holdings of a day by the keys of its objects; none if they may not be listed.

    Raises:
        BadRequestError: they may not be listed, but the listing is needed.
    """
    found, others = [], []
    for prefix in archive.listing_prefixes(day, listed_codes(selections)):
        try:
            for item in list_objects(archive.bucket, prefix, archive.region):
                try:
                    channel, day_of_key = archive.parse_waveform_key(item.key)
                except BadRequestError:
                    others.append(item.key)
                    continue
                if day_of_key == day:  # an archive's prefix may span several days
                    found.append(Holding(channel, day))
        except S3Error as error:
            if error.details.get("code") not in FORBIDDEN:
                raise
            if is_needed:
                raise BadRequestError(
                    f"wildcards cannot be resolved on {day}: s3://{archive.bucket} has no index of"
                    " that day and may not be listed; give exact codes",
                    field="channel",
                ) from error
            logger.warning("s3://%s/%s* may not be listed", archive.bucket, prefix)
    if others:
        names = first_few(others, 3)
        logger.warning("%d objects are not named like a channel day: %s", len(others), names)
    return found
