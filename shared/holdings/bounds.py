"""The bounds of a request's times, days and patterns, checked before anything is read."""

import time
from collections.abc import Iterable, Sequence

from shared import limits
from shared.archive.day import DAY_NS, YEARS, Day
from shared.errors import TooLargeError
from shared.holdings.patterns import TimedPatterns, has_exact_station, stations_of

_FIRST_NS = Day(YEARS.start, 1).number * DAY_NS
"""No archive has data before it."""

_PATTERNS_OF_A_DAY = 10
"""A pattern takes up to a millisecond to be compared with the stations of a day."""


def part_with_data(start_ns: int, end_ns: int) -> tuple[int, int] | None:
    """Return the part of a time span that may have data, up to the end of tomorrow; None for none.

    All times are in ns since 1970, and included.
    """
    tomorrow_ns = (time.time_ns() // DAY_NS + 2) * DAY_NS - 1
    start_ns, end_ns = max(start_ns, _FIRST_NS), min(end_ns, tomorrow_ns)
    return (start_ns, end_ns) if start_ns <= end_ns else None


def check_index_days(days: int) -> None:
    """Refuse wildcards over too many days, before any index is read.

    Raises:
        TooLargeError: there are more than `limits.max_index_days`.
    """
    limit = limits.max_index_days()
    if days > limit:
        raise TooLargeError(
            f"codes with wildcards ask for the channels of {days:,} days: at most {limit:,} days in"
            " one request (MAX_INDEX_DAYS); ask for a shorter time, or for exact codes",
            days=days,
            limit=limit,
        )


def check_channel_days(days: int) -> None:
    """Refuse a request for too many channel days.

    Raises:
        TooLargeError: there are more than `limits.max_channel_days`.
    """
    limit = limits.max_channel_days()
    if days > limit:
        raise TooLargeError(
            f"the request selects {days:,} channel days: at most {limit:,} in one request"
            " (MAX_CHANNEL_DAYS); ask for fewer channels, or for a shorter time",
            channel_days=days,
            limit=limit,
        )


def check_comparisons(selections_of_days: Iterable[Sequence[TimedPatterns]]) -> None:
    """Refuse too many patterns of stations: each is compared with all stations of a day.

    Raises:
        TooLargeError: the days have more than ten times `limits.max_index_days` together.
    """
    count = sum(
        len({stations_of(each) for each in selections if not has_exact_station(each)})
        for selections in selections_of_days
    )
    limit = _PATTERNS_OF_A_DAY * limits.max_index_days()
    if count > limit:
        raise TooLargeError(
            f"the request has {count:,} different lines with wildcards in network or station, of"
            f" all its days together: at most {limit:,} in one request; join codes by commas, name"
            " stations without wildcards, or split it",
            lines=count,
            limit=limit,
        )
