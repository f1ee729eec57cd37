"""The SCEDC Open Data Set: its bucket and its keys.

https://scedc.caltech.edu/data/cloud.html describes them. Fixed columns make up the name of a day's
object, NNSSSSSCCCLL_YYYYDDD.ms. "_" pads the network to two characters, the station to five and the
location to two.
"""

import re
from dataclasses import dataclass
from functools import lru_cache

from shared.archive.archive import Archive
from shared.archive.channel_id import ChannelId
from shared.archive.day import Day
from shared.errors import BadRequestError

_WAVEFORMS = "continuous_waveforms"
_STATIONXML = "FDSNstationXML"
_WIDTHS = (2, 5, 3, 2)  # columns of network, station, channel and location
_DAY_FOLDER = re.compile(r"/(\d{4})_(\d{3})/\Z", re.ASCII)
_NAME = re.compile(r"[A-Z0-9_]{12}_\d{7}\.ms", re.ASCII)


@dataclass(frozen=True)
class Scedc(Archive):
    """The archive of the Southern California Earthquake Data Center."""

    def waveform_key(self, channel: ChannelId, day: Day) -> str:
        """Return the key of a channel's day.

        Such as "continuous_waveforms/2019/2019_183/CISOC__HHZ___2019183.ms".
        """
        return f"{_WAVEFORMS}/{self.result_path(channel, day)}"

    def parse_waveform_key(self, key: str) -> tuple[ChannelId, Day]:
        """Return the channel and the day of a key; the inverse of `waveform_key`.

        Raises:
            BadRequestError: it is not the key of a channel's day.
        """
        channel, day = self.parse_indexed_name(key)
        if key != (right := self.waveform_key(channel, day)):
            raise BadRequestError(f"key {key!r}: must be {right!r}")
        return channel, day

    def parse_indexed_name(self, name: str) -> tuple[ChannelId, Day]:
        """Return the channel and the day of a file name in the index.

        Folders before it are ignored.

        Raises:
            BadRequestError: it is no name like "CISOC__HHZ___2019183.ms".
        """
        name = name.rpartition("/")[2]
        if not _NAME.fullmatch(name):
            raise BadRequestError(f"{name!r}: must be a name like 'CISOC__HHZ___2019183.ms'")
        return _channel_of(name[:12]), _day_of(name[13:20])

    def stationxml_keys(self, network: str, station: str) -> tuple[str, ...]:
        """Return the keys where a station's StationXML may be, the authoritative one first.

        Caltech's own network, CI, has a single place. Copies of other networks' files are
        "unauthoritative", with one of two kinds of names.
        """
        own = f"{_STATIONXML}/{network}/{network}_{station}.xml"
        if network == "CI":
            return (own,)
        copies = f"{_STATIONXML}/unauthoritative-XML"
        return own, f"{copies}/{network}_{station}.xml", f"{copies}/{network}.{station}.xml"

    @property
    def stationxml_prefix(self) -> str:
        """The prefix of the keys of all StationXML files, which end in ".xml"."""
        return f"{_STATIONXML}/"

    def listing_prefix(self, day: Day, codes: tuple[str, str, str, str]) -> str:
        """Return the longest prefix shared by the keys of all matching channels on a day."""
        columns = "".join(
            code if "*" in code else code.ljust(width, "_")
            for code, width in zip(codes, _WIDTHS, strict=True)
        )
        return f"{_WAVEFORMS}/{_day_folder(day)}/{re.split('[*?]', columns, maxsplit=1)[0]}"

    def waveform_index_key(self, day: Day) -> str:
        """Return the key of the index of a day's waveforms.

        Such as "continuous_waveforms/index/csv/year=2019/year_doy=2019_183/" and then
        "2019_183_waveform_index.csv".
        """
        name = f"{day.year:04d}_{day.day_of_year:03d}"
        folder = f"{_WAVEFORMS}/index/csv/year={day.year:04d}/year_doy={name}"
        return f"{folder}/{name}_waveform_index.csv"

    @property
    def years_prefix(self) -> str:
        """The folder whose folders are years, which have a folder for each day."""
        return f"{_WAVEFORMS}/"

    def parse_day_folder(self, folder: str) -> Day | None:
        """Return the day of a folder such as "continuous_waveforms/2019/2019_183/"; or None."""
        match = _DAY_FOLDER.search(folder)
        try:
            return Day(int(match[1]), int(match[2])) if match else None
        except BadRequestError:
            return None

    def result_path(self, channel: ChannelId, day: Day) -> str:
        """Return where the corrected day goes, below the folder of its parameters."""
        return f"{_day_folder(day)}/{_name(channel, day)}"


SCEDC = Scedc(bucket="scedc-pds", region="us-west-2")


def _day_folder(day: Day) -> str:
    return f"{day.year:04d}/{day.year:04d}_{day.day_of_year:03d}"


def _name(channel: ChannelId, day: Day) -> str:
    return f"{_columns(channel)}_{day.year:04d}{day.day_of_year:03d}.ms"


def _columns(channel: ChannelId) -> str:
    codes = (channel.network, channel.station, channel.channel, channel.location)
    return "".join(code.ljust(width, "_") for code, width in zip(codes, _WIDTHS, strict=True))


@lru_cache(50_000)  # an index names thousands of channels, on each day the same ones
def _channel_of(columns: str) -> ChannelId:
    network, station, code, location = columns[:2], columns[2:7], columns[7:10], columns[10:12]
    channel = ChannelId(network.rstrip("_"), station.rstrip("_"), code, location.rstrip("_"))
    if columns != (right := _columns(channel)):  # padding within a code
        raise BadRequestError(f"codes {columns!r}: must be {right!r}")
    return channel


@lru_cache(1_000)
def _day_of(digits: str) -> Day:
    return Day(int(digits[:4]), int(digits[4:]))
