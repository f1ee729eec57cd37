"""The time-window function through its handler: what callers send, and what they get."""

import base64
import gzip
import io
import json
import urllib.parse
import urllib.request
import zipfile
from collections.abc import Callable
from typing import Any

import numpy as np
import obspy
import pytest

from local.cloud.s3_server import S3Server
from shared import errors
from tests.support.builders import http_event, make_trace, noise, put_day
from tests.support.commands import PROJECT
from timewindow_lambda import app

Handler = Callable[[Any], Any]
REQUEST = json.loads((PROJECT / "request.json").read_text())
BHZ, BHN = noise(20_000), noise(20_000, 2)


@pytest.fixture
def day(archive: S3Server) -> S3Server:
    """What the tutorial's request.json asks for; BHN has a gap of 20 s."""
    start = "2024-01-01T00:00:00.0195"
    put_day(archive, "CI.BOM.BHZ.", "2024,001", make_trace("CI.BOM.BHZ.", start, BHZ))
    put_day(
        archive,
        "CI.BOM.BHN.",
        "2024,001",
        make_trace("CI.BOM.BHN.", start, BHN[:4_000]),
        make_trace("CI.BOM.BHN.", "2024-01-01T00:02:00.0195", BHN[4_800:]),
    )
    return archive


def check(windows: list[dict[str, Any]]) -> None:
    bhz, bhn = windows
    assert list(bhz) == [
        "network",
        "station",
        "channel",
        "location",
        "delta",
        "sampling_rate",
        "starttime",
        "endtime",
        "gaps",
        "data",
    ]
    assert bhz["data"] == BHZ[:12_000].tolist()
    assert {**bhz, "data": 0} == {
        "network": "CI",
        "station": "BOM",
        "channel": "BHZ",
        "location": "",
        "delta": 0.025,
        "sampling_rate": 40.0,
        "starttime": "2024-01-01T00:00:00.019500Z",
        "endtime": "2024-01-01T00:04:59.994500Z",
        "gaps": [],
        "data": 0,
    }
    assert bhn["data"] == [*BHN[:4_000].tolist(), *[None] * 800, *BHN[4_800:12_000].tolist()]
    assert bhn["gaps"] == [
        {
            "starttime": "2024-01-01T00:01:40.019500Z",
            "endtime": "2024-01-01T00:01:59.994500Z",
            "samples": 800,
        }
    ]


def test_direct(day: S3Server, timewindow_handler: Handler) -> None:
    reply = timewindow_handler(REQUEST)
    check(json.loads(json.dumps(reply, allow_nan=False)))  # as the runtime writes it


@pytest.mark.parametrize("version", ["2.0", "1.0"])
@pytest.mark.parametrize("encoded", [False, True])
def test_http(day: S3Server, timewindow_handler: Handler, version: str, encoded: bool) -> None:
    body = json.dumps(REQUEST)
    if encoded:
        body = base64.b64encode(body.encode()).decode()
    reply = timewindow_handler(http_event(body, version, isBase64Encoded=encoded))
    assert reply["statusCode"] == 200
    check(json.loads(reply["body"]))


def test_one_failed_window_keeps_its_place(day: S3Server, timewindow_handler: Handler) -> None:
    windows = REQUEST["Windows"]
    request = {"Windows": [windows[0], {**windows[0], "Station": "NONE"}, windows[1]]}
    reply = timewindow_handler(http_event(json.dumps(request)))
    assert reply["statusCode"] == 200
    first, failed, last = json.loads(reply["body"])
    check([first, last])
    assert failed["station"] == "NONE"
    assert failed["error"]["type"] == "NoWaveformError"
    assert "data" not in failed


def test_all_windows_failed(
    archive: S3Server, timewindow_handler: Handler, monkeypatch: pytest.MonkeyPatch
) -> None:
    direct = timewindow_handler(REQUEST)
    reply = timewindow_handler(http_event(json.dumps(REQUEST)))
    assert reply["statusCode"] == 404
    assert json.loads(reply["body"]) == direct
    assert [window["error"]["type"] for window in direct] == ["NoWaveformError"] * 2

    archive.put("continuous_waveforms/2024/2024_001/CIBOM__BHN___2024001.ms", b"<html>" * 99)
    reply = timewindow_handler(http_event(json.dumps(REQUEST)))
    assert reply["statusCode"] == 502
    assert [window["error"]["type"] for window in json.loads(reply["body"])] == [
        "NoWaveformError",
        "UnreadableObjectError",
    ]


def test_s3_is_away(
    archive: S3Server,
    timewindow_handler: Handler,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL_S3", "http://127.0.0.1:9")
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    reply = timewindow_handler(http_event(json.dumps(REQUEST)))
    assert reply["statusCode"] == 502
    assert "127.0.0.1:9" in json.loads(reply["body"])[0]["error"]["message"]
    assert "EndpointConnectionError" in caplog.text  # an operator sees why


@pytest.mark.parametrize(
    "request_", [{}, {"Windows": []}, {"Windows": [{}]}, [], "request.json", 7, None]
)
def test_bad_requests(timewindow_handler: Handler, request_: Any) -> None:
    with pytest.raises(errors.BadRequestError, match="must be"):
        timewindow_handler(request_)
    reply = timewindow_handler(http_event(json.dumps(request_)))
    assert reply["statusCode"] == 400
    assert "must be" in json.loads(reply["body"])["error"]["message"]


def test_one_bad_window_refuses_the_request(day: S3Server, timewindow_handler: Handler) -> None:
    windows = REQUEST["Windows"]
    request = {"Windows": [windows[0], {**windows[1], "Endtime": "2023-12-31T23:59:59"}]}
    reply = timewindow_handler(http_event(json.dumps(request)))
    assert reply["statusCode"] == 400
    error = json.loads(reply["body"])["error"]
    assert error["field"] == "Windows[1].Endtime"
    assert "'2023-12-31T23:59:59'" in error["message"]


def test_too_large_an_answer(
    archive: S3Server, timewindow_handler: Handler, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("S3_OUTPUT_BUCKET")
    data = noise(1_500_000)
    put_day(archive, "CI.BOM.BHZ.", "2024,001", make_trace("CI.BOM.BHZ.", "2024-01-01", data))
    window = {**REQUEST["Windows"][0], "Endtime": "2024-01-01T12:00:00"}
    reply = timewindow_handler(http_event(json.dumps({"Windows": [window]})))
    assert reply["statusCode"] == 413
    assert json.loads(reply["body"])["error"]["limit"] == 6 * 1024**2
    with pytest.raises(errors.TooLargeError, match="6,291,456"):
        timewindow_handler({"Windows": [window]})


def test_a_warm_container_forgets_the_last_caller(
    day: S3Server, timewindow_handler: Handler
) -> None:
    for _ in range(2):
        check(json.loads(timewindow_handler(http_event(json.dumps(REQUEST)))["body"]))
        check(timewindow_handler(REQUEST))
        assert timewindow_handler(http_event("", "1.0"))["statusCode"] == 400


# Other formats

START = "2024-01-01T00:00:00.019500Z"
BHN_PIECES = [BHN[:4_000], BHN[4_800:12_000]]


def content_of(reply: dict[str, Any]) -> bytes:
    """The body as a client has it."""
    assert reply["isBase64Encoded"] is True
    return base64.b64decode(reply["body"], validate=True)


def check_pieces(stream: Any, dtype: str) -> None:
    """The windows of request.json as segments, in any order of channels."""
    pieces = sorted(stream, key=lambda trace: (trace.id, trace.stats.starttime))
    assert [trace.id for trace in pieces] == ["CI.BOM..BHN", "CI.BOM..BHN", "CI.BOM..BHZ"]
    for trace, samples in zip(pieces, [*BHN_PIECES, BHZ[:12_000]], strict=True):
        np.testing.assert_array_equal(trace.data, samples)
        assert trace.data.dtype == dtype
    starts = [START, "2024-01-01T00:02:00.019500Z", START]
    assert [str(trace.stats.starttime) for trace in pieces] == starts


@pytest.mark.parametrize("version", ["2.0", "1.0"])
def test_miniseed(day: S3Server, timewindow_handler: Handler, version: str) -> None:
    body = json.dumps({**REQUEST, "Format": "mseed"})
    headers = {"Accept-Encoding": "gzip"}
    reply = timewindow_handler(http_event(body, version, headers=headers))
    assert reply["statusCode"] == 200
    assert reply["headers"] == {"Content-Type": "application/vnd.fdsn.mseed"}
    check_pieces(obspy.read(io.BytesIO(content_of(reply))), "int32")


def test_sac(day: S3Server, timewindow_handler: Handler) -> None:
    reply = timewindow_handler(http_event(json.dumps({**REQUEST, "Format": "sac"})))
    assert reply["statusCode"] == 200
    assert reply["headers"] == {"Content-Type": "application/zip"}
    with zipfile.ZipFile(io.BytesIO(content_of(reply))) as archive:
        assert archive.namelist() == [
            "CI.BOM..BHZ.2024001.000000.019500.sac",
            "CI.BOM..BHN.2024001.000000.019500.sac",
            "CI.BOM..BHN.2024001.000200.019500.sac",
        ]
        files = [archive.read(name) for name in archive.namelist()]
    check_pieces([obspy.read(io.BytesIO(file))[0] for file in files], "float32")


@pytest.mark.parametrize("file_format", ["mseed", "sac"])
def test_direct_file(day: S3Server, timewindow_handler: Handler, file_format: str) -> None:
    request = {**REQUEST, "Format": file_format}
    direct = json.loads(json.dumps(timewindow_handler(request)))
    reply = timewindow_handler(http_event(json.dumps(request)))
    assert direct == {
        "content_type": reply["headers"]["Content-Type"],
        "content_base64": reply["body"],
        "errors": [],
    }


@pytest.mark.parametrize("file_format", ["mseed", "sac"])
def test_failed_windows_of_a_file_are_told(
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
    told = json.loads(reply["headers"]["X-Windows-Errors"])
    assert [(entry["window"], entry["nscl"], entry["type"]) for entry in told] == [
        (0, "CI.NONE.BHZ.", "NoWaveformError"),
        (2, "CI.BOM.HHZ.", "NoWaveformError"),
    ]
    assert "CINONE_BHZ___2024001.ms" in told[0]["message"]
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
    told = headers["X-Windows-Errors"]
    assert told.isascii()
    assert "\n" not in told
    assert 1500 < len(told) <= 2000
    assert [entry["window"] for entry in json.loads(told)] == list(range(1, 1 + told.count("nscl")))


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


# GET


def get_event(version: str, **parameters: str) -> dict[str, Any]:
    if version == "2.0":
        context = {"http": {"method": "GET"}}
        query = urllib.parse.urlencode(parameters)
        return http_event(None, version, rawQueryString=query, requestContext=context)
    multiple = {name: [value] for name, value in parameters.items()}
    return http_event(None, version, httpMethod="GET", multiValueQueryStringParameters=multiple)


@pytest.mark.parametrize("version", ["2.0", "1.0"])
def test_get(day: S3Server, timewindow_handler: Handler, version: str) -> None:
    bhz = REQUEST["Windows"][0]
    reply = timewindow_handler(get_event(version, **bhz))
    assert reply["statusCode"] == 200
    assert json.loads(reply["body"]) == timewindow_handler({"Windows": [bhz]})
    reply = timewindow_handler(get_event(version, **bhz, Format="mseed"))
    (trace,) = obspy.read(io.BytesIO(content_of(reply)))
    np.testing.assert_array_equal(trace.data, BHZ[:12_000])
    assert timewindow_handler(get_event(version, **{**bhz, "Station": "X"}))["statusCode"] == 404


@pytest.mark.parametrize("version", ["2.0", "1.0"])
def test_bad_gets(timewindow_handler: Handler, version: str) -> None:
    reply = timewindow_handler(get_event(version, Network="CI", Sation="BOM"))
    assert reply["statusCode"] == 400
    assert "'Sation'" in json.loads(reply["body"])["error"]["message"]
    reply = timewindow_handler(get_event(version))
    assert json.loads(reply["body"])["error"]["field"] == "Network"


def test_other_methods(timewindow_handler: Handler) -> None:
    reply = timewindow_handler(http_event(json.dumps(REQUEST), "1.0", httpMethod="PUT"))
    assert reply["statusCode"] == 405
    assert reply["headers"]["Allow"] == "GET, POST"


# Large answers


@pytest.fixture
def large_day(archive: S3Server) -> Any:
    """A day of which 12 hours are 7 MB of JSON."""
    data = noise(1_800_000, scale=10_000_000.0)
    put_day(archive, "CI.BOM.BHZ.", "2024,001", make_trace("CI.BOM.BHZ.", "2024-01-01", data))
    return data


LARGE = {**REQUEST["Windows"][0], "Endtime": "2024-01-01T12:00:00"}


def test_a_large_answer_is_a_link(large_day: Any, timewindow_handler: Handler) -> None:
    direct = timewindow_handler({"Windows": [LARGE]})
    posted = json.loads(timewindow_handler(http_event(json.dumps({"Windows": [LARGE]})))["body"])
    for link in (direct, posted):
        with urllib.request.urlopen(link["url"]) as response:
            (answer,) = json.loads(response.read())
        assert answer["data"] == large_day[:1_728_001].tolist()
    assert direct["object"] == posted["object"]

    redirect = timewindow_handler(get_event("2.0", **LARGE))
    assert redirect["statusCode"] == 303
    with urllib.request.urlopen(redirect["headers"]["Location"]) as response:
        assert json.loads(response.read()) == [answer]


def test_a_large_answer_in_gzip(large_day: Any, timewindow_handler: Handler) -> None:
    body = json.dumps({"Windows": [{**LARGE, "Endtime": "2024-01-01T05:00:00"}]})
    plain = timewindow_handler(http_event(body))
    assert "url" in json.loads(plain["body"])
    packed = timewindow_handler(http_event(body, headers={"accept-encoding": "gzip"}))
    (answer,) = json.loads(gzip.decompress(content_of(packed)))
    assert answer["data"] == large_day[:720_001].tolist()


def test_a_large_answer_as_miniseed(large_day: Any, timewindow_handler: Handler) -> None:
    request = {"Windows": [LARGE, {**LARGE, "Station": "NONE"}], "Format": "mseed"}
    link = timewindow_handler(request)
    assert link["content_type"] == "application/vnd.fdsn.mseed"
    assert link["object"].endswith(".mseed")
    assert [entry["station"] for entry in link["errors"]] == ["NONE"]
    with urllib.request.urlopen(link["url"]) as response:
        (trace,) = obspy.read(io.BytesIO(response.read()))
    np.testing.assert_array_equal(trace.data, large_day[:1_728_001])


def test_a_refusal_says_what_would_fit(
    large_day: Any, timewindow_handler: Handler, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("S3_OUTPUT_BUCKET")
    reply = timewindow_handler(get_event("2.0", **LARGE))
    assert reply["statusCode"] == 413
    error = json.loads(reply["body"])["error"]
    assert error["samples"] == 1_728_001
    assert error["seconds"] == 43_200.025
    end = obspy.UTCDateTime(LARGE["Starttime"]) + error["fits"]["seconds"]
    smaller = {**LARGE, "Endtime": str(end)}
    assert timewindow_handler(get_event("2.0", **smaller))["statusCode"] == 200


@pytest.mark.parametrize(
    ("members", "bucket", "most"),
    [
        ({}, "results", 32),
        ({"Output": "VEL"}, "results", 16),  # its JSON would not fit into the function's memory
        ({"Output": "VEL", "Format": "mseed"}, "results", 32),
        ({"Format": "sac"}, "results", 32),
        ({}, None, 12),
        ({"Output": "VEL"}, None, 12),
    ],
)
def test_how_many_samples_may_be_asked_for(
    monkeypatch: pytest.MonkeyPatch, members: dict[str, str], bucket: str | None, most: int
) -> None:
    asked: list[Any] = []
    monkeypatch.setattr(app, "read_windows", lambda *arguments: asked.extend(arguments) or [])
    if bucket:
        monkeypatch.setenv("S3_OUTPUT_BUCKET", bucket)
    else:
        monkeypatch.delenv("S3_OUTPUT_BUCKET", raising=False)
    app.process({**REQUEST, **members})
    assert asked[-1] == most * 1024**2
