"""Row 16 of docs/correctness.md: a corrected day's object names its sources and its makers."""

import json
from typing import Any

import numpy as np
import obspy
import pytest

from local.cloud.s3_server import S3Server
from shared.archive.channel_id import ChannelId
from shared.archive.day import Day
from shared.archive.scedc import SCEDC
from tests.support.known_records import Clock, put_records, records
from tests.support.plain_seismometer import PlainSeismometer
from tests.support.timed_samples import DAY, MIDNIGHT, Handler

NSCL = "CI.BOM.BHZ."
RATE = 40.0
MAX_METADATA_BYTES = 2048
EVERYTHING = {
    "day": DAY,
    "nscl": NSCL,
    "output": "DISP",
    "pre_filt": [0.0125, 0.025, 12.5, 15.0],
    "water_level": 45.5,
    "taper_fraction": 0.125,
    "zero_mean": False,
    "encoding": "FLOAT64",
    "gaps": "split",
    "edges": "neighbours",
    "method": "obspy",
}


def metadata(archive: S3Server, reply: dict[str, Any]) -> dict[str, str]:
    """The object's metadata; all of it is within S3's limit."""
    bucket, _, key = reply["output_key"].removeprefix("s3://").partition("/")
    found = archive.client.head_object(Bucket=bucket, Key=key)["Metadata"]
    assert sum(len(name) + len(value) for name, value in found.items()) <= MAX_METADATA_BYTES
    return found


def etag(archive: S3Server, key: str) -> str:
    head = archive.client.head_object(Bucket=SCEDC.bucket, Key=key)
    return head["ETag"].strip('"')


@pytest.fixture
def days(archive: S3Server) -> S3Server:
    """Three days in a row, and the metadata; the middle one has many gaps."""
    for day, start in (("2023,365", -600), ("2024,002", 86_400)):
        put_records(
            archive, NSCL, day, records(NSCL, np.arange(24_000), Clock(MIDNIGHT + start, RATE))
        )
    parts = [records(NSCL, np.arange(40), Clock(MIDNIGHT + at, RATE)) for at in range(0, 300, 2)]
    parts.append(records(NSCL, np.arange(24_000), Clock(MIDNIGHT + 85_800, RATE)))
    put_records(archive, NSCL, DAY, *parts)
    PlainSeismometer().put(archive, NSCL, RATE)
    return archive


@pytest.mark.parametrize(
    "request_", [{"day": DAY, "nscl": NSCL}, EVERYTHING], ids=["defaults", "everything"]
)
def test_metadata_name_versions_sources_and_request(
    days: S3Server, response_handler: Handler, request_: dict[str, Any]
) -> None:
    found = metadata(days, response_handler(request_))
    versions = json.loads(found["versions"])
    assert versions.pop("obspy") == obspy.__version__
    assert len(versions) == 1  # this project's
    assert all(versions.values())
    asked = json.loads(found["request"])
    assert asked.items() >= request_.items()
    read = [DAY]
    if request_.get("edges") == "neighbours":
        read += ["2023,365", "2024,002"]
    keys = [SCEDC.waveform_key(ChannelId.parse(NSCL), Day.parse(day)) for day in read]
    keys += SCEDC.stationxml_keys("CI", "BOM")[:1]
    for key in keys:
        assert etag(days, key) in found["etags"], key
