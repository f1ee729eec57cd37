"""Times of requests and replies, in UTC, and the days of a time span."""

import re
from collections.abc import Iterator
from datetime import date, datetime, timedelta, timezone

from obspy import UTCDateTime

from shared.archive.day import YEARS, Day
from shared.errors import BadRequestError

_TIME = re.compile(
    r"(\d{4})-(\d{2})-(\d{2})"
    r"(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:\.(\d{1,9}))?)?)?"
    r"(Z|[+-]\d{2}:?\d{2})?",
    re.ASCII,
)
_EPOCH = date(1970, 1, 1)
_DAY_NS = 86_400 * 10**9
_RIGHT_TIME = "must be UTC as ISO 8601 writes it, such as '2024-01-01T00:05:00' or with '.250Z'"


def days_between(starttime: UTCDateTime, endtime: UTCDateTime) -> Iterator[Day]:
    """Yield the days whose objects hold the samples from `starttime` to `endtime`, in order.

    An end at 00:00:00 sharp does not need the day that begins there, unless the span begins there,
    too.
    """
    first, last = _day_numbers(starttime, endtime)
    for number in range(first, last + 1):
        yield Day.of_date(_EPOCH + timedelta(days=number))


def count_days(starttime: UTCDateTime, endtime: UTCDateTime) -> int:
    """Return the number of days that `days_between` yields."""
    first, last = _day_numbers(starttime, endtime)
    return last - first + 1


def _day_numbers(starttime: UTCDateTime, endtime: UTCDateTime) -> tuple[int, int]:
    """Return the first and the last day of a span, as days since 1970."""
    first: int = starttime.ns // _DAY_NS
    # Two UTCDateTimes are equal if they differ by up to half a microsecond.
    return first, max(first, (endtime.ns - 501) // _DAY_NS)


def parse_time(text: str, field: str) -> UTCDateTime:
    """Parse a time of a request: ISO 8601 in extended form, with up to nine decimals of a second.

    UTCDateTime's own parser guesses at other forms, and may guess wrong.

    Args:
        text: such as "2024-01-01T00:05:00", "2024-01-01T00:05:00.250Z" or "2024-01-01"; in UTC,
            unless it has an offset.
        field: the name of the request's field, for the error.

    Raises:
        BadRequestError: the text has another form, or there is no such time.
    """
    match = _TIME.fullmatch(text)
    if not match:
        raise BadRequestError(f"{field} {text!r}: {_RIGHT_TIME}", field=field)
    *numbers, fraction, offset = match.groups()
    year, month, day, hour, minute, second = (int(number or 0) for number in numbers)
    try:
        whole = datetime(year, month, day, hour, minute, second, tzinfo=_zone(offset))
    except ValueError as error:
        raise BadRequestError(f"{field} {text!r}: {error}; {_RIGHT_TIME}", field=field) from error
    if year not in YEARS:
        raise BadRequestError(f"{field} {text!r}: no such year in this archive", field=field)
    seconds = int(whole.timestamp())
    return UTCDateTime(ns=seconds * 10**9 + int((fraction or "").ljust(9, "0")))


def _zone(offset: str | None) -> timezone:
    if offset in (None, "Z"):
        return timezone.utc
    hours, minutes = int(offset[1:3]), int(offset[-2:])
    if minutes >= 60:
        raise ValueError("minutes of the offset must be in 00..59")
    distance = timedelta(hours=hours, minutes=minutes)
    return timezone(distance if offset[0] == "+" else -distance)


def format_time(time: UTCDateTime) -> str:
    """Format a time for replies: UTC with six decimals and "Z"."""
    return str(time)
