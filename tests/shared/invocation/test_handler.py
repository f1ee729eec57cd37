"""The wrapper around a toy `process`: every shape of event, and what AWS's runtime makes of it."""

import base64
import itertools
import json
import logging
import math

import numpy as np
import pytest
from awslambdaric.lambda_runtime_marshaller import LambdaMarshaller

from shared import errors
from shared.archive.channel_id import ChannelId
from shared.archive.day import Day
from shared.archive.time import parse_time
from shared.fields import Fields
from shared.invocation import lambda_handler
from shared.invocation.http_event import MAX_REPLY_BYTES
from shared.reply import Reply
from tests.support.builders import http_event

RUNTIME_LIMIT = 6 * 1024**2 + 100
"""What Lambda lets through, of final JSON."""

OLD_PYTHON, NEW_PYTHON = "AWS_Lambda_python3.10", "AWS_Lambda_python3.13"


# Events, as AWS documents them


def http_api_2(body=None, **members):
    event = http_event(body, "2.0", **members)
    return event if body is not None else {k: v for k, v in event.items() if k != "body"}


def function_url(body=None, **members):
    """As https://docs.aws.amazon.com/lambda/latest/dg/urls-invocation.html has it."""
    event = {
        "version": "2.0",
        "routeKey": "$default",
        "rawPath": "/",
        "rawQueryString": "",
        "headers": {"content-type": "application/json", "x-forwarded-proto": "https"},
        "requestContext": {
            "accountId": "anonymous",
            "apiId": "abc",
            "domainName": "abc.lambda-url.us-west-2.on.aws",
            "domainPrefix": "abc",
            "http": {
                "method": "POST",
                "path": "/",
                "protocol": "HTTP/1.1",
                "sourceIp": "192.0.2.1",
                "userAgent": "curl/8.0",
            },
            "requestId": "id",
            "routeKey": "$default",
            "stage": "$default",
            "time": "12/Mar/2020:19:03:58 +0000",
            "timeEpoch": 1583348638390,
        },
        "isBase64Encoded": False,
    }
    return {**event, **({} if body is None else {"body": body}), **members}


def rest_api(body=None, **members):
    return http_event(body, "1.0", **members)


def http_api_1(body=None, **members):
    return {**http_event(body, "1.0", **members), "version": "1.0"}


def load_balancer(body=None, **members):
    """As https://docs.aws.amazon.com/lambda/latest/dg/services-alb.html has it."""
    return {
        "requestContext": {"elb": {"targetGroupArn": "arn:aws:elasticloadbalancing:x"}},
        "httpMethod": "POST",
        "path": "/windows",
        "queryStringParameters": {},
        "headers": {"content-type": "application/json", "x-amzn-trace-id": "Root=1"},
        "body": "" if body is None else body,
        "isBase64Encoded": False,
        **members,
    }


HTTP_EVENTS = {
    event.__name__: event
    for event in (http_api_2, function_url, rest_api, http_api_1, load_balancer)
}
each_http_event = pytest.mark.parametrize("event", HTTP_EVENTS.values(), ids=HTTP_EVENTS)


def echo(request):
    return {"got": request}


def refuse(request):
    raise errors.NoWaveformError(f"no {request!r}", object="s3://b/k")


def call(process, event):
    return lambda_handler(process)(event, None)


def strict(text):
    def never(word):
        raise AssertionError(f"{word} is not JSON")

    return json.loads(text, parse_constant=never)


def as_runtime_writes_it(reply, monkeypatch, python=OLD_PYTHON):
    """What awslambdaric sends for a handler's return value."""
    monkeypatch.setenv("AWS_EXECUTION_ENV", python)
    text, content_type = LambdaMarshaller().marshal_response(reply)
    assert content_type == "application/json"
    return text.encode()


def read(reply, status=200):
    """The value in an HTTP reply, which must be of the one shape."""
    assert set(reply) == {"statusCode", "headers", "body", "isBase64Encoded"}
    assert reply["statusCode"] == status
    assert type(reply["statusCode"]) is int  # an HTTPStatus is written as such only by luck
    assert reply["headers"] == {"Content-Type": "application/json"}
    assert reply["isBase64Encoded"] is False
    assert type(reply["body"]) is str
    return strict(reply["body"])


# Direct


@pytest.mark.parametrize(
    "event", [{"day": "2019,183"}, {}, [], [1, 2], None, "text", 7, {"Records": []}, {"body": "x"}]
)
def test_direct_event_is_the_request(event):
    assert call(echo, event) == {"got": event}


@pytest.mark.parametrize("error", [errors.BadRequestError("m"), errors.S3Error("m"), KeyError("x")])
def test_direct_raises_the_very_error(error):
    def process(_request):
        raise error

    with pytest.raises(type(error)) as caught:
        call(process, {})
    assert caught.value is error


def test_direct_answer_is_what_the_runtime_can_write(monkeypatch):
    value = {"data": np.ma.masked_array([1, 2], mask=[0, 1]), "x": [np.float64(1.5), math.nan]}
    reply = call(lambda _request: value, {})
    assert strict(as_runtime_writes_it(reply, monkeypatch)) == {"data": [1, None], "x": [1.5, None]}


def test_direct_reply_is_its_value_whatever_failed():
    reply = Reply([{"error": "x"}], (errors.NoDataError("m"),))
    assert call(lambda _request: reply, {}) == [{"error": "x"}]


# HTTP


@each_http_event
@pytest.mark.parametrize(
    "request_value",
    [{"day": "2019,183"}, {}, [], [1], None, 7, 1.5, True, "text", {"é": "𝄞\u2028\n"}],
    ids=repr,
)
def test_http_body_is_the_request(event, request_value):
    """Any JSON value is for `process` to judge."""
    reply = call(echo, event(json.dumps(request_value)))
    assert read(reply) == {"got": request_value}


@each_http_event
def test_base64_body(event):
    body = base64.b64encode('{"é": [1]}'.encode()).decode()
    assert read(call(echo, event(body, isBase64Encoded=True))) == {"got": {"é": [1]}}


@each_http_event
def test_the_event_says_whether_it_is_base64_and_not_the_look_of_it(event):
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
def test_what_is_not_json_is_refused(event, base64_encoded, text):
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
        # What curl sends where it is told nothing.
        {"content-type": "application/x-www-form-urlencoded"},
        {"Content-Type": "application/octet-stream", "Accept": "text/html"},
    ],
)
def test_headers_change_nothing(event, headers):
    reply = call(echo, event('{"a": 1}', headers=headers))
    assert read(reply) == {"got": {"a": 1}}


# Errors over HTTP


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
def test_answer_that_is_no_json_is_our_fault(event, answer, caplog):
    assert read(call(lambda _request: answer, event("{}")), 500)["error"]["type"] == "InternalError"
    assert "Traceback" in caplog.text
    with pytest.raises(TypeError):
        call(lambda _request: answer, {})


@each_http_event
def test_what_ends_the_process_is_not_held_up(event):
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


# Replies that failed in part


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
def test_failures_decide_the_status_and_the_value_is_told(event, failures, status):
    value = [{"error": error.as_dict()} for error in failures]
    reply = call(lambda _request: Reply(value, failures), event("{}"))
    assert read(reply, status) == value


# NaN


@pytest.mark.parametrize("python", [OLD_PYTHON, NEW_PYTHON])
@pytest.mark.parametrize(
    "value",
    [
        math.nan,
        -math.inf,
        [math.nan],
        {"a": (math.inf,)},
        np.float32(math.nan),
        np.array([1, math.nan, math.inf]),
        np.array([1, math.nan], dtype=">f4"),
        np.ma.masked_array([1.0, math.nan, 2.0], mask=[1, 0, 0]),
        np.ma.masked_array([1, 2], mask=[1, 0]),
    ],
    ids=repr,
)
def test_nan_is_never_bare(value, python, monkeypatch):
    for answer in (value, Reply({"x": value}, (errors.NoDataError("m"),))):
        direct = call(lambda _request, answer=answer: answer, {})
        written = strict(as_runtime_writes_it(direct, monkeypatch, python))
        for event in HTTP_EVENTS.values():
            reply = call(lambda _request, answer=answer: answer, event("{}"))
            outer = strict(as_runtime_writes_it(reply, monkeypatch, python))
            assert strict(outer["body"]) == written


def test_nan_in_an_error_is_never_bare(monkeypatch):
    def process(_request):
        raise errors.TooLargeError("m", size=math.nan)

    reply = strict(as_runtime_writes_it(call(process, http_api_2("{}")), monkeypatch))
    assert strict(reply["body"])["error"]["size"] is None


# The size of a reply

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
each_shape = pytest.mark.parametrize("event", [{}, http_api_2("{}")], ids=["direct", "http"])


def entries_for(size, content, event, monkeypatch, python):
    """How many entries of a content make the runtime write up to `size` bytes.

    Each entry is the same, so the size is a straight line: through two small replies.
    """

    def written(n):
        reply = call(lambda _request: content(n), event)
        return len(as_runtime_writes_it(reply, monkeypatch, python))

    per_entry = (written(3000) - written(1000)) / 2000
    return 1000 + math.floor((size - written(1000)) / per_entry)


@each_content
@each_shape
def test_reply_just_within_the_limit_is_sent(event, content, monkeypatch):
    near = RUNTIME_LIMIT - 1024
    n = entries_for(near, content, event, monkeypatch, OLD_PYTHON)
    reply = call(lambda _request: content(n), event)
    assert not event or reply["statusCode"] == 200
    assert near - 64 < len(as_runtime_writes_it(reply, monkeypatch)) <= near


@each_content
@each_shape
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
    """The measure of the tests above: right to a byte, on a reply that can be sent."""
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
    """A request may have 6 MB, and its error must not have more."""
    body = json.dumps({"text": "\u00e9'\"\\" * 10**6}, ensure_ascii=False)
    reply = call(process, http_api_2(body))
    assert read(reply, 400)
    assert len(as_runtime_writes_it(reply, monkeypatch)) < RUNTIME_LIMIT


# A warm container


def test_each_event_gets_its_own_shape_in_any_order():
    """An earlier event, of whatever shape and fate, leaves no trace."""

    def process(request):
        if request == "refuse":
            raise errors.NoDataError("refused")
        if request == "break":
            raise ZeroDivisionError("broken")
        return Reply({"got": request}, (errors.S3Error("m"),) if request == "fail" else ())

    def expect_direct(request):
        if request in ("refuse", "break"):
            error = errors.NoDataError if request == "refuse" else ZeroDivisionError
            with pytest.raises(error):
                handler(request, None)
        else:
            assert handler(request, None) == {"got": request}

    def expect_http(event, request):
        reply = handler(event(json.dumps(request)), None)
        status = {"refuse": 404, "break": 500, "fail": 502}.get(request, 200)
        value = read(reply, status)
        assert ("error" in value) == (request in ("refuse", "break"))

    handler = lambda_handler(process)
    turns = [
        (shape, request)
        for shape in (None, http_api_2, rest_api)
        for request in ("answer", "refuse", "break", "fail")
    ]
    for order in itertools.permutations(turns, 3):
        for shape, request in order:
            if shape is None:
                expect_direct(request)
            else:
                expect_http(shape, request)


def test_event_is_left_as_it_was():
    event = rest_api('{"a": 1}')
    before = json.dumps(event)
    call(echo, event)
    assert json.dumps(event) == before


def test_limit_is_lambdas():
    assert 6 * 10**6 <= MAX_REPLY_BYTES <= RUNTIME_LIMIT
