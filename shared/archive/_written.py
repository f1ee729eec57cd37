"""Dates and times as people write them: ISO 8601, `UTCDateTime`'s other forms, SEED's.

A text that could mean two things is none of these forms; `ambiguous` names both.
"""

import re
from datetime import date, time
from typing import NamedTuple

from shared.archive.ambiguous import AmbiguousError, explain

DAY_NS = 86_400 * 10**9

UNIX_DAY = date(1970, 1, 1).toordinal()
"""1970-01-01 as Python counts days."""

_SECOND_NS = 10**9

_DATE = (
    r"(\d{4})(?:([-/])(\d{1,2})\2(\d{1,2})|(\d{2})(\d{2})"  # 2019-07-02, 2019/7/2, 20190702
    r"|[-,./_]?(\d{3})|,(\d{1,2})(?! ?[T\d]))"  # 2019,183, 2019183, and 2019,5 without a clock
)
_FRACTION = r"(?:[.,](\d{0,9}))?"
_CLOCK = (
    rf"(\d{{1,2}}):(\d{{2}})(?::(\d{{2}}){_FRACTION})?"
    rf"|(\d{{2}})(?:(\d{{2}})(?:(\d{{2}}){_FRACTION})?)?"
)
_OFFSET = r"[+-]\d{2}(?::?\d{2})?"
_WRITTEN = re.compile(
    rf"{_DATE}(?:(?:T| +|(?<=,\d{{3}}),)(?:{_CLOCK})(?: ?(?:Z|UTC|GMT|({_OFFSET})))?| ?Z)?",
    re.ASCII | re.IGNORECASE,
)
_DIGITS = re.compile(r"(\d{8})(\d{4}(?:\d{2}(?:[.,]\d{0,9})?)?Z?)", re.ASCII | re.IGNORECASE)


class Written(NamedTuple):
    """A date or a time.

    Attributes:
        year, day_of_year: the date; a year may have no such day.
        clock_ns: the time of day in nanoseconds; None if there is only a date.
        offset_ns: the offset from UTC in nanoseconds, positive in the east.
    """

    year: int
    day_of_year: int
    clock_ns: int | None
    offset_ns: int

    @property
    def ns(self) -> int:
        """The time in nanoseconds since 1970 UTC; that of a date is 00:00:00.

        Raises:
            ValueError: the year has no such day.
        """
        days = days_since_1970(self.year, self.day_of_year)
        return days * DAY_NS + (self.clock_ns or 0) - self.offset_ns


def days_since_1970(year: int, day_of_year: int) -> int:
    """Return a day as the number of days since 1970-01-01.

    Raises:
        ValueError: the year has no such day.
    """
    first = date(year, 1, 1).toordinal()
    last = date(year, 12, 31).toordinal() - first + 1
    if not 1 <= day_of_year <= last:
        raise ValueError(f"{year} has days 001 to {last}")
    return first + day_of_year - 1 - UNIX_DAY


def read(text: str) -> Written:
    """Read a date or a time.

    Raises:
        AmbiguousError: the text could mean two things.
        ValueError: the text is neither; the error's text says why, or is "".
    """
    text = text.strip(" \t\r\n")
    match = _WRITTEN.fullmatch(text)
    if not match and (digits := _DIGITS.fullmatch(text)):
        match = _WRITTEN.fullmatch(f"{digits[1]}T{digits[2]}")
    if not match:
        reason = explain(text)
        raise AmbiguousError(reason) if reason else ValueError
    year, _, *parts = match.groups()
    month, day, other_month, other_day, ordinal, short_ordinal = parts[:6]
    hour, minute, second, fraction, *compact, offset = parts[6:]
    if compact[0]:
        hour, minute, second, fraction = compact
    if number := ordinal or short_ordinal:
        of_year = int(number)
    else:
        found = date(int(year), int(month or other_month), int(day or other_day))
        of_year = found.toordinal() - date(found.year, 1, 1).toordinal() + 1
    if hour is None:
        return Written(int(year), of_year, None, 0)
    if offset and minute is None:
        raise ValueError("an offset follows a time with minutes, such as '00:05+01:00'")
    clock_ns = _clock_ns(int(hour), int(minute or 0), int(second or 0), fraction or "")
    return Written(int(year), of_year, clock_ns, _offset_ns(offset) if offset else 0)


def _clock_ns(hour: int, minute: int, second: int, fraction: str) -> int:
    if (hour, minute, second, fraction.strip("0")) == (24, 0, 0, ""):
        raise ValueError("hour must be in 0..23: 24:00:00 is 00:00:00 of the next day")
    time(hour, minute, second)  # raises the ValueError of a clock that has no such time
    seconds = (hour * 60 + minute) * 60 + second
    return seconds * _SECOND_NS + int(fraction.ljust(9, "0"))


def _offset_ns(text: str) -> int:
    digits = text[1:].replace(":", "").ljust(4, "0")
    hours, minutes = int(digits[:2]), int(digits[2:])
    if hours > 23 or minutes > 59:
        raise ValueError(f"the offset {text} must be from -23:59 to +23:59")
    distance = (hours * 60 + minutes) * 60 * _SECOND_NS
    return distance if text[0] == "+" else -distance
