"""Row 16 of docs/correctness.md: a file of windows says as much as the JSON reply does."""

import io
import json
from typing import Any

import numpy as np
import obspy
import pytest

from local.cloud.s3_server import S3Server
from tests.support.known_records import Clock, put_records, records
from tests.support.plain_seismometer import PlainSeismometer
from tests.support.timed_samples import (
    DAY,
    MIDNIGHT,
    Handler,
    call,
    files_of,
    window,
)

NSCL = "CI.BOM.BHN."
RATE = 40.0
FILES = ("mseed", "sac")
OUTPUTS = ("VEL", "DISP", "ACC", "DEF")
HEADER = "X-Windows"
"""The windows of a file without their samples, as compact JSON."""

MAX_HEADER_BYTES = 4_000
"""All headers of a reply together may have 10 KB."""

PLACE = PlainSeismometer(azimuth=90.0, dip=0.0)
WINDOW = window(NSCL, MIDNIGHT + 60, MIDNIGHT + 200)
ABSENT = window("CI.NONE.BHN.", MIDNIGHT + 60, MIDNIGHT + 200)
IDEP = {None: 5, "DISP": 6, "VEL": 7, "ACC": 8}
"""SAC's kinds of a dependent variable: unknown, displacement, velocity, acceleration."""


@pytest.fixture
def day(archive: S3Server) -> S3Server:
    """A day with a gap of 10 s and a metadata file; a window of it has a gap and warnings."""
    parts = [
        records(NSCL, np.arange(4_000) % 777, Clock(MIDNIGHT, RATE)),
        records(NSCL, np.arange(8_000) % 777, Clock(MIDNIGHT + 110, RATE)),
    ]
    put_records(archive, NSCL, DAY, *parts)
    PLACE.put(archive, NSCL, RATE)
    return archive


def without_data(windows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{name: value for name, value in each.items() if name != "data"} for each in windows]


def as_json(handler: Handler, request: dict[str, Any]) -> list[dict[str, Any]]:
    """The windows as the JSON reply describes them."""
    windows, _ = call(handler, {**request, "Format": "json"})
    return without_data(windows)


REQUESTS = {
    "counts": {"Windows": [ABSENT, WINDOW]},
    "ground motion": {"Windows": [ABSENT, WINDOW], "Output": "VEL"},
}
each_request = pytest.mark.parametrize("request_", REQUESTS.values(), ids=REQUESTS)


@each_request
def test_a_direct_reply_describes_the_windows_beside_the_file(
    day: S3Server, timewindow_handler: Handler, request_: dict[str, Any]
) -> None:
    expected = as_json(timewindow_handler, request_)
    for file_format in FILES:
        _, beside = call(timewindow_handler, {**request_, "Format": file_format})
        assert beside["windows"] == expected
        assert [entry["window"] for entry in beside["errors"]] == [0]


@each_request
def test_a_zip_describes_the_windows(
    day: S3Server, timewindow_handler: Handler, request_: dict[str, Any]
) -> None:
    content, _ = call(timewindow_handler, {**request_, "Format": "sac"}, "http")
    described = [json.loads(file) for name, file in files_of(content, "windows.json")]
    assert described == [as_json(timewindow_handler, request_)]


@each_request
def test_a_header_describes_the_windows(
    day: S3Server, timewindow_handler: Handler, request_: dict[str, Any]
) -> None:
    (_, expected) = as_json(timewindow_handler, request_)
    for file_format in FILES:
        _, headers = call(timewindow_handler, {**request_, "Format": file_format}, "http")
        (described,) = json.loads(headers[HEADER])
        assert described["window"] == 1
        for name in ("units", "pre_filt", "method", "parameters", "gaps", "warnings"):
            assert described.get(name) == expected.get(name), name
        check_size(headers)
        compact = json.dumps([described], separators=(",", ":"))
        assert len(headers[HEADER]) <= len(compact)


def test_a_header_of_very_many_windows_is_cut_and_says_so(
    day: S3Server, timewindow_handler: Handler
) -> None:
    windows = [window(NSCL, MIDNIGHT + 90 + at, MIDNIGHT + 120) for at in range(100)]
    windows = [each for each in windows if each["Starttime"] < each["Endtime"]] * 4
    request = {"Windows": windows, "Format": "mseed"}
    _, headers = call(timewindow_handler, request, "http")
    entries = json.loads(headers[HEADER])
    check_size(headers)
    kept = [entry["window"] for entry in entries if "window" in entry]
    assert kept == list(range(len(kept)))
    assert 0 < len(kept) < len(windows)
    omitted = len(windows) - len(kept)
    others = [value for name, value in headers.items() if name != HEADER]
    assert str(omitted) in others or entries[-1] == {"omitted": omitted}


def test_a_header_of_very_many_gaps_is_cut_and_says_so(
    archive: S3Server, timewindow_handler: Handler
) -> None:
    seconds = range(0, 600, 2)  # a second of samples, and a second without
    parts = [records(NSCL, np.arange(40), Clock(MIDNIGHT + at, RATE)) for at in seconds]
    put_records(archive, NSCL, DAY, *parts)
    PLACE.put(archive, NSCL, RATE)
    request = {"Windows": [window(NSCL, MIDNIGHT, MIDNIGHT + 598.975)], "Output": "VEL"}
    (expected,) = as_json(timewindow_handler, request)
    gaps = len(expected["gaps"])
    assert gaps == 299
    _, headers = call(timewindow_handler, {**request, "Format": "mseed"}, "http")
    check_size(headers)
    (described,) = json.loads(headers[HEADER])
    assert described["units"] == "m/s"
    assert described["parameters"] == expected["parameters"]
    assert described["gaps"] != expected["gaps"]
    assert str(gaps) in json.dumps(described["gaps"])


def check_size(headers: dict[str, str]) -> None:
    assert len(headers[HEADER]) <= MAX_HEADER_BYTES
    assert headers[HEADER].isascii()
    assert "\n" not in headers[HEADER]


def sac_files(content: bytes) -> list[tuple[str, Any]]:
    """The names and the header fields of the SAC files in a zip."""
    files = files_of(content, ".sac")
    return [(name, obspy.read(io.BytesIO(file))[0].stats.sac) for name, file in files]


@pytest.mark.parametrize("output", [None, *OUTPUTS])
def test_sac_says_what_was_measured_and_where(
    day: S3Server, timewindow_handler: Handler, output: str | None
) -> None:
    request = {"Windows": [WINDOW], "Format": "sac", **({"Output": output} if output else {})}
    content, _ = call(timewindow_handler, request, "http")
    files = sac_files(content)
    assert len(files) == 2
    for _, sac in files:
        assert sac["idep"] == IDEP.get(output, 7)  # the instrument measures velocity
        place = [sac.get(name) for name in ("stla", "stlo", "stel", "stdp")]
        assert place == pytest.approx([34.25, -117.5, 1234.0, 56.0])
        # SAC's inclination is from the vertical up, SEED's dip from the horizontal down.
        assert [sac.get(name) for name in ("cmpaz", "cmpinc")] == [90.0, 90.0]


def test_a_vertical_component_points_up(archive: S3Server, timewindow_handler: Handler) -> None:
    nscl = "CI.BOM.BHZ."
    put_records(archive, nscl, DAY, records(nscl, np.arange(4_000), Clock(MIDNIGHT, RATE)))
    PlainSeismometer(azimuth=0.0, dip=-90.0).put(archive, nscl, RATE)
    request = {"Windows": [window(nscl, MIDNIGHT, MIDNIGHT + 60)], "Format": "sac"}
    ((_, sac),) = sac_files(call(timewindow_handler, request)[0])
    assert [sac.get(name) for name in ("cmpaz", "cmpinc")] == [0.0, 0.0]


def test_counts_need_no_metadata(archive: S3Server, timewindow_handler: Handler) -> None:
    put_records(archive, NSCL, DAY, records(NSCL, np.arange(8_000), Clock(MIDNIGHT, RATE)))
    request = {"Windows": [WINDOW], "Format": "sac"}
    ((_, sac),) = sac_files(call(timewindow_handler, request)[0])
    assert "stla" not in sac  # as SAC has it, undefined


def test_file_names_say_the_unit(day: S3Server, timewindow_handler: Handler) -> None:
    """In the zip, so that a file that has left it is not taken for another."""
    units = {None: "counts", "VEL": "m/s", "DISP": "m", "ACC": "m/s**2", "DEF": "m/s"}
    for output, unit in units.items():
        request = {"Windows": [WINDOW], "Format": "sac", **({"Output": output} if output else {})}
        content, _ = call(timewindow_handler, request)
        for name, _ in sac_files(content):
            assert unit.replace("/", "_").replace("**", "") in name.split("."), name
            assert "/" not in name
