"""The archives that can be served.

source      `open_source`: the demo's archive, SCEDC's own bucket, or a folder of one's own
folder      `read_folder`: all miniSEED and StationXML files of a folder, under the archive's keys
records     the records of miniSEED files, by channel and day
stations    the stations of StationXML files
"""
