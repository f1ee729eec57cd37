"""The handler: direct requests, methods, and events of any kind in any order."""

import itertools
import json
import math

import numpy as np
import pytest

from shared import errors
from shared.invocation import lambda_handler
from shared.reply import Reply
from tests.support.invocations import (
    HTTP_EVENTS,
    NEW_PYTHON,
    OLD_PYTHON,
    as_runtime_writes_it,
    call,
    echo,
    http_api_2,
    http_request,
    read,
    rest_api,
)
from tests.support.json_values import strict

# Direct requests


@pytest.mark.parametrize(
    "event", [{"day": "2019,183"}, {}, [], [1, 2], None, "text", 7, {"Records": []}, {"body": "x"}]
)
def test_direct_event_is_the_request(event):
    assert call(echo, event) == {"got": event}


@pytest.mark.parametrize("error", [errors.BadRequestError("m"), errors.S3Error("m"), KeyError("x")])
def test_direct_error_is_raised_unchanged(error):
    def process(_request):
        raise error

    with pytest.raises(type(error)) as caught:
        call(process, {})
    assert caught.value is error


def test_direct_answer_can_be_serialized_by_the_runtime(monkeypatch):
    value = {"data": np.ma.masked_array([1, 2], mask=[0, 1]), "x": [np.float64(1.5), math.nan]}
    reply = call(lambda _request: value, {})
    assert strict(as_runtime_writes_it(reply, monkeypatch)) == {"data": [1, None], "x": [1.5, None]}


def test_direct_reply_is_its_value_despite_failures():
    reply = Reply([{"error": "x"}], (errors.NoDataError("m"),))
    assert call(lambda _request: reply, {}) == [{"error": "x"}]


# Methods


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "HEAD", "PATCH"])
def test_other_methods_are_refused(method):
    def never(request):
        raise AssertionError(request)

    reply = call(never, http_request(method))
    assert reply["statusCode"] == 405
    assert reply["headers"]["Allow"] == "POST, OPTIONS"
    assert (method in json.loads(reply["body"] or "{}").get("error", {}).get("message", "")) == (
        method != "HEAD"  # its reply has no body
    )
    if method not in ("GET", "HEAD"):
        reply = call(never, http_request(method), query=dict)
        assert reply["headers"]["Allow"] == "GET, HEAD, POST, OPTIONS"


# A warm container


def test_each_event_gets_its_own_kind_of_reply_in_any_order():
    """An earlier event does not affect a later one, whether it succeeded or failed."""

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
        (http, request)
        for http in (None, http_api_2, rest_api)
        for request in ("answer", "refuse", "break", "fail")
    ]
    for order in itertools.permutations(turns, 3):
        for http, request in order:
            if http is None:
                expect_direct(request)
            else:
                expect_http(http, request)


def test_event_is_not_changed():
    event = rest_api('{"a": 1}')
    before = json.dumps(event)
    call(echo, event)
    assert json.dumps(event) == before


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
