"""The body of an HTTP event: JSON, plain or in base64."""

import base64
import gzip
import json

import pytest

from shared.invocation import http_event
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


def encoded(event, content, encoding="gzip"):
    headers = {"headers": {"Content-Encoding": encoding}}
    return event(base64.b64encode(content).decode(), isBase64Encoded=True, **headers)


def packed(content):
    """Compress without the time: the names of tests are the same in all of pytest's processes."""
    return gzip.compress(content, mtime=0)


@each_http_event
@pytest.mark.parametrize("encoding", ["gzip", "GZIP", "x-gzip"])
def test_a_body_in_gzip_is_decompressed(event, encoding):
    asked = encoded(event, gzip.compress(b'{"day": "2019,183"}'), encoding)
    assert read(call(echo, asked)) == {"got": {"day": "2019,183"}}


@each_http_event
@pytest.mark.parametrize(
    ("content", "encoding", "said"),
    [
        (b"{}", "gzip", "the body is not gzip, as Content-Encoding says"),
        (packed(b"{}" * 99)[:-9], "gzip", "must be one whole gzip stream"),
        (packed(b"{") + packed(b"}"), "gzip", "must be one whole gzip stream"),
        (b"{}", "br", "Content-Encoding is 'br': must be 'gzip' or none"),
        (packed(b"{}"), "identity", "compressed by gzip: say so by the header"),
    ],
)
def test_a_body_of_another_encoding_is_refused(event, content, encoding, said):
    assert said in read(call(echo, encoded(event, content, encoding)), 400)["error"]["message"]


@each_http_event
def test_a_small_body_cannot_become_a_large_one(event):
    bomb = gzip.compress(b" " * (http_event.MAX_BODY_BYTES + 1))
    assert len(bomb) < 20_000
    message = read(call(echo, encoded(event, bomb)), 400)["error"]["message"]
    assert "more than 10,485,760 bytes" in message
