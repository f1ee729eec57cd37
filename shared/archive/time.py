"""Times of requests and replies, in UTC, and the days of a time span."""

from collections.abc import Iterator
from functools import lru_cache

from obspy import UTCDateTime

from shared.archive.day import DAY_NS, Day
from shared.archive.instant import format_utc, is_timestamp, parse_instant
from shared.fields import Fields


def days_between(starttime: UTCDateTime, endtime: UTCDateTime) -> Iterator[Day]:
    """Yield the days whose objects hold the samples from `starttime` to `endtime`, in order.

    An end at 00:00:00 sharp does not need the day that begins there, unless the span begins there,
    too.
    """
    first, last = _day_numbers(starttime, endtime)
    for number in range(first, last + 1):
        yield _day(number)


def count_days(starttime: UTCDateTime, endtime: UTCDateTime) -> int:
    """Return the number of days that `days_between` yields."""
    first, last = _day_numbers(starttime, endtime)
    return last - first + 1


@lru_cache(4096)
def _day(number: int) -> Day:
    """Return a day by its number since 1970: the same object for all windows of the day."""
    return Day.of_number(number)


def _day_numbers(starttime: UTCDateTime, endtime: UTCDateTime) -> tuple[int, int]:
    """Return the first and the last day of a span, as days since 1970."""
    first: int = starttime.ns // DAY_NS
    # Two UTCDateTimes are equal if they differ by up to half a microsecond.
    return first, max(first, (endtime.ns - 501) // DAY_NS)


def parse_time(text: str, field: str) -> UTCDateTime:
    """Parse a time of a request; see `parse_instant`.

    UTCDateTime's own parser guesses at texts that could mean two things.

    Raises:
        BadRequestError: as of `parse_instant`.
    """
    return UTCDateTime(ns=parse_instant(text, field))


def read_time(fields: Fields, name: str) -> UTCDateTime:
    """Read the time of a field: text, or a number of seconds since 1970, to the microsecond.

    Raises:
        BadRequestError: the field is missing, or not a time.
    """
    value = fields.raw(name)
    if is_timestamp(value):
        return UTCDateTime(ns=round(value * 1e6) * 1000)
    return parse_time(
        fields.text(name, "text, such as '2024-01-01T00:05:00', or seconds since 1970"),
        fields.name(name),
    )


def format_time(time: UTCDateTime) -> str:
    """Format a time for replies: UTC with six decimals and "Z"."""
    return format_utc(time.ns)  # as `str`, but quickly
