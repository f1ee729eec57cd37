"""Station metadata.

stationxml: a station's StationXML, downloaded, and read for one channel as an ObsPy Inventory.
inventories: `Inventories`, the metadata of several channels, read in parallel.
"""
