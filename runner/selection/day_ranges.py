"""Days and ranges of days, such as "2019-07-01..2019-07-31"."""

import re

from shared.archive.day import DAY_NS, Day
from shared.errors import BadRequestError
from shared.fields import shown

RANGE = ".."
"""Separator between the first and the last day of a range."""

_CLOCK = re.compile("[t: ]", re.IGNORECASE)


def parse_days(text: str) -> tuple[Day, ...]:
    """Read a day such as "2019,183", or a range such as "2019-07-01..2019-07-31".

    Returns:
        The days in order, including both ends of a range.

    Raises:
        BadRequestError: the text is no day, or a range ends before it begins, or at a time.
    """
    first, is_range, last = text.partition(RANGE)
    if not is_range:
        return (Day.parse(text),)
    days = day_range(Day.parse(first), Day.parse(last))
    if _CLOCK.search(last.strip()):
        raise BadRequestError(
            f"day {shown(text)}: could include {days[-1]} or end before it: must end with a day",
            field="day",
        )
    return days


def day_range(first: Day, last: Day) -> tuple[Day, ...]:
    """Return the days from the first to the last, both included.

    Raises:
        BadRequestError: the last day is before the first.
    """
    if last < first:
        raise BadRequestError(
            f"{first}{RANGE}{last}: {last} is before {first}: must be the same day or later",
            field="day",
        )
    days = [first]
    while days[-1] < last:
        days.append(days[-1].next)
    return tuple(days)


def days_of_span(start_ns: int, end_ns: int) -> tuple[Day, ...]:
    """Return the days that a time span touches; an end at 00:00:00 does not add a day.

    Args:
        start_ns: the start in nanoseconds since 1970.
        end_ns: the end, which is not before the start.
    """
    first = Day.of_number(start_ns // DAY_NS)
    return day_range(first, max(first, Day.of_number((end_ns - 1) // DAY_NS)))
