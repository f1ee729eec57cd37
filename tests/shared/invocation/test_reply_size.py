"""Replies just within and just over the limit: Lambda would drop a larger one."""

import base64
import json
import math

import numpy as np
import pytest
from awslambdaric.lambda_runtime_marshaller import LambdaMarshaller
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from shared import errors
from shared.archive.channel_id import ChannelId
from shared.archive.day import Day
from shared.archive.time import parse_time
from shared.errors import TooLargeError
from shared.fields import Fields
from shared.invocation.reply_size import MAX_REPLY_BYTES, serialized_size, serialized_size_of_json
from shared.reply import File, Reply
from shared.strict_json import dumps, loads
from tests.support.builders import http_event
from tests.support.invocations import (
    CORS,
    NEW_PYTHON,
    ODDITIES,
    OLD_PYTHON,
    RUNTIME_LIMIT,
    as_runtime_writes_it,
    call,
    decoded_body,
    http_api_2,
    http_request,
    read,
    runtime_size,
)
from tests.support.json_values import values

# Serialized by the runtime itself

CONTENTS = {
    "counts": lambda n: {"data": np.full(n, -1234, dtype=np.int32)},
    "missing samples": lambda n: {"data": np.ma.masked_all(n, dtype=np.int32)},
    "velocities": lambda n: {"data": np.full(n, 1.2345678901234567e-07)},
    "round velocities": lambda n: {"data": np.full(n, 2e-07)},
    "32-bit velocities": lambda n: {"data": np.full(n, 0.1, dtype=np.float32)},
    "members": lambda n: [{"a": "b"} for _ in range(n)],
    "commas": lambda n: {"text": ",:" * n},
    "quotes": lambda n: {"text": '"\\' * n},
    "control characters": lambda n: {"text": "\n\x01\x7f" * n},
    "accents": lambda n: {"text": "é" * n},
    "clefs": lambda n: {"text": "𝄞" * n},
    "line separators": lambda n: {"text": "\u2028" * n},
}
each_content = pytest.mark.parametrize("content", CONTENTS.values(), ids=CONTENTS)
each_source = pytest.mark.parametrize("event", [{}, http_api_2("{}")], ids=["direct", "http"])


def entries_for(size, content, event, monkeypatch, python):
    """Return how many entries of a content the runtime serializes to `size` bytes at most.

    All entries are equal, so the size is linear in their number: two small replies give the line.
    """

    def written(n):
        reply = call(lambda _request: content(n), event)
        return len(as_runtime_writes_it(reply, monkeypatch, python))

    per_entry = (written(3000) - written(1000)) / 2000
    return 1000 + math.floor((size - written(1000)) / per_entry)


@each_content
@each_source
def test_reply_just_within_the_limit_is_sent(event, content, monkeypatch):
    near = RUNTIME_LIMIT - 1024
    n = entries_for(near, content, event, monkeypatch, OLD_PYTHON)
    reply = call(lambda _request: content(n), event)
    assert not event or reply["statusCode"] == 200
    assert near - 64 < len(as_runtime_writes_it(reply, monkeypatch)) <= near


@each_content
@each_source
@pytest.mark.parametrize("python", [OLD_PYTHON, NEW_PYTHON])
def test_reply_just_over_the_limit_is_refused(event, content, python, monkeypatch):
    n = entries_for(RUNTIME_LIMIT, content, event, monkeypatch, python) + 1

    def process(_request):
        return content(n)

    if not event:
        with pytest.raises(errors.TooLargeError) as caught:
            call(process, event)
        error = caught.value.as_dict()
    else:
        error = read(call(process, event), 413)["error"]
    assert error["type"] == "TooLargeError"
    assert error["size"] > error["limit"]
    assert error["limit"] <= RUNTIME_LIMIT


def test_line_is_straight(monkeypatch):
    """The line of `entries_for` is exact to a byte."""
    content, event = CONTENTS["velocities"], http_api_2("{}")
    n = entries_for(10**6, content, event, monkeypatch, OLD_PYTHON)
    reply = call(lambda _request: content(n), event)
    longer = call(lambda _request: content(n + 1), event)
    assert len(as_runtime_writes_it(reply, monkeypatch)) <= 10**6
    assert len(as_runtime_writes_it(longer, monkeypatch)) > 10**6


@pytest.mark.parametrize(
    "process",
    [
        lambda request: ChannelId.parse(request["text"]),
        lambda request: ChannelId("CI", request["text"], "HHZ"),
        lambda request: Day.parse(request["text"]),
        lambda request: parse_time(request["text"], "Starttime"),
        lambda request: Fields({request["text"]: 1}, ("Known",)),
        lambda request: Fields(request, ("text",)).choice("text", ("VEL",), "VEL"),
    ],
)
def test_error_that_quotes_a_huge_request_can_be_sent(process, monkeypatch):
    """A request may have 6 MB, and the error that quotes it must fit into a reply."""
    body = json.dumps({"text": "\u00e9'\"\\" * 10**6}, ensure_ascii=False)
    reply = call(process, http_api_2(body))
    assert read(reply, 400)
    assert len(as_runtime_writes_it(reply, monkeypatch)) < RUNTIME_LIMIT


def test_limit_is_that_of_lambda():
    assert 6 * 10**6 <= MAX_REPLY_BYTES <= RUNTIME_LIMIT


# To the byte


def longest(process, event):
    """Return the length of a text in a reply of exactly MAX_REPLY_BYTES."""
    short = runtime_size(call(lambda _request: process(2000), event))
    return 2000 + MAX_REPLY_BYTES - short


@pytest.mark.parametrize("odd", ["", ODDITIES], ids=["plain", "odd"])
@pytest.mark.parametrize(
    "event", [{}, http_request(), http_event("{}", "1.0")], ids=["direct", "2", "1"]
)
def test_json_fits_to_the_byte(event, odd):
    def process(n):
        return {"text": "x" * n + odd, "e": 1e-7}

    n = longest(process, event)
    reply = call(lambda _request: process(n), event)
    assert runtime_size(reply) == MAX_REPLY_BYTES
    if event:
        assert reply["statusCode"] == 200
        reply = call(lambda _request: process(n + 1), event)
        assert reply["statusCode"] == 413
        assert json.loads(reply["body"])["error"]["size"] == MAX_REPLY_BYTES + 1
    else:
        with pytest.raises(TooLargeError) as caught:
            call(lambda _request: process(n + 1), event)
        assert caught.value.details["size"] == MAX_REPLY_BYTES + 1


@pytest.mark.parametrize(
    "event", [{}, http_request(), http_event("{}", "1.0")], ids=["direct", "2", "1"]
)
def test_base64_fits_to_four_bytes(event):
    def process(n):
        return File(b"\xff" * n, "application/zip", "zip")

    def answer(n):
        return call(lambda _request: process(n), event)

    n = 3 * 1000
    n += (MAX_REPLY_BYTES - runtime_size(answer(n))) // 4 * 3
    reply = answer(n)
    assert MAX_REPLY_BYTES - 4 < runtime_size(reply) <= MAX_REPLY_BYTES
    if event:
        assert reply["isBase64Encoded"] is True
        assert reply["headers"] == {"Content-Type": "application/zip", **CORS}
        assert decoded_body(reply) == b"\xff" * n
        assert answer(n + 1)["statusCode"] == 413
    else:
        assert set(reply) == {"content_type", "content_base64", "errors"}
        assert base64.b64decode(reply["content_base64"]) == b"\xff" * n
        with pytest.raises(TooLargeError):
            answer(n + 1)


def test_a_load_balancer_accepts_less():
    event = {"requestContext": {"elb": {}}, "httpMethod": "POST", "body": "{}"}
    assert call(lambda _request: "x" * 900_000, event)["statusCode"] == 200
    reply = call(lambda _request: "x" * 1_000_000, event)
    assert reply["statusCode"] == 413
    assert json.loads(reply["body"])["error"]["limit"] == 10**6


def test_a_refusal_says_what_would_fit():
    reply = Reply(np.full(3_000_000, -1000), extent={"samples": 3_000_000, "seconds": 30_000.0})
    error = json.loads(call(lambda _request: reply, http_request())["body"])["error"]
    assert error["samples"] == 3_000_000
    assert error["seconds"] == 30_000
    assert error["limit"] == MAX_REPLY_BYTES < error["size"]
    fits = error["fits"]
    amounts = f"at most about {fits['samples']:,} samples, {fits['seconds']:,} seconds"
    assert amounts in error["message"]
    assert "Accept-Encoding: gzip" in error["message"]
    assert 900_000 < fits["samples"] < MAX_REPLY_BYTES / 6
    assert fits["seconds"] == fits["samples"] // 100
    smaller = np.full(fits["samples"], -1000)
    assert call(lambda _request: smaller, http_request())["statusCode"] == 200


# The size

texts = st.text() | st.sampled_from(["", '"', "\\", "\x7f", "\n\x01", "\u2028é𝄞\uffff"])


@given(text=texts)
def test_serialized_size_is_that_of_the_runtime(text):
    reply = {"statusCode": 200, "body": text}
    written, _ = LambdaMarshaller().marshal_response(reply)
    assert serialized_size(reply) == len(written.encode())


@given(value=values)
def test_size_of_json_is_on_the_right_side_of_the_limit(value):
    text = dumps(value)
    size = len(json.dumps(loads(text)))
    for limit in (size - 1, size):
        assert (serialized_size_of_json(text, limit) <= limit) == (size <= limit)
    assert serialized_size_of_json(text, size - 1) == size or len(text) > 2 * (size - 1)
    assert serialized_size_of_json(text, 10**9) >= size


@given(array=arrays.arrays(arrays.floating_dtypes(endianness="=", sizes=(32, 64)), 3))
def test_estimated_size_of_floats_is_never_too_small(array):
    text = dumps(array)
    assert serialized_size_of_json(text, 10**9) >= len(json.dumps(loads(text)))
    assert len(text) <= 2 * len(json.dumps(loads(text)))
