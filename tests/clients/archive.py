"""The archive of the clients' tests: two networks, three stations, data on three days with gaps."""

import io
from functools import cache

import numpy as np
import obspy
from obspy import Inventory, Stream, UTCDateTime

from local.cloud.s3_server import S3Server
from local.synthetic import instrument
from shared.archive.channel_id import ChannelId
from shared.archive.day import Day
from shared.archive.scedc import SCEDC
from tests.support.builders import METADATA_START, day_objects, make_trace

RATE = 40.0
MIDNIGHT = UTCDateTime("2024-01-02")

PLACES = {"CI.AAA": (34.0, -118.0), "CI.BBB": (34.5, -117.0), "NC.CCC": (37.0, -122.0)}
"""Latitude and longitude in degrees, by station."""

CHANNELS = ("CI.AAA..BHZ", "CI.AAA.10.BHN", "CI.BBB..BHZ", "NC.CCC..BHZ")
"""SEED identifiers."""

SPANS = (
    (MIDNIGHT - 600 + 0.0195, 1200),  # across midnight
    (MIDNIGHT + 900 + 0.0195, 300),
    (MIDNIGHT + 86_400 - 120 + 0.0195, 240),  # across the next one
)
"""Start, and length in seconds, of each continuous segment of each channel."""

START, END = UTCDateTime("2024-01-01"), UTCDateTime("2024-01-04")
"""A span that has all data."""


def nscl(seed_id: str) -> str:
    """Return a channel as the archive's tools write it."""
    network, station, location, channel = seed_id.split(".")
    return f"{network}.{station}.{channel}.{location}"


@cache
def objects() -> dict[str, dict[str, bytes]]:
    """Return the day objects by SEED identifier and day."""
    found = {}
    for seed, seed_id in enumerate(CHANNELS):
        generator = np.random.default_rng(seed)
        traces = []
        for start, seconds in SPANS:
            steps = generator.normal(scale=200, size=int(seconds * RATE))
            traces.append(make_trace(nscl(seed_id), str(start), np.cumsum(steps), RATE))
        found[seed_id] = day_objects(*traces)
    return found


@cache
def metadata() -> dict[str, bytes]:
    """Return each station's StationXML."""
    found = {}
    for name, (latitude, longitude) in PLACES.items():
        network, station = name.split(".")
        epochs = [
            instrument.ChannelEpoch(channel, location, RATE, METADATA_START)
            for *codes, location, channel in (each.split(".") for each in CHANNELS)
            if codes == [network, station]
        ]
        xml = instrument.stationxml(network, station, epochs)
        xml = xml.replace(b">34.0</Latitude>", f">{latitude}</Latitude>".encode())
        found[name] = xml.replace(b">-117.0</Longitude>", f">{longitude}</Longitude>".encode())
    return found


def fill(server: S3Server) -> None:
    """Put all of it into an archive."""
    for seed_id, days in objects().items():
        for day, content in days.items():
            key = SCEDC.waveform_key(ChannelId.parse(nscl(seed_id)), Day.parse(day))
            server.put(key, content)
    for name, content in metadata().items():
        server.put(SCEDC.stationxml_keys(*name.split("."))[0], content)


def truth(start: UTCDateTime, end: UTCDateTime, *seed_ids: str) -> Stream:
    """Return the samples of some channels, or of all, as ObsPy reads and trims the objects."""
    content = (b"".join(objects()[seed_id].values()) for seed_id in seed_ids or CHANNELS)
    stream = obspy.read(io.BytesIO(b"".join(content)))
    return stream.trim(start, end, nearest_sample=False)


def stations(*names: str) -> Inventory:
    """Return the metadata of some stations, or of all, as ObsPy reads the files."""
    found = Inventory()
    for name in names or PLACES:
        found += obspy.read_inventory(io.BytesIO(metadata()[name]))
    return found


def assert_same(stream: Stream, expected: Stream) -> None:
    """Compare every sample and time of two streams; the order of their traces is of no account."""
    assert len(stream) == len(expected) > 0
    by_time = [
        sorted(each, key=lambda trace: (trace.id, trace.stats.starttime))
        for each in (stream, expected)
    ]
    for trace, other in zip(*by_time, strict=True):
        assert trace.id == other.id
        assert trace.stats.starttime == other.stats.starttime
        assert trace.stats.sampling_rate == other.stats.sampling_rate
        assert trace.data.dtype == other.data.dtype
        np.testing.assert_array_equal(trace.data, other.data)
