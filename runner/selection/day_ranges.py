"""Days, and ranges of them, as they are typed."""

from shared.archive.day import Day
from shared.errors import BadRequestError

RANGE = ".."
"""Between a range's first and last day."""


def parse_days(text: str) -> tuple[Day, ...]:
    """Read a day such as "2019,183", or a range such as "2019-07-01..2019-07-31".

    Returns:
        The days in order; both ends of a range are included.

    Raises:
        BadRequestError: there is no such day, or a range ends before it begins.
    """
    first, is_range, last = text.partition(RANGE)
    if not is_range:
        return (Day.parse(text),)
    return day_range(Day.parse(first), Day.parse(last))


def day_range(first: Day, last: Day) -> tuple[Day, ...]:
    """The days from one to another, both included.

    Raises:
        BadRequestError: the last lies before the first.
    """
    if last < first:
        raise BadRequestError(
            f"{first}{RANGE}{last}: {last} lies before {first}, must be the same or later",
            field="day",
        )
    days = [first]
    while days[-1] < last:
        days.append(days[-1].next)
    return tuple(days)
