"""Days of real channels from the archive, as the benchmarks use them.

They are read from the folder that the environment variable REAL_DATA names, whose sub-folders are
the bucket's keys; without it they are downloaded once into `build/benchmarks`.
"""

import os
from dataclasses import dataclass
from pathlib import Path

from obspy import Inventory, Stream, Trace

from local.cloud.emulator import PROJECT
from shared.archive.channel_id import ChannelId
from shared.archive.day import Day
from shared.archive.scedc import SCEDC
from shared.aws import s3_read
from shared.stations.stationxml import StationXML, read_stationxml
from shared.waveforms.read_day import read_day
from shared.waveforms.segments import join

FOLDER = PROJECT / "build" / "benchmarks"
"""Where objects are downloaded to, and what benchmarks make is written."""


@dataclass(frozen=True)
class Channel:
    """Days of one channel.

    Attributes:
        name: network.station.channel.location, such as "CI.HEC.BHN.".
        days: one trace for each, in counts, without gaps; in order.
        inventory: the channel's metadata.
    """

    name: str
    days: tuple[Trace, ...]
    inventory: Inventory

    @property
    def sampling_rate(self) -> float:
        """In Hz."""
        return float(self.days[0].stats.sampling_rate)


def read_channel(nscl: str, *days: str) -> Channel:
    """Read days of a channel, and its metadata.

    Args:
        nscl: network.station.channel.location, such as "CI.HEC.BHN.".
        days: such as "2022,002"; without gaps, and in order.

    Raises:
        FileNotFoundError: REAL_DATA names a folder that does not have them.
        ValueError: a day has gaps.
        S3Error: they could not be downloaded.
    """
    channel = ChannelId.parse(nscl)
    traces = []
    for day in map(Day.parse, days):
        source = SCEDC.day_object(channel, day)
        path = _fetch(source.key)
        stream: Stream = read_day(source, path).stream
        join(stream)
        if len(stream) != 1:
            raise ValueError(f"{path}: {len(stream)} segments, must be one")
        traces += stream
    key, *_ = SCEDC.stationxml_keys(channel.network, channel.station)
    file = StationXML(SCEDC.object(key), channel, _fetch(key).read_bytes())
    inventory = read_stationxml(file)
    return Channel(nscl, tuple(traces), inventory)


def _fetch(key: str) -> Path:
    """The file of an object."""
    if folder := os.environ.get("REAL_DATA"):
        path = Path(folder) / key
        if not path.is_file():
            raise FileNotFoundError(f"REAL_DATA is {folder}, which has no {key}")
        return path
    path = FOLDER / key
    if not path.is_file():
        path.parent.mkdir(parents=True, exist_ok=True)
        s3_read.download(SCEDC.object(key), path)
    return path
