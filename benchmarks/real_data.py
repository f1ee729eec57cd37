"""Days of real channels from the archive.

They are read from the folder in the environment variable REAL_DATA, at the paths of their keys.
Without it they are downloaded once, into `build/benchmarks`.
"""

import os
from dataclasses import dataclass
from pathlib import Path

from obspy import Inventory, Stream, Trace

from local.project import BUILD
from shared.archive.channel_id import ChannelId
from shared.archive.day import Day
from shared.archive.scedc import SCEDC
from shared.aws import s3_read
from shared.response.parameters import RemovalParameters
from shared.response.removal import remove_channel_response
from shared.stations.stationxml import StationXML, read_stationxml
from shared.waveforms.read_day import read_day
from shared.waveforms.segments import join

FOLDER = BUILD / "benchmarks"
"""The folder for downloaded objects and the benchmarks' pictures."""


@dataclass(frozen=True)
class Channel:
    """Days of one channel.

    Attributes:
        name: network.station.channel.location, such as "CI.HEC.BHN.".
        days: one trace per day, in counts, without gaps, in time order.
        inventory: the channel's metadata.
    """

    name: str
    days: tuple[Trace, ...]
    inventory: Inventory

    @property
    def sampling_rate(self) -> float:
        """The sampling rate in Hz."""
        return float(self.days[0].stats.sampling_rate)

    def remove_response(
        self, stream: Stream, parameters: RemovalParameters, margins: Stream | None = None
    ) -> Stream:
        """Return a corrected copy of segments of this channel.

        Args:
            stream: in counts.
            parameters: of the response removal.
            margins: the ends of the adjacent days, in counts; None: tapers at both ends.
        """
        corrected = stream.copy()
        remove_channel_response(corrected, self.inventory, parameters, margins)
        return corrected


def read_channel(nscl: str, *days: str) -> Channel:
    """Read days of a channel and its metadata.

    Args:
        nscl: network.station.channel.location, such as "CI.HEC.BHN.".
        days: such as "2022,002"; without gaps, in order.

    Raises:
        FileNotFoundError: the folder in REAL_DATA lacks a file.
        ValueError: a day has gaps.
        S3Error: a download failed.
    """
    channel = ChannelId.parse(nscl)
    traces = []
    for day in map(Day.parse, days):
        source = SCEDC.day_object(channel, day)
        path = _fetch(source.key)
        stream: Stream = read_day(source, path.read_bytes()).stream
        join(stream)
        if len(stream) != 1:
            raise ValueError(f"{path} must have one segment, has {len(stream)}")
        traces += stream
    return Channel(nscl, tuple(traces), read_metadata(nscl))


def read_metadata(nscl: str) -> Inventory:
    """Read the metadata of a channel, such as "CI.HEC.BHN.".

    Raises:
        FileNotFoundError: the folder in REAL_DATA lacks the file.
        S3Error: a download failed.
    """
    channel = ChannelId.parse(nscl)
    key, *_ = SCEDC.stationxml_keys(channel.network, channel.station)
    return read_stationxml(StationXML(SCEDC.object(key), channel, _fetch(key).read_bytes()))


def _fetch(key: str) -> Path:
    """Return the path of an object's file, downloaded if necessary."""
    if folder := os.environ.get("REAL_DATA"):
        path = Path(folder) / key
        if not path.is_file():
            raise FileNotFoundError(f"REAL_DATA is {folder}, which has no {key}")
        return path
    path = FOLDER / key
    if not path.is_file():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(s3_read.download(SCEDC.object(key)).content)
    return path
