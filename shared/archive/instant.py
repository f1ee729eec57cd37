"""Times of requests as nanoseconds, read without ObsPy, so that clients check them quickly."""

from collections.abc import Container
from datetime import datetime, timedelta

from shared.archive import _written
from shared.archive.ambiguous import describe_refusal
from shared.archive.day import YEARS
from shared.errors import BadRequestError
from shared.fields import shown

RIGHT_TIME = (
    "must be a time in UTC, such as '2024-01-01T00:05:00' or '2024-01-01T00:05:00.250Z', or one"
    " with an offset, such as '2024-01-01T00:05:00+01:00'"
)

_EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001 (UTC)

_NUMBERS = range(220_000_000, 1_900_000_000)
"""Seconds since 1970, until 2030, whose digits do not begin with a year of the archive."""


def parse_instant(text: str, field: str, years: Container[int] = YEARS) -> int:
    """Parse a time, such as "2024-01-01T00:05:00.250Z", "2024,001,00:05:00" or "20240101".

    A text is in UTC, unless it has an offset. It has up to nine decimals of a second.

    Args:
        text: in any form of `UTCDateTime` that means one thing.
        field: the name of the request's field, for the error.
        years: the years that are accepted.

    Returns:
        Nanoseconds since 1970.

    Raises:
        BadRequestError: the text has another form, could mean two things, or there is no such time.
    """
    try:
        written = _written.read(text)
        ns = written.ns
    except ValueError as error:
        message = f"{field} {shown(text)}: {describe_refusal(error, RIGHT_TIME)}"
        raise BadRequestError(message, field=field) from error
    if written.year not in years:
        message = f"{field} {shown(text)}: no such year in this archive"
        raise BadRequestError(message, field=field)
    return ns


def is_timestamp(value: object) -> bool:
    """Return whether a JSON value is a number of seconds since 1970, and can be no date."""
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return is_number and _NUMBERS[0] <= value <= _NUMBERS[-1]  # type: ignore[operator]


def format_instant(ns: int) -> str:
    """Format a time for requests, with as many decimals of a second as it has.

    Args:
        ns: nanoseconds since 1970.

    Returns:
        ISO 8601 in UTC, such as "2024-01-01T00:05:00" or "2024-01-01T00:05:00.25", which
        `parse_instant` reads.
    """
    seconds, fraction = divmod(ns, 10**9)
    text = (_EPOCH + timedelta(seconds=seconds)).isoformat(timespec="seconds")
    return f"{text}.{fraction:09d}".rstrip("0").rstrip(".") if fraction else text


def format_utc(ns: int, timespec: str = "microseconds") -> str:
    """Format a time for replies, such as "2024-01-01T00:05:00.250000Z".

    Args:
        ns: nanoseconds since 1970, rounded to microseconds.
        timespec: "microseconds", or "seconds" for the whole second that it is in.
    """
    time = _EPOCH + timedelta(microseconds=round(ns, -3) // 1000)
    return f"{time.isoformat(timespec=timespec)}Z"
