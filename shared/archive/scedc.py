"""SCEDC's keys: where the archive has a channel's day and a station's metadata.

https://scedc.caltech.edu/data/cloud.html describes them. A day's object is named by fixed columns,
NNSSSSSCCCLL_YYYYDDD.ms, with the station padded with "_" to five and the location to two.
"""

import re

from shared.archive.channel_id import ChannelId
from shared.archive.day import Day
from shared.errors import BadRequestError

_NAME = re.compile(r"[A-Z0-9_]{12}_\d{7}\.ms", re.ASCII)


def waveform_name(channel: ChannelId, day: Day) -> str:
    """The name of a channel's day, such as "CISOC__HHZ___2019183.ms"."""
    network = channel.network.ljust(2, "_")
    station = channel.station.ljust(5, "_")
    location = channel.location.ljust(2, "_")
    date = f"{day.year:04d}{day.day_of_year:03d}"
    return f"{network}{station}{channel.channel}{location}_{date}.ms"


def day_folder(day: Day) -> str:
    """The folder of a day, such as "2019/2019_183"."""
    return f"{day.year:04d}/{day.year:04d}_{day.day_of_year:03d}"


def waveform_key(channel: ChannelId, day: Day) -> str:
    """The key of a channel's day."""
    return f"continuous_waveforms/{day_folder(day)}/{waveform_name(channel, day)}"


def parse_waveform_name(name: str) -> tuple[ChannelId, Day]:
    """The channel and day that an object's name, without its folders, stands for.

    Raises:
        BadRequestError: it is not the name of a channel's day.
    """
    if not _NAME.fullmatch(name):
        raise BadRequestError(f"{name!r}: must be a name like 'CISOC__HHZ___2019183.ms'")
    network, station, code, location = name[0:2], name[2:7], name[7:10], name[10:12]
    channel = ChannelId(network.rstrip("_"), station.rstrip("_"), code, location.rstrip("_"))
    return channel, Day(int(name[13:17]), int(name[17:20]))


def stationxml_keys(network: str, station: str) -> tuple[str, ...]:
    """The keys under which a station's StationXML may lie, the authoritative one first.

    Stations of Caltech's own network CI lie in one place only. Copies of other networks' files
    are "unauthoritative", and are named in two ways.
    """
    own = f"FDSNstationXML/{network}/{network}_{station}.xml"
    if network == "CI":
        return (own,)
    copies = "FDSNstationXML/unauthoritative-XML"
    return own, f"{copies}/{network}_{station}.xml", f"{copies}/{network}.{station}.xml"
