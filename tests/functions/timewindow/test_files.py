"""Time windows as files: miniSEED and SAC, with the windows that failed beside them."""

import io
import json
import zipfile
from collections.abc import Callable
from typing import Any

import obspy
import pytest

from local.cloud.s3_server import S3Server
from tests.support.builders import http_event
from tests.support.invocations import CORS
from tests.support.tutorial_windows import REQUEST, check_pieces, content_of

Handler = Callable[[Any], Any]

_FILE_HEADERS = {"Content-Type", "Content-Disposition", "X-Windows", *CORS}


@pytest.mark.parametrize("version", ["2.0", "1.0"])
def test_miniseed(day: S3Server, timewindow_handler: Handler, version: str) -> None:
    body = json.dumps({**REQUEST, "Format": "mseed"})
    headers = {"Accept-Encoding": "gzip"}
    reply = timewindow_handler(http_event(body, version, headers=headers))
    assert reply["statusCode"] == 200
    assert reply["headers"].keys() == _FILE_HEADERS
    assert reply["headers"]["Content-Type"] == "application/vnd.fdsn.mseed"
    assert reply["headers"]["Content-Disposition"] == 'attachment; filename="windows.mseed"'
    check_pieces(obspy.read(io.BytesIO(content_of(reply))), "int32")


def test_sac(day: S3Server, timewindow_handler: Handler) -> None:
    reply = timewindow_handler(http_event(json.dumps({**REQUEST, "Format": "sac"})))
    assert reply["statusCode"] == 200
    assert reply["headers"].keys() == _FILE_HEADERS
    assert reply["headers"]["Content-Type"] == "application/zip"
    assert reply["headers"]["Content-Disposition"] == 'attachment; filename="windows.zip"'
    with zipfile.ZipFile(io.BytesIO(content_of(reply))) as archive:
        assert archive.namelist() == [
            "CI.BOM..BHZ.2024001.000000.019500.counts.sac",
            "CI.BOM..BHN.2024001.000000.019500.counts.sac",
            "CI.BOM..BHN.2024001.000200.019500.counts.sac",
            "windows.json",
        ]
        files = [archive.read(name) for name in archive.namelist()[:-1]]
    check_pieces([obspy.read(io.BytesIO(file))[0] for file in files], "float32")


def test_the_file_of_one_window_is_named_after_it(
    day: S3Server, timewindow_handler: Handler
) -> None:
    one = {"Windows": [REQUEST["Windows"][0], {**REQUEST["Windows"][0], "Station": "NONE"}]}
    reply = timewindow_handler(http_event(json.dumps({**one, "Format": "mseed"})))
    name = 'attachment; filename="CI.BOM..BHZ.20240101T000000.mseed"'
    assert reply["headers"]["Content-Disposition"] == name


@pytest.mark.parametrize("file_format", ["mseed", "sac"])
def test_direct_file(day: S3Server, timewindow_handler: Handler, file_format: str) -> None:
    request = {**REQUEST, "Format": file_format}
    direct = json.loads(json.dumps(timewindow_handler(request)))
    reply = timewindow_handler(http_event(json.dumps(request)))
    assert direct == {
        "content_type": reply["headers"]["Content-Type"],
        "content_base64": reply["body"],
        "errors": [],
        "windows": [
            {name: value for name, value in window.items() if name != "data"}
            for window in timewindow_handler(REQUEST)
        ],
    }


@pytest.mark.parametrize("file_format", ["mseed", "sac"])
def test_failed_windows_are_listed_beside_a_file(
    day: S3Server, timewindow_handler: Handler, file_format: str
) -> None:
    windows = REQUEST["Windows"]
    request = {
        "Windows": [
            {**windows[0], "Station": "NONE"},
            windows[0],
            {**windows[0], "Channel": "HHZ"},
        ],
        "Format": file_format,
    }
    reply = timewindow_handler(http_event(json.dumps(request)))
    assert reply["statusCode"] == 200
    assert reply["headers"]["X-Windows-Failed"] == "2"
    header = json.loads(reply["headers"]["X-Windows-Errors"])
    assert [(entry["window"], entry["nscl"], entry["type"]) for entry in header] == [
        (0, "CI.NONE.BHZ.", "NoWaveformError"),
        (2, "CI.BOM.HHZ.", "NoWaveformError"),
    ]
    assert "CINONE_BHZ___2024001.ms" in header[0]["message"]
    errors_ = timewindow_handler(request)["errors"]
    assert [(entry["window"], entry["station"], entry["channel"]) for entry in errors_] == [
        (0, "NONE", "BHZ"),
        (2, "BOM", "HHZ"),
    ]
    as_json = timewindow_handler({**request, "Format": "json"})
    assert [entry["error"] for entry in errors_] == [as_json[0]["error"], as_json[2]["error"]]


def test_very_many_failed_windows_fit_into_the_headers(
    day: S3Server, timewindow_handler: Handler
) -> None:
    window = REQUEST["Windows"][0]
    failing = [{**window, "Station": f"N{number}"} for number in range(100)]
    request = {"Windows": [window, *failing], "Format": "mseed"}
    headers = timewindow_handler(http_event(json.dumps(request)))["headers"]
    assert headers["X-Windows-Failed"] == "100"
    header = headers["X-Windows-Errors"]
    assert header.isascii()
    assert "\n" not in header
    assert 1500 < len(header) <= 2000
    indices = [entry["window"] for entry in json.loads(header)]
    assert indices == list(range(1, 1 + header.count("nscl")))


@pytest.mark.parametrize("file_format", ["mseed", "sac"])
def test_all_windows_of_a_file_failed(
    archive: S3Server, timewindow_handler: Handler, file_format: str
) -> None:
    reply = timewindow_handler(http_event(json.dumps({**REQUEST, "Format": file_format})))
    assert reply == timewindow_handler(http_event(json.dumps(REQUEST)))
    assert reply["statusCode"] == 404
    assert len(json.loads(reply["body"])) == 2
    assert timewindow_handler({**REQUEST, "Format": file_format}) == json.loads(reply["body"])


def test_an_unknown_format(timewindow_handler: Handler) -> None:
    reply = timewindow_handler(http_event(json.dumps({**REQUEST, "Format": "segy"})))
    assert reply["statusCode"] == 400
    assert json.loads(reply["body"])["error"]["field"] == "Format"
