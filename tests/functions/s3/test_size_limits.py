"""Size limits: objects beyond them are refused by their size, and none of it is received."""

import gzip
import json
from typing import Any

import pytest

from local.cloud.s3_server import S3Server
from shared.archive.scedc import SCEDC
from shared.aws import s3_read
from tests.support import s3_faults
from tests.support.builders import make_trace, noise, put_day, put_station
from tests.support.faulty_s3 import FaultyS3
from tests.support.invoked import (
    DAY,
    EVENTS,
    JOB,
    NSCL,
    STATIONXML,
    WINDOWS,
    Invoke,
    Invoked,
    window,
)

MIB = 1024**2
IN_FLIGHT = 8 * MIB
"""More bytes than lie in the buffers of a connection that is closed without reading."""

LIMITS = {DAY: ("MAX_DAY_MIB", 512), STATIONXML: ("MAX_STATIONXML_MIB", 64)}

MOTION = {**WINDOWS, "Output": "VEL"}
ASKED: dict[str, tuple[str, str, Any]] = {
    **{f"the day, {event}": (DAY, *EVENTS[event]) for event in EVENTS},
    "the day, windows read whole": (DAY, "timewindow", {**WINDOWS, "Read": "whole"}),
    "the StationXML, a direct job": (STATIONXML, *EVENTS["a direct job"]),
    "the StationXML, a job over HTTP": (STATIONXML, *EVENTS["a job over HTTP"]),
    "the StationXML, direct windows": (STATIONXML, "timewindow", MOTION),
}
each_way = pytest.mark.parametrize("asked", ASKED)


def check_refused(done: Invoked, key: str, size: int, limit: int) -> None:
    """Assert that the error names the object, its size and the limit."""
    setting, _ = LIMITS[key]
    assert done.error["type"] == "TooLargeError"
    assert f"s3://scedc-pds/{key} has {size:,} bytes" in done.error["message"]
    assert f"up to {limit * MIB:,} ({setting}={limit})" in done.error["message"]
    assert done.error["object"] == f"s3://scedc-pds/{key}"
    assert done.error["size"] == size
    assert done.error["limit"] == limit * MIB
    if isinstance(done.answer, dict):
        assert done.answer["statusCode"] == 413


@each_way
def test_huge_object_is_not_received(s3: FaultyS3, invoke: Invoke, asked: str) -> None:
    key, *event = ASKED[asked]
    limit = LIMITS[key][1]
    for size in (limit * MIB + 1, 5 * 1024 * MIB):
        s3.begin()
        s3.add(s3_faults.of_size(size), part=key)
        check_refused(invoke(*event, left_s=60), key, size, limit)
        assert s3.sent < IN_FLIGHT
        methods = [method for method, path in s3.requests if key in path]
        assert len(methods) == len(set(methods))  # a retry is pointless


@each_way
def test_limits_are_settings(
    s3: FaultyS3, invoke: Invoke, monkeypatch: pytest.MonkeyPatch, asked: str
) -> None:
    key, *event = ASKED[asked]
    setting, _ = LIMITS[key]
    monkeypatch.setenv(setting, "many")
    error = invoke(*event, left_s=60).error
    assert error["type"] == "SettingsError"
    assert f"{setting} is 'many': must be a whole number of MiB" in error["message"]
    assert not any(key in path for _, path in s3.requests)
    monkeypatch.setenv(setting, "1")
    s3.add(s3_faults.of_size(MIB + 1), part=key)
    check_refused(invoke(*event, left_s=60), key, MIB + 1, 1)
    s3.faults.clear()
    assert "error" not in str(invoke(*event, left_s=60).answer)


@each_way
def test_body_without_an_end(s3: FaultyS3, invoke: Invoke, asked: str) -> None:
    """No more is received than the part that was asked for."""
    key, *event = ASKED[asked]
    s3.add(s3_faults.without_end, part=key, methods=("GET",))
    error = invoke(*event, left_s=60).error
    assert error["type"] == "S3Error"
    assert f"could not read s3://scedc-pds/{key}: " in error["message"]
    assert s3.sent < 3 * IN_FLIGHT  # of three attempts


@each_way
def test_compressed_content_is_not_unpacked(
    s3: FaultyS3, archive: S3Server, invoke: Invoke, asked: str
) -> None:
    """Neither S3 nor its clients compress objects; a stored one keeps its bytes."""
    key, *event = ASKED[asked]
    bomb = gzip.compress(bytes(20 * MIB))
    archive.client.put_object(
        Bucket=SCEDC.bucket, Key=key, Body=bomb, ACL="public-read", ContentEncoding="gzip"
    )
    assert s3_read.read_part(SCEDC.object(key), 0).content == bomb
    done = invoke(*event, left_s=60)
    assert done.error["type"] == "UnreadableObjectError"
    assert key in json.dumps(done.error)


def test_one_huge_object_is_one_error(s3: FaultyS3, archive: S3Server, invoke: Invoke) -> None:
    other = NSCL.replace("BHZ", "BHN")
    put_day(archive, other, "2024,001", make_trace(other, "2024-01-01", noise(12_000)))
    s3.add(s3_faults.of_size(1 << 40), part=DAY)
    windows = {"Windows": [window(), window(other)]}
    first, second = invoke("timewindow", windows, left_s=60).answer
    assert first["error"]["type"] == "TooLargeError"
    assert "error" not in second


def test_one_huge_stationxml_is_one_error(s3: FaultyS3, archive: S3Server, invoke: Invoke) -> None:
    other = NSCL.replace("BOM", "ABC")
    put_day(archive, other, "2024,001", make_trace(other, "2024-01-01", noise(12_000)))
    put_station(archive, "CI", "ABC", BHZ=40.0)
    s3.add(s3_faults.of_size(1 << 40), part=STATIONXML)
    windows = {"Windows": [window(), window(other)], "Output": "VEL"}
    first, second = invoke("timewindow", windows, left_s=60).answer
    assert first["error"]["type"] == "TooLargeError"
    assert "error" not in second


def test_huge_adjacent_day_is_a_warning(s3: FaultyS3, archive: S3Server, invoke: Invoke) -> None:
    key = put_day(archive, NSCL, "2023,365", make_trace(NSCL, "2023-12-31", noise(400)))
    s3.add(s3_faults.of_size(1 << 40), part=key)
    answer = invoke("response", {**JOB, "edges": "neighbours"}, left_s=60).answer
    assert answer["samples"] == 12_000
    assert any(f"{key} has {1 << 40:,} bytes" in warning for warning in answer["warnings"])
