"""Station metadata.

stationxml: a station's StationXML, downloaded, and read for one channel as an ObsPy Inventory.
inventories: `Inventories`, the metadata of several channels, read in parallel.
valid_epochs: the epochs of a channel that are valid at a time.
place: `Place`, the coordinates and the orientation of a sensor.
station_file: `StationFile`, a file's summary, and parts of it as XML, without ObsPy.
summary: the networks, stations and channel epochs of a file as texts.
epoch_times: the times of epochs as texts that sort.
plain_text: texts in ASCII without "|".
findings: faults of an epoch, and changes made to it, when its StationXML was read.
_document: a station's XML, parsed without trust, and cut down to one channel of bounded size.
_mending: StationXML that ObsPy would drop or refuse, mended before it reads it.
_dates: the dates of epochs that are no dates, out of range, or in the wrong order.
_summarize: the summary of a parsed file.
_versions: StationXML of older schemas as valid 1.2.
_reading: the mended document as an ObsPy Inventory, without responses that ObsPy refuses.
"""
