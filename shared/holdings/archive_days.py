"""The days on which the archive has any data, by the folders of its keys.

They stand in for an open start or end of a request. A warm container keeps them for an hour.
"""

import re
import time
from bisect import bisect_left, bisect_right
from collections.abc import Sequence

from shared.archive.archive import Archive
from shared.archive.day import DAY_NS, Day
from shared.aws.s3_client import in_threads
from shared.aws.s3_codes import FORBIDDEN
from shared.aws.s3_list import list_folders
from shared.errors import BadRequestError, S3Error

_TRUSTED_S = 3_600.0
_YEAR = re.compile(r"/\d{4}/\Z", re.ASCII)

_clock = time.time

_known: dict[str, tuple[float, tuple[Day, ...]]] = {}


def forget_archive_days() -> None:
    """Drop all that is known of the archives' days, as in a new container."""
    _known.clear()


def archive_days(archive: Archive) -> tuple[Day, ...]:
    """Return all days of the archive, in order; each year takes one request or more.

    Raises:
        BadRequestError: the archive may not be listed, or has no folders of days.
        S3Error: S3 could not be reached, or refused.
    """
    checked_s, days = _known.get(archive.bucket, (0.0, ()))
    if not days or not 0 <= _clock() - checked_s < _TRUSTED_S:
        days = _list(archive)
        _known[archive.bucket] = _clock(), days
    return days


def days_within(days: Sequence[Day], start: int | None, end: int | None) -> Sequence[Day]:
    """Return those days that a time span touches.

    Args:
        days: in order.
        start: the start in ns since 1970; None if it is open.
        end: the end, included, likewise.
    """
    low = bisect_left(days, start // DAY_NS, key=_number) if start is not None else 0
    high = bisect_right(days, end // DAY_NS, key=_number) if end is not None else len(days)
    return days[low:high]


def _number(day: Day) -> int:
    return day.number


def _list(archive: Archive) -> tuple[Day, ...]:
    found: list[Day] = []

    def list_year(folder: str) -> None:
        names = list_folders(archive.bucket, folder, archive.region)
        found.extend(filter(None, map(archive.parse_day_folder, names)))

    prefix = archive.years_prefix
    if prefix is None:
        raise _must_be_given(archive, "has no folders of days")
    try:
        years = list(list_folders(archive.bucket, prefix, archive.region))
        if years := [year for year in years if _YEAR.search(year)]:
            in_threads(list_year, years)
    except S3Error as error:
        if error.details.get("code") not in FORBIDDEN:
            raise
        raise _must_be_given(archive, "may not be listed") from error
    return tuple(sorted(set(found)))


def _must_be_given(archive: Archive, reason: str) -> BadRequestError:
    return BadRequestError(
        f"starttime and endtime must be given, as s3://{archive.bucket} {reason}",
        field="starttime",
    )
