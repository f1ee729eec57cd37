"""Archives: names, keys and times.

archive: `Archive`, the bucket and the keys of an archive; `DayObject`, a channel's day in it.
scedc: the SCEDC Open Data Set.
registry: the archives by name, and the one that the settings choose.
channel_id: `ChannelId`, network, station, channel and location codes.
channel_patterns: codes with the wildcards "*" and "?".
request_channel: the channel of a request, as one text or as codes.
day: `Day`, a day of the year in UTC.
instant: the times of requests in nanoseconds, read without ObsPy.
time: the times of requests and replies; the only module here that imports ObsPy when loaded.
ambiguous: texts that could mean two things.
_written: the forms of dates and times that people write.
"""

from shared.archive.archive import Archive, DayObject
from shared.archive.channel_id import ChannelId
from shared.archive.day import Day
from shared.archive.registry import input_archive

__all__ = ["Archive", "ChannelId", "Day", "DayObject", "input_archive"]
