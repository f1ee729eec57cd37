"""Station metadata.

stationxml: a station's StationXML, downloaded, and read for one channel as an ObsPy Inventory.
inventories: `Inventories`, the metadata of several channels, read in parallel.
valid_epochs: the epochs of a channel that are valid at a time.
place: `Place`, the coordinates and the orientation of a sensor.
findings: faults of an epoch, and changes made to it, when its StationXML was read.
_mending: StationXML that ObsPy would drop or refuse, mended before it reads it.
"""
