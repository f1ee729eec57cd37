"""An archive made of one's own files, in whatever folders they lie.

folder      `read_folder`: all miniSEED and StationXML files of a folder, under the archive's keys
records     the records of miniSEED files, by channel and day
stations    the stations of StationXML files
"""
