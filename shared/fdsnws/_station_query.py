"""The criteria of a request to the station service, with times as texts that sort."""

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from shared.fdsnws._station_patterns import PatternTable
from shared.holdings.patterns import TimedPatterns
from shared.stations.epoch_times import format_epoch_time
from shared.stations.summary import StationSummary

_SLACK_DEG = 1e-9
"""Degrees by which a station on the edge of a circle may lie outside by rounding."""

_BOX = ("minlatitude", "maxlatitude", "minlongitude", "maxlongitude")
_RADII = ("minradius", "maxradius")
_CIRCLE = ("latitude", "longitude", *_RADII)


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


@dataclass(frozen=True)
class StationQuery:
    """The criteria of a request.

    Attributes:
        level: "network", "station", "channel" or "response".
        table: codes and times; an epoch is selected if one of its patterns has it.
        window: bounds of the epochs of the level.
        area: the area of the stations.
        restricted: whether restricted epochs are included.
        updated_after: the files made after this time, a text of `epoch_times`; "" for all.
    """

    level: str
    table: PatternTable
    window: Window = Window()
    area: Area = Area()
    restricted: bool = True
    updated_after: str = ""

    @classmethod
    def of(
        cls, values: Mapping[str, Any], given: Collection[str], selections: Sequence[TimedPatterns]
    ) -> "StationQuery":
        """Return the criteria of a request; the arguments are members of `FdsnRequest`.

        Raises:
            TooLargeError: too many selections have wildcards, as of `PatternTable`.
        """
        return cls(
            values["level"],
            PatternTable(selections),
            Window(*(_time(values, name) for name in Window.__dataclass_fields__)),
            _area(values, given),
            values["includerestricted"],
            _time(values, "updatedafter"),
        )

    @property
    def by_channel(self) -> bool:
        """Whether epochs of channels are asked for."""
        return self.level in ("channel", "response")


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
