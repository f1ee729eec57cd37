"""Station metadata.

stationxml: a station's StationXML, downloaded, and read for one channel as an ObsPy Inventory.
inventories: `Inventories`, the metadata of several channels, read in parallel.
"""

from shared.stations.inventories import Inventories
from shared.stations.stationxml import download_stationxml, read_stationxml

__all__ = ["Inventories", "download_stationxml", "read_stationxml"]
