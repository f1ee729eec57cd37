"""Days in UTC, one day object each.

ObsPy is loaded only by `Day.starttime`, so that code which names days and keys starts quickly.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Protocol

from shared.archive._written import DAY_NS, UNIX_DAY, days_since_1970, read
from shared.archive.ambiguous import describe_refusal
from shared.errors import BadRequestError
from shared.fields import shown

if TYPE_CHECKING:
    from obspy import UTCDateTime

__all__ = ["DAY_NS", "RIGHT_DAY", "YEARS", "Day"]

YEARS = range(1900, 2200)
"""Years of requests; well within the range of UTCDateTime's nanoseconds."""

RIGHT_DAY = (
    "must be 'YYYY,DDD' with the day of the year, such as '2019,183', or 'YYYY-MM-DD', or a time on"
    " the day"
)


class _Instant(Protocol):
    """The part of UTCDateTime that names a day."""

    @property
    def year(self) -> int: ...

    @property
    def julday(self) -> int: ...


@dataclass(frozen=True, order=True)
class Day:
    """A day, 00:00:00 to 24:00:00 UTC.

    Attributes:
        year: four digits.
        day_of_year: 1 to 366.

    Raises:
        BadRequestError: the year is out of range, or has no such day.
    """

    year: int
    day_of_year: int

    def __post_init__(self) -> None:
        # One more year on each side, for the days next to those of a request.
        if not YEARS.start - 1 <= self.year <= YEARS.stop:
            raise BadRequestError(f"day {self}: no such year in this archive", field="day")
        try:
            days_since_1970(self.year, self.day_of_year)
        except ValueError as error:
            raise BadRequestError(f"day {self}: {error}", field="day") from error

    @classmethod
    def parse(cls, text: str) -> "Day":
        """Parse "2019,183", "2019,5", "2019-07-02", "20190702", "2019183", or a time on the day.

        Raises:
            BadRequestError: the text has another form, could mean two days, or there is no such
                day.
        """
        try:
            written = read(text)
        except ValueError as error:
            message = f"day {shown(text)}: {describe_refusal(error, RIGHT_DAY)}"
            raise BadRequestError(message, field="day") from error
        day = cls(written.year, written.day_of_year)
        if day.year not in YEARS:
            message = f"day {shown(text)}: no such year in this archive"
            raise BadRequestError(message, field="day")
        if (in_utc := cls.of_number(written.ns // DAY_NS)) != day:
            raise BadRequestError(
                f"day {shown(text)}: could be '{day}', or '{in_utc}', the day of that time in UTC:"
                " give the day",
                field="day",
            )
        return day

    @classmethod
    def of(cls, time: _Instant) -> "Day":
        """Return the day of a time; 00:00:00 sharp belongs to the day that it begins."""
        return cls(time.year, time.julday)

    @classmethod
    def of_date(cls, day: date) -> "Day":
        """Return the day of a date of the calendar."""
        return cls(day.year, day.toordinal() - date(day.year, 1, 1).toordinal() + 1)

    @classmethod
    def of_number(cls, days: int) -> "Day":
        """Return the day that begins a number of days after 1970-01-01."""
        return cls.of_date(date.fromordinal(UNIX_DAY + days))

    @cached_property
    def number(self) -> int:
        """The number of days from 1970-01-01 to this day; the inverse of `of_number`."""
        return days_since_1970(self.year, self.day_of_year)

    @cached_property
    def starttime(self) -> "UTCDateTime":
        """00:00:00 of this day."""
        from obspy import UTCDateTime  # loading it takes a third of a second

        return UTCDateTime(
            ns=self.number * DAY_NS
        )  # by year and day, it takes twenty times as long

    @cached_property
    def next(self) -> "Day":
        """The following day."""
        return self.of_date(date(self.year, 1, 1) + timedelta(days=self.day_of_year))

    @cached_property
    def previous(self) -> "Day":
        """The preceding day."""
        return self.of_date(date(self.year, 1, 1) + timedelta(days=self.day_of_year - 2))

    def __str__(self) -> str:
        return f"{self.year:04d},{self.day_of_year:03d}"
