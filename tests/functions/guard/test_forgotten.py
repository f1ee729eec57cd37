"""Row 4: whatever a warm container remembers of an object in doubt is forgotten.

A sound object in its place is then answered as by a new container.
"""

import gzip
import json
import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from local.cloud.s3_server import S3Server
from shared.archive.channel_id import ChannelId
from shared.archive.day import Day
from shared.archive.scedc import SCEDC
from shared.stations import stationxml
from shared.waveforms import _record_cache
from tests.support.builders import http_event, make_trace, mseed, noise, put_station
from tests.support.injected_faults import FAULTS, inject
from tests.support.timed_samples import DAY, MIDNIGHT, Handler, window

NSCL = "CI.BOM.BHZ."
CHANNEL = ChannelId.parse(NSCL)
KEY = SCEDC.waveform_key(CHANNEL, Day.parse(DAY))
STATIONXML_KEY = SCEDC.stationxml_keys("CI", "BOM")[0]
COUNTS = noise(4_000)
SOUND = mseed(make_trace(NSCL, str(MIDNIGHT), COUNTS))
RATE_OFFSET = 52  # of the float in the blockette 100 that `with_rate` adds


def with_rate(rate: float) -> bytes:
    """Return the day with a rate in a blockette 100 of every record."""
    content = bytearray(SOUND)
    for first in range(0, len(content), 512):
        record = memoryview(content)[first : first + 512]
        # The blockette 1000 at byte 48 is followed by one of 12 bytes, in the 16 before the data.
        assert record[44:48] == b"\0\x40\0\x30"
        blockette = np.array([rate], ">f4").tobytes()
        record[39] = 2
        record[48:56] = b"\x03\xe8\0\x38" + bytes(record[52:56])
        record[56:64] = b"\0\x64\0\0" + blockette
    return bytes(content)


BAD: dict[str, bytes] = {
    "no records": b"no records at all" * 100,
    "text for records": b"\0" * len(SOUND),
    "another length": SOUND[:300],
    "a rate of infinity": with_rate(float("inf")),
    "a rate of NaN": with_rate(float("nan")),
    "a rate of 0": with_rate(0.0),
    "a rate of 1 Hz": with_rate(1.0),
}


def asked(handler: Handler, door: str, **options: Any) -> dict[str, Any]:
    """Ask for a window by one of the doors."""
    request = {"Windows": [window(NSCL, MIDNIGHT + 10, MIDNIGHT + 20)], **options}
    if door == "direct":
        return dict(handler(request)[0])
    reply = json.loads(handler(http_event(json.dumps(request)))["body"])
    return dict(reply[0] if isinstance(reply, list) else reply)


MOTION = {"Output": "VEL", "pre_filt": [0.1, 0.2, 15.0, 18.0]}


@pytest.fixture
def truth(archive: S3Server, timewindow_handler: Handler) -> list[float]:
    """The ground motion of the sound day."""
    put_station(archive, "CI", "BOM", BHZ=40.0)
    archive.put(KEY, SOUND)
    return list(asked(timewindow_handler, "direct", **MOTION)["data"])


@pytest.mark.parametrize("door", ["direct", "http"])
@pytest.mark.parametrize("name", BAD)
def test_a_sound_day_in_place_of_a_bad_one(
    name: str, door: str, truth: list[float], archive: S3Server, timewindow_handler: Handler
) -> None:
    archive.put(KEY, BAD[name])
    for options in ({}, MOTION):
        asked(timewindow_handler, door, **options)
    archive.put(KEY, SOUND)
    assert asked(timewindow_handler, door, **MOTION)["data"] == truth
    archive.put(KEY, BAD[name])
    asked(timewindow_handler, door, Output="VEL")
    archive.put(KEY, SOUND)
    assert asked(timewindow_handler, door)["data"] == COUNTS[400:801].tolist()


@pytest.mark.parametrize("name", ["no records", "a rate of infinity"])
def test_a_sound_day_is_corrected_in_place_of_a_bad_one(
    name: str, truth: list[float], archive: S3Server, response_handler: Handler
) -> None:
    request = {"day": DAY, "nscl": NSCL}
    sound = archive.get(response_handler(request)["output_key"])
    archive.put(KEY, BAD[name])
    assert response_handler(http_event(json.dumps(request)))["statusCode"] >= 400
    archive.put(KEY, SOUND)
    assert archive.get(response_handler(request)["output_key"]) == sound


SEAMS = (
    "shared.waveforms.day_reader:DayReader.read",
    "shared.windows.read:merge_segments",
    "shared.windows.ground_motion:remove_channel_response",
)


@pytest.mark.parametrize("seam", SEAMS)
def test_a_bug_leaves_nothing_remembered(
    seam: str,
    truth: list[float],
    archive: S3Server,
    timewindow_handler: Handler,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    uri = f"s3://{SCEDC.bucket}/{KEY}"
    metadata = f"s3://{SCEDC.bucket}/{STATIONXML_KEY}", CHANNEL
    assert _record_cache._cache.get(uri)
    assert stationxml._inventories.get(metadata)
    undo = inject(monkeypatch, seam, FAULTS[0], "BHZ")
    assert asked(timewindow_handler, "direct", **MOTION)["error"]["type"] == "InternalError"
    assert _record_cache._cache.get(uri) is None
    undo()
    assert asked(timewindow_handler, "direct", **MOTION)["data"] == truth


BAD_METADATA: dict[str, Callable[[bytes], bytes]] = {
    "text": lambda _: b"no metadata",
    "another station": lambda content: content.replace(b"BOM", b"XYZ"),
    "cut": lambda content: content[:2_000],
    "gzip": gzip.compress,
    "HTML": lambda _: b"<html><body>503</body></html>",
    "too many epochs": lambda content: content.replace(
        b"<Channel ", b'<Channel code="BHZ" locationCode=""></Channel>' * 501 + b"<Channel ", 1
    ),
}


@pytest.mark.parametrize("door", ["direct", "http"])
@pytest.mark.parametrize("name", BAD_METADATA)
def test_sound_metadata_in_place_of_bad_ones(
    name: str, door: str, truth: list[float], archive: S3Server, timewindow_handler: Handler
) -> None:
    sound = put_station(archive, "CI", "BOM", BHZ=40.0)
    archive.put(STATIONXML_KEY, BAD_METADATA[name](sound))
    error = asked(timewindow_handler, door, **MOTION)["error"]
    assert error["type"] in ("UnreadableObjectError", "NoResponseError", "TooLargeError")
    assert "CI_BOM.xml" in error["message"]
    archive.put(STATIONXML_KEY, sound)
    assert asked(timewindow_handler, door, **MOTION)["data"] == truth


@pytest.mark.parametrize("name", BAD_METADATA)
def test_a_day_is_corrected_with_sound_metadata_in_place_of_bad_ones(
    name: str, truth: list[float], archive: S3Server, response_handler: Handler
) -> None:
    request = {"day": DAY, "nscl": NSCL}
    sound = put_station(archive, "CI", "BOM", BHZ=40.0)
    archive.put(STATIONXML_KEY, BAD_METADATA[name](sound))
    reply = response_handler(http_event(json.dumps(request)))
    assert reply["statusCode"] in (404, 413, 502)
    assert "CI_BOM.xml" in json.loads(reply["body"])["error"]["message"]
    archive.put(STATIONXML_KEY, sound)
    assert response_handler(request)["samples"] == len(COUNTS)


def test_a_wrong_date_of_another_epoch_is_in_the_warnings(
    truth: list[float], archive: S3Server, timewindow_handler: Handler, response_handler: Handler
) -> None:
    sound = put_station(archive, "CI", "BOM", BHZ=40.0).decode()
    first, end = sound.index("<Channel "), sound.index("</Channel>") + len("</Channel>")
    wrong = re.sub(
        'startDate="[^"]*"', 'endDate="20155-01-01" startDate="2024-06-01"', sound[first:end]
    )
    archive.put(STATIONXML_KEY, (sound[:end] + wrong + sound[end:]).encode())
    reply = asked(timewindow_handler, "http", **MOTION)
    assert reply["data"] == truth
    warnings = [reply["warnings"], response_handler({"day": DAY, "nscl": NSCL})["warnings"]]
    warnings.append(asked_sac(timewindow_handler)["warnings"])
    for texts in warnings:
        assert any("endDate is '20155-01-01'" in text for text in texts)


def asked_sac(handler: Handler) -> dict[str, Any]:
    request = {"Windows": [window(NSCL, MIDNIGHT + 10, MIDNIGHT + 20)], "Format": "sac"}
    return dict(handler(request)["windows"][0])
