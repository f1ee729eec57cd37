"""Station metadata.

stationxml: a station's StationXML, downloaded, and read for one channel as an ObsPy Inventory.
inventories: `Inventories`, the metadata of several channels, read in parallel.
valid_epochs: the epochs of a channel that are valid at a time.
place: `Place`, the coordinates and the orientation of a sensor.
findings: faults of an epoch, and changes made to it, when its StationXML was read.
_document: a station's XML, parsed without trust, and cut down to one channel of bounded size.
_mending: StationXML that ObsPy would drop or refuse, mended before it reads it.
_dates: the dates of epochs that are no dates, out of range, or in the wrong order.
_reading: the mended document as an ObsPy Inventory, without responses that ObsPy refuses.
"""
