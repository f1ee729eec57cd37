"""The station index: a summary of all StationXML files of the archive, as one object.

With it, requests for many stations need not read hundreds of files.

index: `StationIndex`, the content of the object.
update: makes the index, or brings it up to date.
warm: the index in the memory of a warm container.
_rows: the rows of the channels of a file, decompressed at need.
"""
