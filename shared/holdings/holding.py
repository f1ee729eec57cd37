"""A channel's day in the archive, and a time span of a channel."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import product
from typing import NamedTuple

from shared.archive.channel_id import ChannelId
from shared.archive.channel_patterns import has_wildcard, match_codes
from shared.archive.day import DAY_NS, Day
from shared.holdings.patterns import CodePatterns


class Holding(NamedTuple):
    """A channel's day that the archive has.

    Attributes:
        channel: the channel.
        day: the day.
        latitude: in degrees; None if the index does not have it.
        longitude: likewise.
        sampling_rate: in Hz; None if the index does not have it.
    """

    channel: ChannelId
    day: Day
    latitude: float | None = None
    longitude: float | None = None
    sampling_rate: float | None = None


class DayHoldings:
    """The holdings of a day, each channel once, sorted by network, station, location and channel.

    Args:
        holdings: in any order; the first of a channel is kept.
    """

    def __init__(self, holdings: Iterable[Holding]) -> None:
        found: dict[ChannelId, Holding] = {}
        for holding in holdings:
            found.setdefault(holding.channel, holding)
        self.all = tuple(found[channel] for channel in sorted(found, key=nslc))
        self._stations: dict[tuple[str, str], list[Holding]] = {}
        for holding in self.all:
            station = holding.channel.network, holding.channel.station
            self._stations.setdefault(station, []).append(holding)

    def select(self, patterns: CodePatterns) -> list[Holding]:
        """Return the holdings whose channels match."""
        matches_location = match_codes(tuple(patterns.location))
        matches_channel = match_codes(tuple(patterns.channel))
        return [
            holding
            for station in self._select_stations(patterns.network, patterns.station)
            for holding in self._stations[station]
            if matches_location(holding.channel.location)
            and matches_channel(holding.channel.channel)
        ]

    def _select_stations(
        self, networks: Sequence[str], stations: Sequence[str]
    ) -> list[tuple[str, str]]:
        if not any(map(has_wildcard, (*networks, *stations))):
            named = product(sorted(set(networks)), sorted(set(stations)))
            return [station for station in named if station in self._stations]
        matches_network, matches_station = map(match_codes, (tuple(networks), tuple(stations)))
        return [
            (network, station)
            for network, station in self._stations
            if matches_network(network) and matches_station(station)
        ]


@dataclass(frozen=True)
class ChannelSpan:
    """A time span of one channel.

    Attributes:
        channel: the channel.
        start_ns: the start in ns since 1970.
        end_ns: the end in ns since 1970, included.
    """

    channel: ChannelId
    start_ns: int
    end_ns: int


def touched_days(start_ns: int, end_ns: int) -> tuple[Day, ...]:
    """Return the days from one time to another, both in ns since 1970 and included.

    An end at 00:00:00 touches the day that it begins, unlike for `shared.archive.time`.

    Raises:
        BadRequestError: a day is out of the range of `Day`.
    """
    numbers = range(start_ns // DAY_NS, end_ns // DAY_NS + 1)
    return tuple(map(_day_of_number, numbers))


_day_of_number = lru_cache(20_000)(Day.of_number)


def nslc(channel: ChannelId) -> tuple[str, str, str, str]:
    """Return the codes in the order by which FDSN services sort channels."""
    return channel.network, channel.station, channel.location, channel.channel
