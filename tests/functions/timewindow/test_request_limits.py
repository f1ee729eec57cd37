"""Limits of a request: at each value and one beyond, by both front doors.

Row 10 of docs/reliability.md.
"""

import json
from collections.abc import Callable
from typing import Any

import pytest

from local.cloud.s3_server import S3Server
from shared.aws import s3_client
from shared.errors import BadRequestError, ServiceError, TooLargeError
from tests.support.builders import http_event
from tests.support.small_windows import EVENING, MIDNIGHT, at, window
from tests.support.tutorial_windows import get_event

Handler = Callable[[Any], Any]

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
