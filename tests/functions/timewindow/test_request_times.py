"""Requests that take too long: refused by their estimated work, or answered in part.

Rows 5 and 10 of docs/reliability.md.
"""

import itertools
import json
from collections.abc import Callable
from contextlib import nullcontext
from functools import partial
from types import SimpleNamespace
from typing import Any

import pytest

from local.cloud.s3_server import S3Server
from shared.aws import time_limit
from shared.errors import TooLargeError
from shared.windows import _budget, cost
from tests.support.builders import http_event, make_trace, put_day, put_station
from tests.support.commands import load_app
from tests.support.small_windows import answers_of, at, window

Handler = Callable[[Any], Any]


def only(monkeypatch: pytest.MonkeyPatch, part: str, seconds: float) -> None:
    """Make one part of the work the only one that takes time, and a second the limit."""
    monkeypatch.setenv("MAX_PROCESSOR_SECONDS", "1")
    units = {name: cost.Unit(0.0, unit.words) for name, unit in cost.UNITS.items()}
    units[part] = cost.Unit(seconds, units[part].words)
    monkeypatch.setattr(cost, "UNITS", units)


@pytest.mark.parametrize(
    ("part", "seconds", "members", "words"),
    [
        ("windows", 0.6, {}, r"\(2 windows: 1.2 s\)"),
        ("samples", 0.0123, {}, r"\(82 samples: 1.0 s\)"),
        ("decoded", 0.0001, {"Read": "whole"}, "samples of whole objects: "),
        ("requests", 0.6, {}, r"\(3 requests to S3: 1.8 s\)"),
        ("removals", 0.6, {"Output": "VEL"}, r"\(2 response removals: 1.2 s\)"),
        ("stations", 1.1, {"Output": "VEL"}, r"\(1 StationXML objects: 1.1 s\)"),
        ("stations", 1.1, {"Format": "sac"}, r"\(1 StationXML objects: 1.1 s\)"),
        ("corrected", 0.0011, {"Output": "VEL"}, "1,680 samples with their margins: 1.8 s"),
        ("by_obspy", 0.0011, {"Output": "VEL", "method": "obspy"}, "margins by ObsPy: 1.8 s"),
    ],
)
def test_work_that_takes_too_long_is_refused_with_its_parts(
    day: S3Server,
    timewindow_handler: Handler,
    monkeypatch: pytest.MonkeyPatch,
    part: str,
    seconds: float,
    members: dict[str, str],
    words: str,
) -> None:
    only(monkeypatch, part, seconds)
    two = {"Windows": [window(), window(end="2024-01-01T00:02:02")], **members}
    with pytest.raises(TooLargeError, match=words) as caught:
        timewindow_handler(two)
    assert "at most 1 s in one request" in caught.value.message
    reply = timewindow_handler(http_event(json.dumps(two)))
    assert reply["statusCode"] == 413
    if part in ("windows", "requests", "removals"):
        monkeypatch.setenv("MAX_PROCESSOR_SECONDS", "2")
        assert len(timewindow_handler(two)) == 2


@pytest.mark.parametrize(
    ("part", "members"),
    [("samples", {}), ("corrected", {"Output": "VEL", "pre_filt": [0.5, 1, 15, 18]})],
)
def test_a_window_that_takes_too_long_by_itself_is_one_error(
    day: S3Server,
    timewindow_handler: Handler,
    monkeypatch: pytest.MonkeyPatch,
    part: str,
    members: dict[str, Any],
) -> None:
    """A single day, or an object that claims a high sampling rate, does not refuse the others."""
    only(monkeypatch, part, 0.0004)
    long = window("2024-01-01T00:00:10", "2024-01-01T00:01:30")
    short = window("2024-01-01T00:01:20", "2024-01-01T00:01:25")
    request = {"Windows": [short, long, short], **members}
    put_station(day, "CI", "BOM", BHZ=40.0)
    for event in (request, http_event(json.dumps(request))):
        answers = answers_of(timewindow_handler(event))
        assert [answer.get("error", {}).get("type") for answer in answers] == [
            None,
            "TooLargeError",
            None,
        ]
        message = answers[1]["error"]["message"]
        assert message.startswith("CI.BOM.BHZ. from 2024-01-01T00:00:10.000000Z to ")
        assert "s of one processor" in message


def test_a_window_of_too_many_segments_is_refused_by_name(
    day: S3Server, timewindow_handler: Handler, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The time grows with the segments of the day, which are known once it is read."""
    parts = [make_trace("CI.BOM.BHN.", f"2024-01-01T00:0{minute}:00", [1, 2]) for minute in (1, 3)]
    put_day(day, "CI.BOM.BHN.", "2024,001", *parts)
    long = window("2024-01-01T00:00:50", "2024-01-01T00:03:10", Channel="BHN")
    request = {"Windows": [long, window()]}
    for event in (request, http_event(json.dumps(request))):
        with monkeypatch.context() as patch:
            only(patch, "segments", 0.6)
            refused, sound = answers_of(timewindow_handler(event))
        assert "(2 segments: 1.2 s): at most 1 s" in refused["error"]["message"]
        assert "data" in sound
        with monkeypatch.context() as patch:
            clock = {"writing": nullcontext, "left_s": lambda: 0.0009, "total_s": lambda: 29.0}
            patch.setattr(time_limit, "deadline", SimpleNamespace(**clock))
            patch.setattr(_budget.Budget, "is_over", lambda _: False)
            refused, sound = answers_of(timewindow_handler(event))
        message = refused["error"]["message"]
        assert "to 2024-01-01T00:03:10.000000Z: joining 2 segments takes" in message
        assert refused["error"]["segments"] == 2
        assert "data" in sound


def test_windows_that_no_time_is_left_for_have_an_error_in_their_place(
    day: S3Server, timewindow_handler: Handler, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Unusual days take longer than estimated: the windows that are done are answered."""
    request = at("00:02:00", "00:02:10", "00:02:20")
    expected = timewindow_handler(request)
    for event in (request, http_event(json.dumps(request))):
        clock = iter([0.0, 0.1, 23.9, 24.1])  # of the start, of the batch, and of two windows
        monkeypatch.setattr(_budget.time, "thread_time", partial(next, clock))
        check_partly_answered(timewindow_handler(event), expected, "24 s of processor time were")


def test_the_windows_that_are_done_are_answered_in_time(
    day: S3Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Lambda would end the invocation, and the caller would get nothing."""
    request = at("00:02:00", "00:02:10", "00:02:20")
    handler = load_app("timewindow").handler
    expected = handler(request, SimpleNamespace())
    for event in (request, http_event(json.dumps(request))):
        left = iter([20.0, 20.0, 3.0])  # at the batch, at a window of 5 s, and after it
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
    answers = answers_of(reply)
    assert answers[0] == expected[0]
    assert [list(answer)[-1] for answer in answers] == ["data", "error", "error"]
    for answer in answers[1:]:
        error = answer["error"]
        assert error["type"] == "TooLargeError"
        assert f"{words} over after 1 of 3 windows: send the rest" in error["message"]
        assert (error["done"], error["windows"]) == (1, 3)
