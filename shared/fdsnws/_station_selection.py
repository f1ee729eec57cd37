"""The networks, stations and channels of StationXML files that a request selects."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING

from shared.fdsnws._station_patterns import Pattern
from shared.fdsnws._station_query import StationQuery
from shared.stations.summary import CLOSED, FileSummary, NetworkSummary, StationSummary

if TYPE_CHECKING:
    from shared.fdsnws._station_data import DataDays, Extent


@dataclass(frozen=True)
class SelectedStation:
    """An epoch of a station.

    Attributes:
        place: its place in its network's summary.
        summary: its summary.
        channels: the places of the selected channels in its rows.
        extents: the extents of their data by place, if they are asked for.
    """

    place: int
    summary: StationSummary
    channels: list[int]
    extents: "Mapping[int, Extent]" = field(default_factory=dict)

    @property
    def extent(self) -> "Extent | None":
        """The extent of the data of all its channels; None without any."""
        if not self.extents:
            return None
        starts, ends = zip(*self.extents.values(), strict=True)
        return min(starts), max(ends)


@dataclass(frozen=True)
class SelectedNetwork:
    """A network of a file.

    Attributes:
        place: its place in the file's summary.
        summary: its summary.
        stations: its selected stations, in the file's order.
    """

    place: int
    summary: NetworkSummary
    stations: list[SelectedStation] = field(default_factory=list)


class Selector:
    """Selects the parts of files for a request.

    Args:
        query: the criteria.
        data: the days on which channels have data; None if nobody asks for them.
        with_data: whether a channel must have data to be selected.
        counts: whether the selected channels are counted at the levels above.

    Attributes:
        query: the criteria.
        looks_at_data: whether the result depends on the archive's data.
    """

    def __init__(
        self,
        query: StationQuery,
        data: "DataDays | None" = None,
        *,
        with_data: bool = False,
        counts: bool = True,
    ) -> None:
        self.query, self._data, self._with_data = query, data, with_data
        self._counts = counts
        self._by_codes: dict[tuple[Pattern, ...], dict[tuple[str, str], list[Pattern]]] = {}
        self.looks_at_data = data is not None
        self._patterns_of = lru_cache(None)(query.table.of_station)
        self._is_in_time = lru_cache(None)(self._has_network)
        self._takes_all = self._takes_all_channels()

    def has_station(self, network: str, station: str) -> bool:
        """Return whether a station's codes are asked for."""
        return bool(self._patterns_of(network, station))

    def select(
        self, file: FileSummary, stations: Collection[tuple[str, str]] | None = None
    ) -> Iterator[SelectedNetwork]:
        """Yield the networks of a file that are selected, with their stations and channels.

        Args:
            file: the file.
            stations: network and station of those that the file is the source of, and of networks
                without stations, whose station is ""; None for all of the file's.
        """
        query = self.query
        if query.updated_after and file.created and file.created <= query.updated_after:
            return
        for place, network in enumerate(file.networks):
            if query.level == "network" and not self._takes_network(network):
                continue
            found = SelectedNetwork(place, network)
            for number, station in enumerate(network.stations):
                codes = network.code, station.code
                if stations is not None and codes not in stations:
                    continue
                if self.has_station(*codes) and query.area.takes(station):
                    found.stations.extend(self._station(number, station, codes))
            if found.stations or self._takes_alone(network, stations):
                yield found

    def _takes_network(self, network: NetworkSummary) -> bool:
        query = self.query
        return (
            (query.restricted or network.status != CLOSED)
            and query.window.takes(network.start, network.end)
            and self._is_in_time(network.code, network.start, network.end)
        )

    def _takes_alone(
        self, network: NetworkSummary, stations: Collection[tuple[str, str]] | None
    ) -> bool:
        """Return whether a network is selected by itself, whatever stations it has."""
        query = self.query
        if query.level != "network" or query.area.box or query.area.circle or self._with_data:
            return False
        is_source = stations is None or any(code == network.code for code, _ in stations)
        return is_source and self._is_in_time(network.code, network.start, network.end, whole=True)

    def _has_network(self, code: str, start: str, end: str, *, whole: bool = False) -> bool:
        """Return whether a pattern has stations, or all stations, of a network at its time."""
        return any(
            pattern.has_network(code)
            and pattern.meets(start, end)
            and (not whole or (pattern.any_station and pattern.any_channel))
            for pattern in self.query.table.patterns
        )

    def _station(
        self, place: int, station: StationSummary, codes: tuple[str, str]
    ) -> Iterator[SelectedStation]:
        """Yield the station, if it is selected."""
        query = self.query
        patterns = self._patterns_of(*codes)
        if query.by_channel:
            found = self._with_channels(place, station, codes, patterns)
            if found.channels:
                yield found
            return
        in_time = tuple(each for each in patterns if each.meets(station.start, station.end))
        is_selected = in_time and (query.restricted or station.status != CLOSED)
        if query.level == "station":
            is_selected = is_selected and query.window.takes(station.start, station.end)
        if not is_selected:
            return
        is_alone = not self._with_data and any(each.any_channel for each in in_time)
        if is_alone and not self._counts:
            yield SelectedStation(place, station, [])
            return
        found = self._with_channels(place, station, codes, patterns)
        if is_alone or found.channels:
            yield found

    def _with_channels(
        self,
        place: int,
        station: StationSummary,
        codes: tuple[str, str],
        patterns: tuple[Pattern, ...],
    ) -> SelectedStation:
        channels = self._channels(station, patterns)
        extents = self._extents(station, codes, channels)
        if self._with_data:
            channels = [each for each in channels if each in extents]
        return SelectedStation(place, station, channels, extents)

    def _extents(
        self, station: StationSummary, codes: tuple[str, str], channels: Iterable[int]
    ) -> "dict[int, Extent]":
        """Return the extents of the data of channels that have any."""
        extents: dict[int, Extent] = {}
        if self._data is None:
            return extents
        for place in channels:
            location, channel, rest = station.rows[place].split("|", 2)
            _, start, end, _ = rest.rsplit("|", 3)
            extent = self._data.extent((*codes, location, channel), start, end)
            if extent:
                extents[place] = extent
        return extents

    def _channels(self, station: StationSummary, patterns: tuple[Pattern, ...]) -> list[int]:
        """Return the places of the channels that are selected."""
        if self._takes_all:
            return list(range(len(station.rows)))
        query = self.query
        window = query.window if query.by_channel else None
        found = []
        by_codes = self._by_codes.setdefault(patterns, {})
        for place, row in enumerate(station.rows):
            location, channel, rest = row.split("|", 2)
            codes = location, channel
            matching = by_codes.get(codes)
            if matching is None:
                matching = [each for each in patterns if each.has_channel(location, channel)]
                by_codes[codes] = matching
            if not matching:
                continue
            _, start, end, status = rest.rsplit("|", 3)
            if status == CLOSED and not query.restricted:
                continue
            if window and not window.takes(start, end):
                continue
            if any(pattern.meets(start, end) for pattern in matching):
                found.append(place)
        return found

    def _takes_all_channels(self) -> bool:
        """Return whether every channel of a selected station is selected."""
        query = self.query
        return (
            query.restricted
            and not (query.by_channel and any(vars(query.window).values()))
            and all(each.any_channel and each.is_open for each in query.table.patterns)
        )
