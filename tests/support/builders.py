"""Builders of traces, miniSEED objects, StationXML and HTTP events."""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from typing import Any

import numpy as np
from obspy import Stream, Trace, UTCDateTime

from local.cloud.s3_server import OUTPUT_BUCKET, S3Server
from local.synthetic import instrument
from shared.archive.channel_id import ChannelId
from shared.archive.day import Day
from shared.archive.scedc import SCEDC
from shared.holdings import archive_days, day_holdings, day_spans
from shared.station_index import warm
from shared.stations import stationxml
from shared.waveforms import _record_cache
from shared.waveforms.records import scan

METADATA_START = UTCDateTime(2015, 1, 1)


def forget_objects() -> None:
    """Clear the caches of objects, as in a new container."""
    _record_cache.forget_records()
    day_holdings.forget_holdings()
    archive_days.forget_archive_days()
    day_spans.forget_spans()
    stationxml.forget_stationxml()
    warm.forget_index()


@contextmanager
def emptied(server: S3Server, *buckets: str) -> Iterator[None]:
    """Remove all objects of some buckets, or of both, at the end of the block.

    The block begins as in a new container, which knows nothing of earlier objects. Fixtures of a
    module need this, as they begin before the caches are cleared for the module's first test.
    """
    forget_objects()
    yield
    for bucket in buckets or (SCEDC.bucket, OUTPUT_BUCKET):
        listing = server.client.list_objects_v2(Bucket=bucket)
        if objects := [{"Key": item["Key"]} for item in listing.get("Contents", [])]:
            server.client.delete_objects(Bucket=bucket, Delete={"Objects": objects})


def make_trace(
    nscl: str, starttime: str, data: Any, sampling_rate: float = 40.0, dtype: Any = np.int32
) -> Trace:
    """Return a segment of a channel."""
    channel = ChannelId.parse(nscl)
    header = {
        "network": channel.network,
        "station": channel.station,
        "location": channel.location,
        "channel": channel.channel,
        "starttime": UTCDateTime(starttime),
        "sampling_rate": sampling_rate,
        "mseed": {"dataquality": "D"},
    }
    return Trace(np.asarray(data, dtype=dtype), header)


def mseed(
    *traces: Trace, encoding: str = "STEIM2", reclen: int = 512, byteorder: str = ">"
) -> bytes:
    """Return segments as one miniSEED object in SCEDC's record layout."""
    buffer = io.BytesIO()
    Stream(list(traces)).write(
        buffer, format="MSEED", encoding=encoding, reclen=reclen, byteorder=byteorder
    )
    return buffer.getvalue()


def day_objects(*traces: Trace) -> dict[str, bytes]:
    """Return a channel's day objects by day: a record is of the day on which it begins."""
    content = mseed(*traces)
    days: dict[str, bytes] = {}
    for place, start in zip(count(0, 512), scan(memoryview(content)).starts, strict=False):
        day = str(Day.of(UTCDateTime(ns=int(start))))
        days[day] = days.get(day, b"") + content[place : place + 512]
    return days


def put_day(server: S3Server, nscl: str, day: str, *traces: Trace, **layout: Any) -> str:
    """Put a channel day into the archive, and return its key."""
    key = SCEDC.waveform_key(ChannelId.parse(nscl), Day.parse(day))
    server.put(key, mseed(*traces, **layout))
    return key


def put_station(server: S3Server, network: str, station: str, **rates: float) -> bytes:
    """Put a station's StationXML into the archive, and return it.

    Args:
        server: the archive.
        network: SEED network code.
        station: SEED station code.
        rates: sampling rate in Hz by channel code, such as `BHZ=40.0`.
    """
    epochs = [
        instrument.ChannelEpoch(channel, "", rate, METADATA_START)
        for channel, rate in rates.items()
    ]
    content = instrument.stationxml(network, station, epochs)
    server.put(SCEDC.stationxml_keys(network, station)[0], content)
    return content


def noise(npts: int, seed: int = 1, scale: float = 1000.0) -> np.ndarray:
    """Return smoothed random counts, like ground noise."""
    white = np.random.default_rng(seed).standard_normal(npts)
    # "same" is as long as the longer argument: cut where that is the filter.
    smooth = np.convolve(white, np.hanning(25), "same")[:npts]
    return np.round(scale * smooth).astype(np.int32)


def http_event(body: Any, version: str = "2.0", **members: Any) -> dict[str, Any]:
    """Return an event with a body, as recorded from an HTTP API (2.0) or a REST API (1.0)."""
    if version == "2.0":
        event: dict[str, Any] = {
            "version": "2.0",
            "routeKey": "POST /windows",
            "rawPath": "/windows",
            "rawQueryString": "",
            "headers": {"content-type": "application/json", "accept": "*/*"},
            "requestContext": {
                "http": {"method": "POST", "path": "/windows", "sourceIp": "192.0.2.1"},
                "stage": "$default",
            },
            "isBase64Encoded": False,
        }
    else:
        event = {
            "resource": "/windows",
            "path": "/windows",
            "httpMethod": "POST",
            "headers": {"Content-Type": "application/json", "Accept": "*/*"},
            "multiValueHeaders": {"Content-Type": ["application/json"]},
            "queryStringParameters": None,
            "multiValueQueryStringParameters": None,
            "pathParameters": None,
            "stageVariables": None,
            "requestContext": {"httpMethod": "POST", "stage": "prod"},
            "isBase64Encoded": False,
        }
    return {**event, "body": body, **members}
