"""The body of an HTTP event: JSON, plain or in base64."""

import base64
import json

import pytest

from tests.support.invocations import (
    call,
    each_http_event,
    echo,
    read,
)


@each_http_event
@pytest.mark.parametrize(
    "request_value",
    [{"day": "2019,183"}, {}, [], [1], None, 7, 1.5, True, "text", {"é": "𝄞\u2028\n"}],
    ids=repr,
)
def test_http_body_is_the_request(event, request_value):
    """Every JSON value reaches `process`, which judges it."""
    reply = call(echo, event(json.dumps(request_value)))
    assert read(reply) == {"got": request_value}


@each_http_event
def test_base64_body(event):
    body = base64.b64encode('{"é": [1]}'.encode()).decode()
    assert read(call(echo, event(body, isBase64Encoded=True))) == {"got": {"é": [1]}}


@each_http_event
def test_the_event_alone_says_whether_the_body_is_base64(event):
    assert read(call(echo, event("1234", isBase64Encoded=False))) == {"got": 1234}
    assert read(call(echo, event("1234", isBase64Encoded=True)), 400)


@each_http_event
@pytest.mark.parametrize(
    "body",
    ["{}", "e30", "*", "e30=e", "é", "e3\n0=", base64.b64encode(b"\xff").decode()],
)
def test_invalid_base64_is_refused(event, body):
    assert read(call(echo, event(body, isBase64Encoded=True)), 400)["error"]["type"] == (
        "BadRequestError"
    )


@each_http_event
@pytest.mark.parametrize("base64_encoded", [False, True])
@pytest.mark.parametrize(
    "text", ["day=2019,183", "{", "{'a': 1}", "[NaN]", "[1,]", " ", "<xml/>", "[" * 5000, "nul"]
)
def test_body_that_is_not_json_is_refused(event, base64_encoded, text):
    body = base64.b64encode(text.encode()).decode() if base64_encoded else text
    error = read(call(echo, event(body, isBase64Encoded=base64_encoded)), 400)["error"]
    assert error["type"] == "BadRequestError"
    assert "not JSON" in error["message"]


@each_http_event
@pytest.mark.parametrize("base64_encoded", [False, True])
def test_no_body_is_refused(event, base64_encoded):
    for body in (None, ""):
        reply = call(echo, event(body, isBase64Encoded=base64_encoded))
        error = read(reply, 400)["error"]
        assert error["type"] == "BadRequestError"
        assert "body" in error["message"]
        assert "POST" in error["message"]


@each_http_event
@pytest.mark.parametrize(
    "headers",
    [
        {},
        None,
        {"content-type": "application/json"},
        {"Content-Type": "application/json; charset=utf-8"},
        {"CONTENT-TYPE": "APPLICATION/JSON"},
        # The default of curl.
        {"content-type": "application/x-www-form-urlencoded"},
        {"Content-Type": "application/octet-stream", "Accept": "text/html"},
    ],
)
def test_headers_change_nothing(event, headers):
    reply = call(echo, event('{"a": 1}', headers=headers))
    assert read(reply) == {"got": {"a": 1}}
