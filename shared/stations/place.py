"""The place and orientation of a sensor, from a station's metadata."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from shared.stations.valid_epochs import valid_epochs

if TYPE_CHECKING:
    from obspy import Inventory, UTCDateTime


@dataclass(frozen=True)
class Place:
    """The place and orientation of one component of a sensor, as StationXML gives them.

    Attributes:
        latitude: in degrees, north positive.
        longitude: in degrees, east positive.
        elevation: of the ground, in m above sea level.
        depth: of the sensor below the ground, in m.
        azimuth: of the component, in degrees from north, clockwise; None if not given.
        dip: of the component, in degrees down from the horizontal; None if not given.
    """

    latitude: float
    longitude: float
    elevation: float
    depth: float
    azimuth: float | None
    dip: float | None


def find_place(inventory: "Inventory", time: "UTCDateTime") -> Place | None:
    """Return the place of a channel at a time; None if no epoch is valid then.

    Of several epochs that are valid, the first in the file counts, as for the response.

    Args:
        inventory: the metadata of one channel, as `read_stationxml` returns it.
        time: the time.
    """
    epochs = [channel for network in inventory for station in network for channel in station]
    valid = valid_epochs(epochs, time)
    if not valid:
        return None
    epoch = valid[0]
    return Place(
        latitude=float(epoch.latitude),
        longitude=float(epoch.longitude),
        elevation=float(epoch.elevation),
        depth=float(epoch.depth),
        azimuth=None if epoch.azimuth is None else float(epoch.azimuth),
        dip=None if epoch.dip is None else float(epoch.dip),
    )
