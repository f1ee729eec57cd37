"""Errors over HTTP: status, JSON body, log."""

import json
import logging

import pytest

from shared import errors
from shared.reply import Reply
from tests.support.invocations import (
    call,
    each_http_event,
    http_api_2,
    read,
    refuse,
)


@each_http_event
@pytest.mark.parametrize(
    ("error", "status"),
    [
        (errors.BadRequestError, 400),
        (errors.NoDataError, 404),
        (errors.NoSuchObjectError, 404),
        (errors.NoWaveformError, 404),
        (errors.NoStationXMLError, 404),
        (errors.NoResponseError, 404),
        (errors.TooLargeError, 413),
        (errors.UpstreamError, 502),
        (errors.S3Error, 502),
        (errors.UnreadableObjectError, 502),
        (errors.SettingsError, 500),
        (errors.ServiceError, 500),
    ],
)
def test_error_over_http(event, error, status):
    def process(_request):
        raise error("day 'é' is none", object="s3://b/k", size=3)

    assert read(call(process, event("{}")), status) == {
        "error": {
            "type": error.__name__,
            "message": "day 'é' is none",
            "object": "s3://b/k",
            "size": 3,
        }
    }


@each_http_event
@pytest.mark.parametrize(
    "error",
    [
        ValueError("secret"),
        KeyError("secret"),
        AssertionError("secret"),
        RecursionError("secret"),
        MemoryError("secret"),
        StopIteration("secret"),
        OSError(28, "secret", "/tmp/secret"),
    ],
    ids=repr,
)
def test_unexpected_error_is_opaque_and_in_the_log(event, error, caplog):
    def process(_request):
        raise error

    reply = call(process, event('{"day": "mine"}'))
    body = read(reply, 500)
    assert set(body) == {"error"}
    assert set(body["error"]) == {"type", "message", "request_id"}
    assert "secret" not in json.dumps(reply)
    assert type(error).__name__ not in json.dumps(reply)
    [record] = [record for record in caplog.records if record.levelno >= logging.ERROR]
    assert record.exc_info[1] is error
    assert "Traceback" in caplog.text
    assert "secret" in caplog.text


@each_http_event
@pytest.mark.parametrize("answer", [object(), {"a": {1, 2}}, b"bytes", {1: "a number as a key"}])
def test_answer_that_is_not_json_is_an_internal_error(event, answer, caplog):
    assert read(call(lambda _request: answer, event("{}")), 500)["error"]["type"] == "InternalError"
    assert "Traceback" in caplog.text
    with pytest.raises(TypeError):
        call(lambda _request: answer, {})


@each_http_event
def test_system_exit_passes_through(event):
    def process(_request):
        raise SystemExit

    with pytest.raises(SystemExit):
        call(process, event("{}"))


def test_upstream_failure_is_logged_with_its_cause(caplog):
    def reset():
        raise OSError("connection reset")

    def process(_request):
        try:
            reset()
        except OSError as cause:
            raise errors.S3Error("could not read s3://b/k") from cause

    read(call(process, http_api_2("{}")), 502)
    assert "could not read s3://b/k" in caplog.text
    assert "connection reset" in caplog.text
    assert "Traceback" in caplog.text


def test_callers_own_mistake_is_logged_without_a_traceback(caplog):
    read(call(refuse, http_api_2("{}")), 404)
    assert "NoWaveformError" in caplog.text
    assert "Traceback" not in caplog.text


# Replies with failures


@each_http_event
@pytest.mark.parametrize(
    ("failures", "status"),
    [
        ((), 200),
        ((errors.NoWaveformError("m"),), 404),
        ((errors.NoWaveformError("m"), errors.NoDataError("m")), 404),
        ((errors.NoWaveformError("m"), errors.S3Error("m")), 502),
        ((errors.S3Error("m"), errors.NoWaveformError("m")), 502),
        ((errors.NoWaveformError("m"), errors.TooLargeError("m")), 413),
        ((errors.BadRequestError("m"), errors.NoWaveformError("m")), 404),
        ((errors.SettingsError("m"), errors.S3Error("m")), 502),
    ],
)
def test_failures_decide_the_status_and_the_value_is_sent(event, failures, status):
    value = [{"error": error.as_dict()} for error in failures]
    reply = call(lambda _request: Reply(value, failures), event("{}"))
    assert read(reply, status) == value
