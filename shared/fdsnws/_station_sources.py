"""The parts of StationXML files that a request selects, with their elements as XML."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Protocol

from shared.archive.archive import Archive
from shared.fdsnws._station_networks import Part
from shared.fdsnws._station_selection import SelectedNetwork, SelectedStation
from shared.station_index.index import Shells, StationCodes, rank_of
from shared.stations.station_file import StationFile, with_extent


class Elements(Protocol):
    """Makes the elements of a file."""

    def network(self, network: SelectedNetwork) -> bytes:
        """Return an element Network without stations."""

    def station(self, network: SelectedNetwork, station: SelectedStation) -> bytes:
        """Return an element Station with its selected channels, as far as the level has them."""


@dataclass(frozen=True)
class IndexElements:
    """The elements of a file in the station index, which have no channels.

    Attributes:
        shells: the networks and stations of the file.
    """

    shells: Shells

    def network(self, network: SelectedNetwork) -> bytes:
        """Return an element Network without stations."""
        return self.shells[network.place][0]

    def station(self, network: SelectedNetwork, station: SelectedStation) -> bytes:
        """Return an element Station without channels."""
        xml = self.shells[network.place][1][station.place]
        return with_extent(xml, *station.extent) if station.extent else xml


@dataclass(frozen=True)
class FileElements:
    """The elements of a parsed file.

    Attributes:
        file: the file.
        level: the level of the request.
    """

    file: StationFile
    level: str

    def network(self, network: SelectedNetwork) -> bytes:
        """Return an element Network without stations."""
        return self.file.network_xml(network.place)

    def station(self, network: SelectedNetwork, station: SelectedStation) -> bytes:
        """Return an element Station with its selected channels, as far as the level has them."""
        if self.level not in ("channel", "response"):
            xml = self.file.station_xml(network.place, station.place)
            return with_extent(xml, *station.extent) if station.extent else xml
        return self.file.station_xml(
            network.place,
            station.place,
            station.channels,
            responses=self.level == "response",
            extents=station.extents,
        )


@dataclass
class Sources:
    """The parts of files that a request selects.

    Attributes:
        parts: the networks, with their selected stations.
        tags: keys and ETags of the files, and the ETag of the index as far as it answers.
        totals: the number of stations of each network in the archive, as far as it is known.
        notes: on files that could not be read, in words.
        networks: each network as an element without stations, by its file's key and its place.
        stations: each station as an element, by its file's key and both places.
    """

    parts: list[Part] = field(default_factory=list)
    tags: list[str] = field(default_factory=list)
    totals: dict[str, int] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    networks: dict[tuple[str, int], bytes] = field(default_factory=dict)
    stations: dict[tuple[str, int, int], bytes] = field(default_factory=dict)

    def add(
        self,
        archive: Archive,
        key: str,
        networks: Iterable[SelectedNetwork],
        elements: Elements | None,
    ) -> None:
        """Add the selected networks of a file.

        Args:
            archive: the archive.
            key: the file's key.
            networks: the networks.
            elements: makes their elements; None if they are not needed.
        """
        for network in networks:
            station = network.stations[0].summary.code if network.stations else ""
            rank = rank_of(archive, key, (network.summary.code, station))
            self.parts.append(Part(key, rank, network))
            if elements:
                self.networks[key, network.place] = elements.network(network)
                for each in network.stations:
                    place = key, network.place, each.place
                    self.stations[place] = elements.station(network, each)

    def update(self, other: "Sources") -> None:
        """Add all parts of other files."""
        self.parts += other.parts
        self.networks |= other.networks
        self.stations |= other.stations

    def keep(self, places: Mapping[StationCodes, str]) -> None:
        """Drop each station that is in another file than its own; `places` has their keys."""
        kept = []
        for part in self.parts:
            code, stations = part.summary.code, part.network.stations
            own = [each for each in stations if places[code, each.summary.code] == part.source]
            if own or not stations:
                kept.append(replace(part, network=replace(part.network, stations=own)))
        self.parts = kept

    def network_xml(self, part: Part) -> bytes:
        """Return a network of a file as an element Network without stations."""
        return self.networks[part.source, part.network.place]

    def station_xml(self, part: Part, station: SelectedStation) -> bytes:
        """Return a station of a file as an element Station with its selected channels."""
        return self.stations[part.source, part.network.place, station.place]
