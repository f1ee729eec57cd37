"""The log of both functions while S3 works and while it fails: one line, and each failure once."""

import base64
import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest

from local.cloud.s3_server import S3Server
from tests.support.builders import http_event, make_trace, noise, put_day
from tests.support.faulty_s3 import FaultyS3
from tests.support.injected_faults import FAULTS, inject
from tests.support.invoked import DAY, EVENTS, JOB, STATIONXML, WINDOWS, Invoke, sqs_event
from tests.support.log_lines import log_line
from tests.support.s3_faults import forbid, of_another_version, slow_down

KEY_ID, SECRET, TOKEN = "AKIAEXAMPLE", "very-secret-key", "session-token-value"
CHANNEL = {"channel": "CI.BOM.BHZ.", "day": "2024,001"}

Capture = pytest.CaptureFixture[str]
Logs = pytest.LogCaptureFixture


@pytest.fixture(autouse=True)
def _secrets_stay_out(
    monkeypatch: pytest.MonkeyPatch, caplog: Logs, capsys: Capture
) -> Iterator[None]:
    """Set credentials, and find none of them in the log after the test."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", KEY_ID)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", SECRET)
    monkeypatch.setenv("AWS_SESSION_TOKEN", TOKEN)
    yield
    log = caplog.text + "".join(capsys.readouterr())
    for secret in (KEY_ID, SECRET, TOKEN, "X-Amz-Signature", "scedc-lambda-"):
        assert secret not in log


def window(**members: str) -> dict[str, str]:
    return {**WINDOWS["Windows"][0], **members}


# Sound data


def test_a_corrected_day(s3: FaultyS3, archive: S3Server, invoke: Invoke, capsys: Capture) -> None:
    reply = invoke("response", {**JOB, "output": "DISP", "pre_filt": "auto"}).answer
    line = log_line(capsys.readouterr().out)
    assert line["outcome"] == "ok"
    assert {name: line[name] for name in CHANNEL} == CHANNEL
    assert line["parameters"] == {"output": "DISP", "pre_filt": "auto"}
    counted = dict.fromkeys(("GET", "HEAD", "LIST", "PUT"), 0)
    for method, _ in s3.requests:
        counted[method] += 1
    assert {method: line["s3"][method] for method in counted} == counted
    assert line["S3Requests"] == len(s3.requests) == 4
    inputs = [archive.get(f"s3://scedc-pds/{key}") for key in (DAY, STATIONXML)]
    assert line["s3"]["bytes_read"] == sum(map(len, inputs))
    assert line["s3"]["bytes_written"] == len(archive.get(reply["output_key"]))
    assert line["S3Bytes"] == line["s3"]["bytes_read"] + line["s3"]["bytes_written"]
    assert set(reply["seconds"]) == set(line["steps"])
    assert sum(line["steps"].values()) <= line["Seconds"]


def test_windows_with_all_steps(s3: FaultyS3, invoke: Invoke, capsys: Capture) -> None:
    request = {"Windows": [window(), window(Station="NONE")], "Output": "VEL", "Format": "mseed"}
    reply = invoke("timewindow", http_event(json.dumps(request))).answer
    line = log_line(capsys.readouterr().out)
    assert (reply["statusCode"], line["status"], line["outcome"]) == (200, 200, "partial")
    assert (line["windows"], line["Failed"], line["jobs"]) == (2, 1, 1)
    assert line["parameters"] == {
        "format": "mseed",
        "read": "records",
        "output": "VEL",
        "pre_filt": "auto",
    }
    assert set(line["steps"]) == {"parse", "read", "stationxml", "remove_response", "write"}
    assert sum(line["steps"].values()) <= line["Seconds"]
    assert line["S3Requests"] == len(s3.requests)
    assert line["failures"] == [
        {"error": "NoWaveformError", "channel": "CI.NONE.BHZ.", "day": "2024,001", "count": 1}
    ]
    assert base64.b64decode(reply["body"])
    assert reply["body"][:40] not in str(line)


def test_a_stored_reply_and_its_link(
    s3: FaultyS3, archive: S3Server, invoke: Invoke, capsys: Capture
) -> None:
    samples = noise(1_000_000, scale=10_000_000.0)
    put_day(archive, "CI.HEC.BHZ.", "2024,001", make_trace("CI.HEC.BHZ.", "2024-01-01", samples))
    request = {"Windows": [window(Station="HEC", Endtime="2024-01-01T06:56:00")]}
    stored = invoke("timewindow", request).answer
    line = log_line(capsys.readouterr().out)
    assert "X-Amz-Signature" in stored["url"]
    assert line["s3"]["bytes_written"] == stored["bytes"]
    assert line["s3"]["PUT"] == 1
    assert line["steps"]["upload"] > 0


# Failures


def test_a_refused_request_is_not_partly_answered(
    s3: FaultyS3, invoke: Invoke, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MAX_OBJECTS", "3")
    stations = [window(Station=f"S{number}") for number in range(40)]
    event = http_event(json.dumps({"Windows": stations}))
    assert invoke("timewindow", event).answer["statusCode"] == 413
    line = log_line(capsys.readouterr().out)
    assert (line["outcome"], line["Failed"], line["windows"]) == ("TooLargeError", 1, 40)


def test_a_storm_of_one_object_is_logged_once(
    s3: FaultyS3, invoke: Invoke, capsys: Capture, caplog: Logs, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    s3.add(slow_down, part=DAY)
    request = {"Windows": [window() for _ in range(1000)]}
    answer = invoke("timewindow", request).answer
    assert {entry["error"]["type"] for entry in answer} == {"S3Error"}
    line = log_line(capsys.readouterr().out)
    assert (line["windows"], line["Failed"], line["S3Failures"]) == (1000, 1000, 1)
    assert line["outcome"] == "S3Error"
    assert line["failures"] == [{"error": "S3Error", **CHANNEL, "count": 1000}]
    (record,) = caplog.records
    assert "and 999 more: could not read s3://scedc-pds/continuous" in record.getMessage()
    assert "SlowDown" in str(record.exc_info)


def test_an_object_that_is_replaced_is_no_failure_of_s3(
    s3: FaultyS3, invoke: Invoke, capsys: Capture
) -> None:
    """It is read again, as HEAD and GET have different ETags."""
    s3.add(of_another_version, part=DAY, methods=("GET",), times=1)
    assert invoke("response", JOB, left_s=60).answer["samples"] == 12_000
    line = log_line(capsys.readouterr().out)
    assert (line["outcome"], line["S3Failures"]) == ("ok", 0)
    assert (line["s3"]["HEAD"], line["s3"]["GET"]) == (2, 3)


def test_a_caught_bug_that_fails_nothing_is_counted(
    s3: FaultyS3, invoke: Invoke, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    inject(monkeypatch, "shared.corrected_days.adjacent_days:read_span", FAULTS[2], "2023_365")
    reply = invoke("response", {**JOB, "edges": "neighbours"}).answer
    assert "our fault" in str(reply["warnings"])
    line = log_line(capsys.readouterr().out)
    assert (line["outcome"], line["Failed"], line["InternalErrors"]) == ("ok", 0, 1)


def test_a_bug_in_many_windows_has_one_traceback(
    s3: FaultyS3, invoke: Invoke, capsys: Capture, caplog: Logs, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: Any) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("shared.windows.read.window_counts", broken)
    for _ in range(2):
        caplog.clear()
        answer = invoke("timewindow", {"Windows": [window() for _ in range(20)]}).answer
        assert {entry["error"]["type"] for entry in answer} == {"InternalError"}
        line = log_line(capsys.readouterr().out)
        assert (line["Failed"], line["InternalErrors"]) == (20, 20)
        assert line["outcome"] == "InternalError"
        (record,) = caplog.records
        assert record.exc_info


def test_a_storm_of_one_stationxml_is_logged_once(
    s3: FaultyS3, invoke: Invoke, capsys: Capture, caplog: Logs, monkeypatch: pytest.MonkeyPatch
) -> None:
    """SAC has room for coordinates: the samples are delivered without."""
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    s3.add(slow_down, part=STATIONXML)
    invoke("timewindow", {"Windows": [window() for _ in range(20)], "Format": "sac"})
    line = log_line(capsys.readouterr().out)
    assert (line["Failed"], line["S3Failures"], line["outcome"]) == (0, 1, "ok")
    (record,) = caplog.records
    assert "and 19 more: could not read" in record.getMessage()


@pytest.mark.parametrize("door", EVENTS)
def test_a_refusal_is_logged_once_with_its_cause(
    s3: FaultyS3, archive: S3Server, invoke: Invoke, capsys: Capture, caplog: Logs, door: str
) -> None:
    archive.client.put_bucket_acl(Bucket="scedc-pds", ACL="public-read")
    s3.add(forbid, part=DAY)
    invoke(*EVENTS[door])
    archive.client.put_bucket_acl(Bucket="scedc-pds", ACL="private")
    line = log_line(capsys.readouterr().out)
    assert (line["outcome"], line["S3Failures"], line["Failed"]) == ("S3Error", 1, 1)
    assert line["failures"] == [{"error": "S3Error", **CHANNEL, "count": 1}]
    (record,) = caplog.records
    assert "HeadObject" in str(record.exc_info) or "is not authorized" in str(record.exc_info)


def test_a_batch_finds_its_failed_day(
    s3: FaultyS3, invoke: Invoke, capsys: Capture, caplog: Logs
) -> None:
    invoke("response", sqs_event(JOB, {**JOB, "day": "2024,002"}, {**JOB, "nscl": "bad"}))
    line = log_line(capsys.readouterr().out)
    assert (line["jobs"], line["Failed"], line["outcome"]) == (3, 2, "partial")
    assert line["failures"] == [
        {"error": "NoWaveformError", "channel": "CI.BOM.BHZ.", "day": "2024,002", "count": 1},
        {"error": "BadRequestError", "count": 1},
    ]
    assert line["slowest"]["day"] == "2024,001"
    warned = [record for record in caplog.records if record.levelno == logging.WARNING]
    assert [record.getMessage()[:11] for record in warned] == ["message m1:", "message m2:"]
    assert "Traceback" not in caplog.text


@pytest.mark.parametrize("event", [JOB, http_event(json.dumps(JOB))], ids=["direct", "HTTP"])
def test_a_missing_day_has_no_traceback(
    s3: FaultyS3, invoke: Invoke, capsys: Capture, caplog: Logs, event: Any
) -> None:
    missing = json.loads(json.dumps(event).replace("2024,001", "2024,003"))
    invoke("response", missing)
    line = log_line(capsys.readouterr().out)
    assert (line["outcome"], line["Failed"], line["S3Failures"]) == ("NoWaveformError", 1, 0)
    assert "Traceback" not in caplog.text
