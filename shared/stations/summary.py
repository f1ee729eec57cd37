"""The networks, stations and channel epochs of a StationXML file, as FDSN's text formats show them.

A summary has all that a station service selects by. It is small, and made of texts alone, so that
an index of many files is read without an XML parser.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

TakeRows = Callable[[int], Sequence[str]]
"""Returns the next rows of a file, of a number of them."""

CLOSED = "closed"
"""The status of an epoch whose data are restricted, as `restrictedStatus` of StationXML."""


@dataclass(frozen=True)
class StationSummary:
    """An epoch of a station.

    Attributes:
        code: the station code.
        start: the start of the epoch, as of `epoch_times`; "" if no date below it is known either.
        end: its end; "" if it is open.
        status: "open", "closed", "partial" or "".
        latitude: in degrees, as the file writes it; "" if it has none.
        longitude: likewise.
        elevation: in m, likewise.
        site: the name of the site, in ASCII without "|".
        rows: the epochs of its channels, each as the columns from Location to EndTime of FDSN's
            text format and the status, joined by "|".
    """

    code: str
    start: str
    end: str
    status: str
    latitude: str
    longitude: str
    elevation: str
    site: str
    rows: Sequence[str]

    def to_json(self) -> list[Any]:
        """Return the summary as JSON, with the number of its rows alone."""
        return [
            self.code, self.start, self.end, self.status, self.latitude, self.longitude,
            self.elevation, self.site, len(self.rows),
        ]  # fmt: skip

    @classmethod
    def of_json(cls, value: list[Any], take: TakeRows) -> "StationSummary":
        """Return the summary that `to_json` wrote."""
        code, start, end, status, latitude, longitude, elevation, site, count = value
        rows = take(count)
        return cls(code, start, end, status, latitude, longitude, elevation, site, rows)


@dataclass(frozen=True)
class NetworkSummary:
    """A network of a file.

    Attributes:
        code: the network code.
        start: the start of the network, as of `epoch_times`; "" if the file does not date it.
        end: its end; "" if it is open.
        status: "open", "closed", "partial" or "".
        description: in ASCII without "|".
        total: the number of stations that the file states for the network; 0 if it states none.
        stations: the epochs of its stations.
    """

    code: str
    start: str
    end: str
    status: str
    description: str
    total: int
    stations: tuple[StationSummary, ...]

    def to_json(self) -> list[Any]:
        """Return the summary as JSON, without the rows of its stations."""
        stations = [station.to_json() for station in self.stations]
        return [
            self.code, self.start, self.end, self.status, self.description, self.total, stations,
        ]  # fmt: skip

    @classmethod
    def of_json(cls, value: list[Any], take: TakeRows) -> "NetworkSummary":
        """Return the summary that `to_json` wrote."""
        code, start, end, status, description, total, stations = value
        found = tuple(StationSummary.of_json(station, take) for station in stations)
        return cls(code, start, end, status, description, total, found)

    @property
    def earliest(self) -> str:
        """The start of the network, or else of its earliest station; "" if none is dated."""
        return self.start or min((each.start for each in self.stations if each.start), default="")


@dataclass(frozen=True)
class FileSummary:
    """A StationXML file.

    Attributes:
        created: when the file was made, by its own statement; "" if it does not say.
        networks: its networks.
    """

    created: str
    networks: tuple[NetworkSummary, ...]

    @property
    def rows(self) -> list[str]:
        """The rows of all stations, in their order."""
        return [row for net in self.networks for each in net.stations for row in each.rows]

    def to_json(self) -> list[Any]:
        """Return the summary as JSON, without its rows."""
        return [self.created, *(network.to_json() for network in self.networks)]

    @classmethod
    def of_json(cls, value: list[Any], take: TakeRows) -> "FileSummary":
        """Return the summary that `to_json` wrote.

        Args:
            value: the JSON.
            take: returns the next of the file's `rows`, of a number of them.
        """
        created, *networks = value
        return cls(created, tuple(NetworkSummary.of_json(each, take) for each in networks))

    @property
    def stations(self) -> set[tuple[str, str]]:
        """Network and station of each station of the file."""
        return {(each.code, station.code) for each in self.networks for station in each.stations}

    def in_order(self) -> "FileSummary":
        """Return the summary with the channels of each station by location, code and start."""
        networks = []
        for network in self.networks:
            stations = [
                replace(station, rows=tuple(sorted(station.rows, key=_row_order)))
                for station in network.stations
            ]
            networks.append(replace(network, stations=tuple(stations)))
        return replace(self, networks=tuple(networks))


def _row_order(row: str) -> tuple[str, str, str]:
    columns = row.split("|")
    return columns[0], columns[1], columns[-3]
