"""A synthetic archive, whose true ground motion is known.

archive        the demo's archive: channel days and StationXML under SCEDC's keys
channel_day    one day of a channel: true ground motion, counts, miniSEED
ground_motion  the noise of a quiet site, and an earthquake
instrument     a broadband seismometer and digitizer: StationXML and frequency response
"""
