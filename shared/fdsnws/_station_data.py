"""The days on which channels have data, for `matchtimeseries` and `includeavailability`."""

from collections.abc import Sequence
from threading import Lock
from typing import Any

from shared import limits
from shared.archive.archive import Archive
from shared.archive.day import DAY_NS, Day
from shared.aws.s3_client import in_threads
from shared.errors import TooLargeError
from shared.holdings.bounds import check_index_days, part_with_data
from shared.holdings.day_holdings import holdings_on
from shared.holdings.holding import touched_days
from shared.holdings.patterns import TimedPatterns
from shared.stations.epoch_times import format_epoch_time

ChannelCodes = tuple[str, str, str, str]
"""Network, station, location and channel."""

Extent = tuple[str, str]
"""The start and the end of data, as texts of `epoch_times`."""

_MICROSECOND_NS = 1_000

_MOST_LOOKUPS = 4_000
"""Lines times days of a request. Each look-up takes up to two milliseconds."""


class DataDays:
    """The days on which the channels of a request have data, by the archive's index of each day.

    Args:
        archive: the archive.
        selections: the channels and times of the request.

    Raises:
        TooLargeError: a time is open, or there are more days than `limits.max_index_days`.
        BadRequestError: the archive has no index of a day, and may not be listed.
        S3Error: S3 could not be reached, or refused.
    """

    def __init__(self, archive: Archive, selections: Sequence[TimedPatterns]) -> None:
        wanted = _wanted(selections)
        self._days: dict[ChannelCodes, list[int]] = {}
        lock = Lock()

        def add(day: Day) -> None:
            own = wanted[day]
            holdings = holdings_on(archive, day, own)
            found = {item.channel for each in own for item in holdings.select(each)}
            with lock:
                for channel in found:
                    codes = channel.network, channel.station, channel.location, channel.channel
                    self._days.setdefault(codes, []).append(day.number)

        in_threads(add, sorted(wanted))
        for days in self._days.values():
            days.sort()

    def extent(self, codes: ChannelCodes, start: str, end: str) -> Extent | None:
        """Return the extent of a channel's data in an epoch, to the day; None without data.

        Args:
            codes: the channel.
            start: the start of the epoch, a text of `epoch_times`; "" if it is not known.
            end: its end; "" if it is open.
        """
        days = [
            day
            for day in self._days.get(codes, ())
            if (not end or _begin(day) <= end) and _end(day) >= start
        ]
        if not days:
            return None
        last = _end(days[-1])
        return max(_begin(days[0]), start), min(last, end or last)


def _wanted(selections: Sequence[TimedPatterns]) -> dict[Day, list[TimedPatterns]]:
    """Return the selections of each day, those with the same codes once.

    Raises:
        TooLargeError: a time is open, or there are too many days or look-ups.
    """
    wanted: dict[Day, dict[Any, TimedPatterns]] = {}
    lookups = 0
    for each in selections:
        if each.start is None or each.end is None:
            limit = limits.max_index_days()
            raise TooLargeError(
                "matchtimeseries and includeavailability look into each day: give starttime and"
                f" endtime, at most {limit:,} days apart",
                limit=limit,
            )
        part = part_with_data(each.start, each.end)
        if part is None:
            continue
        days = part[1] // DAY_NS - part[0] // DAY_NS + 1
        check_index_days(days)
        lookups += days
        if lookups > _MOST_LOOKUPS:
            raise TooLargeError(
                "matchtimeseries and includeavailability look for each line of a request in each of"
                f" its days: at most {_MOST_LOOKUPS:,} times; split the request",
                limit=_MOST_LOOKUPS,
            )
        codes = each.network, each.station, each.location, each.channel
        for day in touched_days(*part):
            wanted.setdefault(day, {})[codes] = each
    check_index_days(len(wanted))
    return {day: list(found.values()) for day, found in wanted.items()}


def _begin(day: int) -> str:
    return format_epoch_time(day * DAY_NS)


def _end(day: int) -> str:
    return format_epoch_time((day + 1) * DAY_NS - _MICROSECOND_NS)
