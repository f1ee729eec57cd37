"""Days and ranges of days, such as "2019-07-01..2019-07-31"."""

from shared.archive.day import Day
from shared.errors import BadRequestError

RANGE = ".."
"""Separator between the first and the last day of a range."""


def parse_days(text: str) -> tuple[Day, ...]:
    """Read a day such as "2019,183", or a range such as "2019-07-01..2019-07-31".

    Returns:
        The days in order, including both ends of a range.

    Raises:
        BadRequestError: the text is no day, or a range ends before it begins.
    """
    first, is_range, last = text.partition(RANGE)
    if not is_range:
        return (Day.parse(text),)
    return day_range(Day.parse(first), Day.parse(last))


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
