"""Texts that could mean two things, and both of them."""

import re
from collections.abc import Callable
from datetime import date, datetime, timezone
from urllib.parse import unquote

_Form = tuple[re.Pattern[str], Callable[[re.Match[str]], str]]


class AmbiguousError(ValueError):
    """A text that could mean two things; the error's text has both, or how to write one."""


def describe_refusal(error: ValueError, right: str) -> str:
    """Return the end of a message about a text: the reason, and the texts that would be right.

    Args:
        error: the reason; one without a text has nothing to say.
        right: begins with "must be"; an ambiguous text's own reason takes its place.
    """
    reason = str(error)
    if isinstance(error, AmbiguousError):
        return reason
    return f"{reason}; {right}" if reason else right


def explain(text: str) -> str:
    """Return both readings of an ambiguous date or time, or its remedy; "" if there is none."""
    for pattern, reason in _FORMS:
        if match := pattern.fullmatch(text):
            return reason(match)
    return ""


def _month_or_day(match: re.Match[str]) -> str:
    year, separator, number = match.groups()
    readings = [f"the day {int(number)} of the year, '{year},{int(number):03d}'"]
    if 1 <= int(number) <= 12:
        readings.append(f"a month, as in '{year}-{int(number):02d}-01'")
    if separator == ".":
        readings.append("a decimal year")
    if not int(number):
        return ""
    if len(readings) == 1:
        return f"the day of the year has three digits, '{year}{separator}{int(number):03d}'"
    return f"could be {' or '.join(readings)}"


def _day_or_hour(match: re.Match[str]) -> str:
    year, first, second = match[1], int(match[2]), int(match[3])
    return f"could be '{year}-{first:02d}-{second:02d}', or '{year},{first:03d}' at {second:02d}:00"


def _short_day_with_clock(match: re.Match[str]) -> str:
    return f"the day of the year before a time has three digits, '{match[1]},{int(match[2]):03d}'"


def _week(_: re.Match[str]) -> str:
    return "ISO 8601 and UTCDateTime count weeks differently: write the date"


def _offset_or_clock(match: re.Match[str]) -> str:
    day, sign, hours, minutes = match.groups()
    clock = f"{hours}:{minutes or '00'}"
    if sign == "+":
        return f"write '{day}T00:00+{clock}'"
    return f"could be '{day}T{clock}', or '{day}T00:00{sign}{clock}' with an offset from UTC"


def _lost_plus(match: re.Match[str]) -> str:
    return f"a + in a URL becomes a space: write '{match[1]}%2B{match[2]}'"


def _encoded_twice(match: re.Match[str]) -> str:
    return f"is encoded for a URL once too often: write {unquote(match[0])!r}"


def _day_first(match: re.Match[str]) -> str:
    first, second, year = int(match[1]), int(match[2]), match[3]
    readings = [
        f"'{year}-{month:02d}-{day:02d}'"
        for month, day in dict.fromkeys(((first, second), (second, first)))
        if month <= 12
    ]
    return f"could be {' or '.join(readings)}" if readings else ""


def _digits(match: re.Match[str]) -> str:
    digits, seconds = match[0], int(match[0])
    readings = []
    if 1900 <= int(digits[:4]) < 2200 and len(digits) == 10:
        try:
            day = date(int(digits[:4]), int(digits[4:6]), int(digits[6:8]))
        except ValueError:
            pass
        else:
            readings.append(f"'{day}T{digits[8:]}:00'")
    moment = datetime.fromtimestamp(seconds, timezone.utc).isoformat()[:19]
    readings.append(f"seconds since 1970, '{moment}'")
    return f"could be {' or '.join(readings)}: write the date"


_FORMS: tuple[_Form, ...] = tuple(
    (re.compile(pattern, re.ASCII | re.IGNORECASE), reason)
    for pattern, reason in (
        (r"(\d{4})([-./_,]?)(\d{1,2})", _month_or_day),
        (r"(\d{4}),(\d{1,2}),(\d{1,2})", _day_or_hour),
        (r"(\d{4}),(\d{1,2})[T ].{1,40}", _short_day_with_clock),
        (r"\d{4}-?W\d{2}.{0,40}", _week),
        (r"(\d{4}[-/.,\d]{3,6}?)([+-])(\d{2}):?(\d{2})?", _offset_or_clock),
        (r"(.{1,40}T\d{2}:?\d{2}[:.\d]{0,13}) (\d{2}:?\d{2})", _lost_plus),
        (r"(?=.*%(?:2[bcf]|3a))[-\dTZ:.%a-f]{1,60}", _encoded_twice),
        (r"(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})", _day_first),
        (r"\d{9,10}", _digits),
    )
)
