"""Limits of a request: at each value and one beyond, by both front doors.

Row 10 of docs/reliability.md.
"""

import itertools
import json
from collections.abc import Callable
from functools import partial
from types import SimpleNamespace
from typing import Any

import pytest

from local.cloud.s3_server import S3Server
from shared.aws import s3_client
from shared.errors import BadRequestError, ServiceError, TooLargeError
from shared.windows import _budget, cost
from tests.support.builders import http_event
from tests.support.commands import load_app
from tests.support.tutorial_windows import get_event

Handler = Callable[[Any], Any]

EVENING = "2024-01-01T23:59:59"
MIDNIGHT = "2024-01-02T00:00:00"


def window(start: str = "2024-01-01T00:02:00", end: str = "", **members: str) -> dict[str, str]:
    """Return a window of CI.BOM.BHZ, by default at 00:02:00."""
    codes = {"Network": "CI", "Station": "BOM", "Channel": "BHZ"}
    return {**codes, "Starttime": start, "Endtime": end or start, **members}


def at(*times: str) -> dict[str, Any]:
    return {"Windows": [window(f"2024-01-01T{time}") for time in times]}


BY_THE_REQUEST = [
    (
        "MAX_WINDOWS",
        2,
        at("00:02:00", "00:02:01"),
        at("00:02:00", "00:02:01", "00:02:02"),
        BadRequestError,
        "Windows has 3 time windows: must be at most 2",
    ),
    (
        "MAX_WINDOW_DAYS",
        1,
        {"Windows": [window("2024-01-01", MIDNIGHT)]},
        {"Windows": [window("2024-01-01", f"{MIDNIGHT}.000001")]},
        TooLargeError,
        r"Windows\[0\] is longer than 1 days",
    ),
    (
        "MAX_CHANNEL_DAYS",
        2,
        {"Windows": [window(), window(EVENING, MIDNIGHT)]},
        {"Windows": [window(), window(EVENING, f"{MIDNIGHT}.1")]},
        TooLargeError,
        "have 3 channel days or more, .* at most 2",
    ),
    (
        "MAX_CHANNEL_DAYS",
        2,
        {"Windows": [window("2024-01-01T00:00:11")] * 2, "Output": "VEL"},
        {"Windows": [window("2024-01-01T00:00:11"), window("2024-01-01")], "Output": "VEL"},
        TooLargeError,
        "the windows and their margins have 3 channel days",
    ),
    (
        "MAX_OBJECTS",
        1,
        at("00:02:00", "00:02:01"),
        {"Windows": [window(), window(Channel="BHN")]},
        TooLargeError,
        "need 2 day objects: at most 1 ",
    ),
    (
        "MAX_S3_REQUESTS",
        3,
        at("00:02:00", "00:12:00"),
        at("00:02:00", "00:12:01"),
        TooLargeError,
        "about 5 requests to S3: at most 3",
    ),
]


def no_client(*_: Any, **__: Any) -> None:
    raise AssertionError("S3 was asked")


@pytest.mark.parametrize(
    ("setting", "limit", "allowed", "refused", "kind", "words"),
    BY_THE_REQUEST,
    ids=[row[0] for row in BY_THE_REQUEST],
)
def test_a_request_beyond_a_limit_is_refused_before_s3_is_asked(
    day: S3Server,
    timewindow_handler: Handler,
    monkeypatch: pytest.MonkeyPatch,
    setting: str,
    limit: int,
    allowed: dict[str, Any],
    refused: dict[str, Any],
    kind: type[ServiceError],
    words: str,
) -> None:
    monkeypatch.setenv(setting, str(limit))
    assert len(timewindow_handler(allowed)) == len(allowed["Windows"])
    reply = timewindow_handler(http_event(json.dumps(allowed)))
    assert reply["statusCode"] in (200, 404)

    monkeypatch.setattr(s3_client, "client", no_client)
    with pytest.raises(kind, match=words) as caught:
        timewindow_handler(refused)
    reply = timewindow_handler(http_event(json.dumps(refused)))
    assert reply["statusCode"] == (400 if kind is BadRequestError else 413)
    assert json.loads(reply["body"])["error"] == caught.value.as_dict()
    assert caught.value.details["limit"] == limit


def test_a_query_has_the_limits_of_a_body(
    timewindow_handler: Handler, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(s3_client, "client", no_client)
    query = window("2024-01-01", f"{MIDNIGHT}.000001", Station="NONE")
    monkeypatch.setenv("MAX_WINDOW_DAYS", "1")
    assert timewindow_handler(get_event("2.0", **query))["statusCode"] == 413
    monkeypatch.setenv("MAX_WINDOW_DAYS", "2")
    monkeypatch.setenv("MAX_OBJECTS", "1")
    assert timewindow_handler(get_event("2.0", **query))["statusCode"] == 413


@pytest.mark.parametrize(
    ("part", "members", "words"),
    [
        ("windows", {}, r"\(2 windows: 1.2 s\)"),
        ("samples", {}, r"\(82 samples: 49.2 s\)"),
        ("removals", {"Output": "VEL"}, r"\(2 response removals: 1.2 s\)"),
        ("corrected", {"Output": "VEL", "method": "fast"}, "samples with their margins: "),
        ("by_obspy", {"Output": "VEL", "method": "obspy"}, "samples with their margins by ObsPy"),
        ("samples", {"Read": "whole"}, "samples: "),
    ],
)
def test_work_that_takes_too_long_is_refused_with_its_parts(
    day: S3Server,
    timewindow_handler: Handler,
    monkeypatch: pytest.MonkeyPatch,
    part: str,
    members: dict[str, str],
    words: str,
) -> None:
    monkeypatch.setenv("MAX_PROCESSOR_SECONDS", "1")
    names = {name: cost.Unit(0.0, unit.words) for name, unit in cost.UNITS.items()}
    monkeypatch.setattr(cost, "UNITS", {**names, part: cost.Unit(0.6, names[part].words)})
    two = {"Windows": [window(), window(end="2024-01-01T00:02:02")], **members}
    with pytest.raises(TooLargeError, match=words) as caught:
        timewindow_handler(two)
    assert "at most 1 s in one request" in caught.value.message
    reply = timewindow_handler(http_event(json.dumps(two)))
    assert reply["statusCode"] == 413
    if part in ("windows", "removals"):
        monkeypatch.setenv("MAX_PROCESSOR_SECONDS", "2")
        assert len(timewindow_handler(two)) == 2


def test_windows_that_no_time_is_left_for_have_an_error_in_their_place(
    day: S3Server, timewindow_handler: Handler, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Unusual days take longer than estimated: the windows that are done are answered."""
    request = at("00:02:00", "00:02:10", "00:02:20")
    expected = timewindow_handler(request)
    for event in (request, http_event(json.dumps(request))):
        clock = iter([0.0, 0.1, 9.9, 10.1])  # of the start, of the batch, and of two windows
        monkeypatch.setattr(_budget.time, "thread_time", partial(next, clock))
        check_partly_answered(timewindow_handler(event), expected, "10 s of processor time were")


def test_the_windows_that_are_done_are_answered_in_time(
    day: S3Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Lambda would end the invocation, and the caller would get nothing."""
    request = at("00:02:00", "00:02:10", "00:02:20")
    handler = load_app("timewindow").handler
    expected = handler(request, SimpleNamespace())
    for event in (request, http_event(json.dumps(request))):
        left = iter([20.0, 20.0, 3.0])  # at the batch, and at two windows; one takes 5 s
        clock = itertools.count(0, 5)
        fakes = {
            "deadline": SimpleNamespace(left_s=partial(next, left)),
            "time": SimpleNamespace(monotonic=partial(next, clock), thread_time=lambda: 0.0),
        }
        for name, fake in fakes.items():
            monkeypatch.setattr(_budget, name, fake)
        reply = handler(event, SimpleNamespace())
        check_partly_answered(reply, expected, "the function's time was")


def check_partly_answered(reply: Any, expected: list[dict[str, Any]], words: str) -> None:
    """Check that the first of three windows is answered, and that no time was left for others."""
    answers = reply if isinstance(reply, list) else json.loads(reply["body"])
    assert answers[0] == expected[0]
    assert [list(answer)[-1] for answer in answers] == ["data", "error", "error"]
    for answer in answers[1:]:
        error = answer["error"]
        assert error["type"] == "TooLargeError"
        assert f"{words} over after 1 of 3 windows: send the rest" in error["message"]
        assert (error["done"], error["windows"]) == (1, 3)
