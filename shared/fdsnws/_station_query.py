"""The criteria of a request to the station service, with times as texts that sort."""

import math
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from shared.archive.channel_patterns import has_wildcard, match_codes
from shared.stations.epoch_times import format_epoch_time
from shared.stations.summary import StationSummary

_SLACK_DEG = 1e-9
"""Degrees by which a station on the edge of a circle may lie outside by rounding."""

_BOX = ("minlatitude", "maxlatitude", "minlongitude", "maxlongitude")
_RADII = ("minradius", "maxradius")
_CIRCLE = ("latitude", "longitude", *_RADII)


class Patterns(Protocol):
    """Patterns of codes with a time span; see `shared.fdsnws.request.Selection`."""

    @property
    def network(self) -> Sequence[str]:
        """The patterns of the network code."""

    @property
    def station(self) -> Sequence[str]:
        """The patterns of the station code."""

    @property
    def location(self) -> Sequence[str]:
        """The patterns of the location code."""

    @property
    def channel(self) -> Sequence[str]:
        """The patterns of the channel code."""

    @property
    def start(self) -> int | None:
        """The start in ns since 1970; None if it is open."""

    @property
    def end(self) -> int | None:
        """The end in ns since 1970, included; None if it is open."""


@dataclass(frozen=True)
class Window:
    """Strict bounds of the start and the end of epochs, as texts of `epoch_times`; "" for none."""

    startbefore: str = ""
    startafter: str = ""
    endbefore: str = ""
    endafter: str = ""

    def takes(self, start: str, end: str) -> bool:
        """Return whether an epoch lies within the bounds; its end is "" if it is open."""
        return (
            (not self.startbefore or start < self.startbefore)
            and (not self.startafter or start > self.startafter)
            and (not self.endbefore or "" < end < self.endbefore)
            and (not self.endafter or not end or end > self.endafter)
        )


@dataclass(frozen=True)
class Area:
    """A box or a circle, or neither.

    Attributes:
        box: latitudes from and to, then longitudes from and to, in degrees, all included. Where
            the first longitude is the larger one, the box crosses the date line. None for no box.
        circle: latitude and longitude of the centre, and the radii from and to, all in degrees of
            arc on a sphere, both radii included. None for no circle.
    """

    box: tuple[float, float, float, float] | None = None
    circle: tuple[float, float, float, float] | None = None

    def takes(self, station: StationSummary) -> bool:
        """Return whether a station lies in the area; one without coordinates lies in none."""
        if not self.box and not self.circle:
            return True
        if not station.latitude or not station.longitude:
            return False
        latitude, longitude = float(station.latitude), float(station.longitude)
        if self.box:
            south, north, west, east = self.box
            crosses = west > east
            in_longitude = (
                longitude >= west or longitude <= east if crosses else west <= longitude <= east
            )
            if not (south <= latitude <= north and in_longitude):
                return False
        if self.circle:
            *centre, nearest, farthest = self.circle
            arc = _arc_deg(centre[0], centre[1], latitude, longitude)
            return nearest - _SLACK_DEG <= arc <= farthest + _SLACK_DEG
        return True


class Pattern:
    """One selection: codes and a time span, ready to be compared.

    Attributes:
        start: its start as a text of `epoch_times`; "" if it is open.
        end: its end, included; "" if it is open.
        any_station: whether it has all networks' stations.
        any_channel: whether it has all channels of its stations.
    """

    def __init__(self, patterns: Patterns) -> None:
        self.network, self.station = _matcher(patterns.network), _matcher(patterns.station)
        self.location, self.channel = _matcher(patterns.location), _matcher(patterns.channel)
        self.start = "" if patterns.start is None else format_epoch_time(patterns.start)
        self.end = "" if patterns.end is None else format_epoch_time(patterns.end)
        self.any_station = self.station is None
        self.any_channel = self.location is None and self.channel is None

    def has_station(self, network: str, station: str) -> bool:
        """Return whether it has the channels of a station."""
        return self.has_network(network) and (self.station is None or self.station(station))

    def has_network(self, network: str) -> bool:
        """Return whether it has stations of a network."""
        return self.network is None or self.network(network)

    def has_channel(self, location: str, channel: str) -> bool:
        """Return whether it has a channel of its stations."""
        return (self.channel is None or self.channel(channel)) and (
            self.location is None or self.location(location)
        )

    def meets(self, start: str, end: str) -> bool:
        """Return whether an epoch has any time in common with it."""
        return (not self.end or start <= self.end) and (not end or end >= self.start)


@dataclass(frozen=True)
class StationQuery:
    """The criteria of a request.

    Attributes:
        level: "network", "station", "channel" or "response".
        patterns: an epoch is selected if one of them has it.
        window: bounds of the epochs of the level.
        area: the area of the stations.
        restricted: whether restricted epochs are included.
        updated_after: the files made after this time, a text of `epoch_times`; "" for all.
    """

    level: str
    patterns: tuple[Pattern, ...]
    window: Window = Window()
    area: Area = Area()
    restricted: bool = True
    updated_after: str = ""

    @classmethod
    def of(
        cls, values: Mapping[str, Any], given: Collection[str], selections: Sequence[Patterns]
    ) -> "StationQuery":
        """Return the criteria of a request; the arguments are members of `FdsnRequest`."""
        return cls(
            values["level"],
            tuple(map(Pattern, selections)),
            Window(*(_time(values, name) for name in Window.__dataclass_fields__)),
            _area(values, given),
            values["includerestricted"],
            _time(values, "updatedafter"),
        )

    @property
    def by_channel(self) -> bool:
        """Whether epochs of channels are asked for."""
        return self.level in ("channel", "response")


def exact_stations(selections: Sequence[Patterns]) -> list[tuple[str, str]] | None:
    """Return the stations that selections name, in order; None if some have wildcards."""
    found: dict[tuple[str, str], None] = {}
    for each in selections:
        if any(map(has_wildcard, (*each.network, *each.station))):
            return None
        for network in each.network:
            found.update(dict.fromkeys((network, station) for station in each.station))
    return sorted(found)


def _time(values: Mapping[str, Any], name: str) -> str:
    ns = values.get(name)
    return "" if ns is None else format_epoch_time(ns)


def _area(values: Mapping[str, Any], given: Collection[str]) -> Area:
    """Return the area of a request, which has either a box or a circle; see `check_area`."""
    box: Any = tuple(values[name] for name in _BOX)
    circle: Any = tuple(values[name] for name in _CIRCLE)
    return Area(
        box if any(name in given for name in _BOX) else None,
        circle if any(name in given for name in _RADII) else None,
    )


def _matcher(patterns: Sequence[str]) -> Callable[[str], bool] | None:
    """Return a function that compares codes; None if all match, of whatever characters."""
    if any(pattern and not pattern.strip("*") for pattern in patterns):
        return None
    if not any(map(has_wildcard, patterns)):
        return frozenset(patterns).__contains__
    return match_codes(patterns)


def _arc_deg(latitude: float, longitude: float, other: float, other_longitude: float) -> float:
    """Return the distance of two points on a sphere in degrees of arc.

    The arctangent keeps its precision for near and for opposite points, as in ObsPy's
    `locations2degrees`.
    """
    first, second = math.radians(latitude), math.radians(other)
    turn = math.radians(other_longitude - longitude)
    across = math.hypot(
        math.cos(second) * math.sin(turn),
        math.cos(first) * math.sin(second) - math.sin(first) * math.cos(second) * math.cos(turn),
    )
    along = math.sin(first) * math.sin(second) + math.cos(first) * math.cos(second) * math.cos(turn)
    return math.degrees(math.atan2(across, along))
