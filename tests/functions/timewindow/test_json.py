"""Time windows as JSON, by direct invocation and by HTTP."""

import base64
import json
from collections.abc import Callable
from typing import Any

import pytest

from local.cloud.s3_server import S3Server
from shared import errors, strict_json
from tests.support.builders import http_event, make_trace, noise, put_day
from tests.support.log_lines import log_line
from tests.support.tutorial_windows import REQUEST, check

Handler = Callable[[Any], Any]


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


MALFORMED: dict[str, Any] = {
    "Endtime is '2023-12-31T23:59:59': must be at or after Starttime": {
        "Endtime": "2023-12-31T23:59:59"
    },
    "Windows[1].Starttime 'yesterday'": {"Starttime": "yesterday"},
    "Windows[1]: station code 'B/M'": {"Station": "B/M"},
    "Windows[1].Station is 7": {"Station": 7},
    "unknown field 'Sation' (did you mean 'Station'?)": {"Sation": "BOM"},
    "Windows[1] is longer than 366 days": {"Endtime": "2026-01-01"},
    "Windows[1] is 'CI.BOM.BHZ.'": "CI.BOM.BHZ.",
}


def test_a_malformed_window_has_its_error_in_its_place(
    day: S3Server, timewindow_handler: Handler
) -> None:
    first, last = REQUEST["Windows"]
    for words, change in MALFORMED.items():
        bad = {**last, **change} if isinstance(change, dict) else change
        request = {"Windows": [first, bad, last]}
        direct = timewindow_handler(request)
        reply = timewindow_handler(http_event(json.dumps(request)))
        assert reply["statusCode"] == 200
        assert json.loads(reply["body"]) == json.loads(strict_json.dumps(direct))
        sound, failed, other = json.loads(reply["body"])
        check([sound, other])
        assert words in failed.pop("error")["message"]
        assert list(failed) == [*list(other)[:4], "starttime", "endtime"]
        assert all(isinstance(text, str) for text in failed.values())
    assert failed == dict.fromkeys(failed, "")


def test_a_malformed_window_shows_the_codes_and_times_that_it_has(
    day: S3Server, timewindow_handler: Handler
) -> None:
    first, _ = REQUEST["Windows"]
    texts = {"net": "ci", "sta": "bom", "cha": "bhz", "loc": None, "start": "2024,1", "end": "now"}
    other = {"id": "CI.BOM.10.BHZ", "start": "x" * 1_000, "end": "20240102"}
    _, failed, named = timewindow_handler({"Windows": [first, texts, other]})
    assert failed.pop("error")["field"] == "Windows[1].end"
    assert list(failed.values()) == ["CI", "BOM", "BHZ", "", "2024-01-01T00:00:00.000000Z", "now"]
    del named["error"]
    assert list(named.values())[:4] == ["CI", "BOM", "BHZ", "10"]
    assert list(named.values())[4:] == ["x" * 80, "2024-01-02T00:00:00.000000Z"]


def test_a_request_of_malformed_windows_is_refused(timewindow_handler: Handler) -> None:
    window = {**REQUEST["Windows"][0], "Endtime": "2023-12-31T23:59:59"}
    reply = timewindow_handler(http_event(json.dumps({"Windows": [window, 7]})))
    assert reply["statusCode"] == 400
    error = json.loads(reply["body"])["error"]
    assert error["field"] == "Windows[0].Endtime"
    assert "'2023-12-31T23:59:59'" in error["message"]


def test_malformed_and_absent_windows_are_the_callers_fault(
    archive: S3Server, timewindow_handler: Handler, capsys: pytest.CaptureFixture[str]
) -> None:
    request = {"Windows": [REQUEST["Windows"][0], 7]}
    reply = timewindow_handler(http_event(json.dumps(request)))
    types = [window["error"]["type"] for window in json.loads(reply["body"])]
    assert (reply["statusCode"], types) == (404, ["NoWaveformError", "BadRequestError"])
    line = log_line(capsys.readouterr().out)
    assert (line["windows"], line["outcome"] in types) == (2, True)
    assert {"error": "BadRequestError", "count": 1} in line["failures"]


@pytest.mark.parametrize("form", ["mseed", "sac"])
def test_a_file_has_the_other_windows(
    day: S3Server, timewindow_handler: Handler, form: str
) -> None:
    request = {"Windows": [REQUEST["Windows"][0], 7], "format": form.upper()}
    direct = timewindow_handler(request)
    (failed,) = direct["errors"]
    assert failed["window"] == 1
    assert failed["error"]["message"].startswith("Windows[1] is 7: must be")
    reply = timewindow_handler(http_event(json.dumps(request)))
    assert reply["headers"]["X-Windows-Failed"] == "1"
    assert json.loads(reply["headers"]["X-Windows-Errors"])[0]["nscl"] == "..."


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
