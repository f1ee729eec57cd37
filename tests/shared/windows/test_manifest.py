"""The manifest: a client with boto3 reads the byte ranges, and has the ordinary answer."""

import base64
import io
import json
import urllib.parse
from collections.abc import Iterator

import numpy as np
import pytest
from obspy import UTCDateTime, read

from shared import telemetry
from shared.archive import input_archive
from shared.archive.channel_id import ChannelId
from shared.archive.day import Day
from shared.archive.scedc import SCEDC
from shared.errors import BadRequestError
from shared.waveforms.records import scan
from shared.windows.manifest import manifest_reply
from shared.windows.request import parse_windows
from tests.support.builders import forget_objects, http_event, make_trace, mseed
from tests.support.invocations import decoded_body

NSCL, RATE = "CI.BOM.BHZ.", 40.0
MIDNIGHT = UTCDateTime("2024-01-02")
T0 = MIDNIGHT - 6 * 3600
CODES = {"Network": "CI", "Station": "BOM", "Location": "", "Channel": "BHZ"}


def put(archive, day, content):
    archive.put(SCEDC.waveform_key(ChannelId.parse(NSCL), Day.parse(day)), content)


@pytest.fixture(scope="module")
def records():
    """Twelve hours around midnight with a gap, as records."""
    count = int(12 * 3600 * RATE)
    data = np.cumsum(np.random.default_rng(4).normal(scale=300, size=count)).astype(np.int32)
    content = b"".join(
        mseed(make_trace(NSCL, T0 + 0.0195 + first / RATE, data[first:end], RATE))
        for first, end in ((0, 500_000), (520_000, count))
    )
    return [content[place : place + 512] for place in range(0, len(content), 512)]


@pytest.fixture
def days(archive, records) -> Iterator[list[bytes]]:
    starts = scan(memoryview(b"".join(records))).starts
    second = int(np.searchsorted(starts, MIDNIGHT.ns))
    parts = [b"".join(records[:second]), b"".join(records[second:])]
    forget_objects()
    put(archive, "2024,001", parts[0])
    put(archive, "2024,002", parts[1])
    yield parts
    forget_objects()


def window(start, end):
    return {**CODES, "Starttime": str(T0 + start), "Endtime": str(T0 + end)}


def fetch(archive, ranges):
    """Read byte ranges as a client of S3 does."""
    content = b""
    for part in ranges:
        last = part["offset"] + part["bytes"] - 1
        answer = archive.client.get_object(
            Bucket=part["bucket"],
            Key=part["key"],
            Range=f"bytes={part['offset']}-{last}",
            IfMatch=part["etag"],
        )
        piece = answer["Body"].read()
        table = scan(memoryview(piece))
        assert len(table) == part["records"]
        assert UTCDateTime(ns=int(table.starts.min())) == UTCDateTime(part["starttime"])
        assert UTCDateTime(ns=int(table.ends.max())) == UTCDateTime(part["endtime"])
        content += piece
    return read(io.BytesIO(content))


def ordinary(handler, windows):
    """Return the stream of the answer as miniSEED."""
    event = {"Windows": windows, "Format": "mseed"}
    reply = handler(event)
    return read(io.BytesIO(base64.b64decode(reply["content_base64"])))


SPANS = [
    (0, 60),
    (3600.01, 3700.123),
    (6 * 3600 - 100, 6 * 3600 + 100),  # across midnight
    (6 * 3600 + 0.01, 6 * 3600 + 30),  # from midnight, before the first record of the day
    (12_400, 13_200),  # around the gap
    (6 * 3600 - 20, 6 * 3600),  # to midnight
    (100, 5.5 * 3600),
    (0, 12 * 3600),
]


@pytest.mark.parametrize("span", SPANS)
def test_a_client_reads_what_the_ordinary_answer_has(archive, days, timewindow_handler, span):
    wanted = window(*span)
    (entry,) = timewindow_handler({"Windows": [wanted], "Format": "manifest"})
    assert entry["station"] == "BOM"
    assert "data" not in entry
    stream = fetch(archive, entry["ranges"]).trim(T0 + span[0], T0 + span[1])
    expected = ordinary(timewindow_handler, [wanted])
    stream.merge(method=-1)
    expected.merge(method=-1)
    assert len(stream) == len(expected)
    for trace, other in zip(stream, expected, strict=True):
        assert trace.stats.starttime == other.stats.starttime
        np.testing.assert_array_equal(trace.data, other.data)


@pytest.fixture
def ask(timewindow_handler):
    def manifest(*windows, **options):
        return timewindow_handler({"Windows": list(windows), "Format": "manifest", **options})

    return manifest


@pytest.mark.parametrize("is_warm", [False, True])
def test_six_hours_need_the_records_at_their_ends_alone(days, ask, is_warm):
    wanted = window(100, 5.9 * 3600)
    if is_warm:
        ask(wanted)
    with telemetry.recording() as invocation:
        (entry,) = manifest_reply(parse_windows({"Windows": [wanted]}), input_archive()).value
    (part,) = entry["ranges"]
    assert part["size"] == len(days[0])
    assert part["bytes"] > 0.9 * part["size"]
    assert invocation.bytes_read < 0.2 * part["bytes"]


def test_records_out_of_order_are_several_ranges(archive, days, ask):
    first = days[0]
    put(archive, "2024,001", first[512 * 40 :] + first[: 512 * 40])
    (entry,) = ask(window(10, 3600))
    stream = fetch(archive, entry["ranges"])
    assert len(entry["ranges"]) == 2
    expected = read(io.BytesIO(first)).trim(T0 + 10, T0 + 3600)
    stream.trim(T0 + 10, T0 + 3600).merge(method=-1).sort()
    np.testing.assert_array_equal(stream[0].data, expected[0].data)
    whole = ask(window(10, 3600), Read="whole")
    assert whole == [entry]


def test_windows_without_records_have_their_error(days, ask):
    absent = {**window(0, 60), "Channel": "BHN"}
    in_gap = window(510_000 / RATE, 510_400 / RATE)
    found, missing, empty, wrong = ask(window(0, 60), absent, in_gap, {**CODES, "Starttime": "x"})
    assert "ranges" in found
    assert missing["error"]["type"] == "NoWaveformError"
    assert empty["error"]["type"] == "NoWaveformError"
    assert wrong["error"]["type"] == "BadRequestError"
    assert "ranges" not in missing


def test_over_http(days, timewindow_handler):
    query = urllib.parse.urlencode({**window(0, 60), "Format": "manifest"})
    context = {"http": {"method": "GET", "path": "/windows"}}
    reply = timewindow_handler(http_event(None, rawQueryString=query, requestContext=context))
    assert reply["statusCode"] == 200
    ((part,),) = (entry["ranges"] for entry in json.loads(decoded_body(reply)))
    assert part["key"].endswith("CIBOM__BHZ___2024001.ms")
    query = query.replace("BHZ", "BHN")
    reply = timewindow_handler(http_event(None, rawQueryString=query, requestContext=context))
    assert reply["statusCode"] == 404


def test_a_manifest_has_no_ground_motion(ask):
    with pytest.raises(BadRequestError, match="Output is 'VEL': must be left out with Format"):
        ask(window(0, 60), Output="VEL")
