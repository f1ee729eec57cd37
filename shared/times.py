"""Days of the archive and times of requests, all in UTC."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone

from obspy import UTCDateTime

from shared.errors import BadRequestError

_ORDINAL_DAY = re.compile(r"(\d{4})[,-](\d{3})", re.ASCII)
_CALENDAR_DAY = re.compile(r"(\d{4})-(\d{2})-(\d{2})", re.ASCII)
_TIME = re.compile(
    r"(\d{4})-(\d{2})-(\d{2})"
    r"(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:\.(\d{1,9}))?)?)?"
    r"(Z|[+-]\d{2}:?\d{2})?",
    re.ASCII,
)
_YEARS = range(1900, 2200)  # of requests; well within what UTCDateTime's nanoseconds can hold
_RIGHT_DAY = "must be 'YYYY,DDD' with the day of the year, such as '2019,183', or 'YYYY-MM-DD'"
_RIGHT_TIME = "must be UTC as ISO 8601 writes it, such as '2024-01-01T00:05:00' or with '.250Z'"


@dataclass(frozen=True, order=True)
class Day:
    """A day of the archive, 00:00:00 to 24:00:00 UTC.

    Attributes:
        year: four digits.
        day_of_year: 1 to 366.

    Raises:
        BadRequestError: the archive has no such year, or the year no such day.
    """

    year: int
    day_of_year: int

    def __post_init__(self) -> None:
        # A year more to each side, for the days next to those of a request.
        if not _YEARS.start - 1 <= self.year <= _YEARS.stop:
            raise BadRequestError(f"day {self}: no such year in this archive", field="day")
        last = (date(self.year, 12, 31) - date(self.year, 1, 1)).days + 1
        if not 1 <= self.day_of_year <= last:
            raise BadRequestError(f"day {self}: {self.year} has days 001 to {last}", field="day")

    @classmethod
    def parse(cls, text: str) -> "Day":
        """Read a day from "2019,183", "2019-183" or "2019-07-02".

        Raises:
            BadRequestError: it is written in another way, or there is no such day.
        """
        if ordinal := _ORDINAL_DAY.fullmatch(text):
            day = cls(int(ordinal[1]), int(ordinal[2]))
        elif calendar := _CALENDAR_DAY.fullmatch(text):
            try:
                day = cls._of_date(date(*map(int, calendar.groups())))
            except ValueError as error:
                raise BadRequestError(f"day {text!r}: {error}", field="day") from error
        else:
            raise BadRequestError(f"day {text!r}: {_RIGHT_DAY}", field="day")
        if day.year not in _YEARS:
            raise BadRequestError(f"day {text!r}: no such year in this archive", field="day")
        return day

    @classmethod
    def of(cls, time: UTCDateTime) -> "Day":
        """The day that a time lies in; 00:00:00 sharp begins a day."""
        return cls(time.year, time.julday)

    @classmethod
    def _of_date(cls, day: date) -> "Day":
        return cls(day.year, day.timetuple().tm_yday)

    @property
    def starttime(self) -> UTCDateTime:
        """00:00:00 of this day."""
        return UTCDateTime(year=self.year, julday=self.day_of_year)

    @property
    def next(self) -> "Day":
        """The day after."""
        return self._of_date(date(self.year, 1, 1) + timedelta(days=self.day_of_year))

    @property
    def previous(self) -> "Day":
        """The day before."""
        return self._of_date(date(self.year, 1, 1) + timedelta(days=self.day_of_year - 2))

    def __str__(self) -> str:
        return f"{self.year:04d},{self.day_of_year:03d}"


def days_between(starttime: UTCDateTime, endtime: UTCDateTime) -> Iterator[Day]:
    """The days whose objects hold the samples from `starttime` to `endtime`, in order.

    An end at 00:00:00 sharp does not need the day that begins there, except where the start is
    that same instant.
    """
    day = Day.of(starttime)
    yield day
    while day.next.starttime < endtime:
        day = day.next
        yield day


def parse_time(text: str, field: str) -> UTCDateTime:
    """Read a time of a request.

    Stricter than UTCDateTime's own parser, which guesses: a date, or date and time, in ISO 8601's
    extended form; UTC unless it names an offset; up to nine decimals of a second.

    Args:
        text: such as "2024-01-01T00:05:00", "2024-01-01T00:05:00.250Z" or "2024-01-01".
        field: the request's name for it, for the error.

    Raises:
        BadRequestError: it is written in another way, or there is no such time.
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
    if year not in _YEARS:
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
    """A time as replies write it: UTC, six decimals, "Z"."""
    return str(time)
