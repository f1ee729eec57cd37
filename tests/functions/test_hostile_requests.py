"""Requests of a stranger that are no requests: refused by name, by both front doors.

Row 10 of docs/reliability.md. None of them may reach S3, or cost more than reading it once.
"""

import base64
import gzip
import json
from collections.abc import Callable
from functools import reduce
from typing import Any

import pytest

from shared.aws import s3_client
from shared.errors import BadRequestError
from shared.invocation.http_event import MAX_QUERY_CHARACTERS
from tests.support.builders import http_event
from tests.support.small_windows import window
from tests.support.tutorial_windows import get_event

Handler = Callable[[Any], Any]

LONG = "A" * 100_000
DEEP = reduce(lambda value, _: [value], range(900), 1)
MANY_DIGITS = 10**5_000
MOTION = {"Windows": [window()], "Output": "VEL"}
DAY = {"day": "2019,183", "nscl": "CI.SOC.HHZ."}


@pytest.fixture(autouse=True)
def no_s3(
    timewindow_handler: Handler, response_handler: Handler, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Refuse every use of S3 from now on: both functions make their clients as they start."""

    def refuse(*_: Any, **__: Any) -> None:
        raise AssertionError("S3 was asked")

    monkeypatch.setattr(s3_client, "client", refuse)


def no_windows() -> list[tuple[str, Any]]:
    fields = ("Network", "Station", "Channel", "Location", "Starttime", "Endtime")
    texts = [(f"100 KB of {name}", {"Windows": [window(**{name: LONG})]}) for name in fields]
    numbers = [
        (f"5,000 digits for {name}", {**MOTION, name: MANY_DIGITS})
        for name in ("Windows", "Format", "Read", "Output", "water_level", "pre_filt")
    ]
    times = [
        (f"time {time[:30]}", {"Windows": [window(time)]})
        for time in (
            "0001-01-01",
            "9999-12-31T23:59:59",
            "0001-01-01T00:00:00+23:59",
            "9999-12-31T23:59:59-23:59",
            "2024-01-01T00:00:00." + "0" * 100_000,
            "2024-02-30",
            "٢٠٢٤-01-01",
            "2024-01-01T00:00:60",
        )
    ]
    return [
        *texts,
        *numbers,
        *times,
        ("digits in a window", {"Windows": [MANY_DIGITS]}),
        ("digits in the band", {**MOTION, "pre_filt": [MANY_DIGITS] * 4}),
        ("100,000 corners", {**MOTION, "pre_filt": [1] * 100_000}),
        ("nested lists", {"Windows": DEEP}),
        ("a nested format", {**MOTION, "Format": DEEP}),
        ("unknown fields", {**MOTION, **{f"field{i}": 1 for i in range(10_000)}}),
        ("a field's name of 100 KB", {**MOTION, LONG: 1}),
        ("an object of objects", {"Windows": {"0": window()}}),
        ("spaces", {"Windows": [window(Location=" " * 100_000 + "x")]}),
        ("control characters", {"Windows": [window(Network="\0" * 10_000)]}),
        ("a number", 7),
        ("digits alone", MANY_DIGITS),
    ]


NO_DAYS = [
    ("a day of 100 KB", {**DAY, "day": LONG}),
    ("100,000 dots", {**DAY, "nscl": "." * 100_000}),
    ("digits for the day", {**DAY, "day": MANY_DIGITS}),
    ("digits for a parameter", {**DAY, "taper_fraction": MANY_DIGITS}),
    ("a nested day", {**DAY, "day": DEEP}),
    ("unknown fields of a day", {**DAY, **{f"field{i}": 1 for i in range(10_000)}}),
    ("the year 9999", {**DAY, "day": "9999,001"}),
]

REQUESTS = [
    *(("timewindow", *row) for row in no_windows()),
    *(("response", *row) for row in NO_DAYS),
]


@pytest.mark.parametrize(
    ("function", "asked"),
    [(f, r) for f, _, r in REQUESTS],
    ids=[name for _, name, _ in REQUESTS],
)
def test_what_is_no_request_is_refused_by_name(
    request: pytest.FixtureRequest, function: str, asked: Any
) -> None:
    handler = request.getfixturevalue(f"{function}_handler")
    with pytest.raises(BadRequestError) as direct:
        handler(asked)
    assert len(direct.value.message) <= 2_000
    assert len(json.dumps(direct.value.as_dict())) < 13_000
    try:
        body = json.dumps(asked)
    except ValueError:  # so many digits have no JSON from Python
        return
    reply = handler(http_event(body))
    assert reply["statusCode"] == 400
    assert json.loads(reply["body"])["error"] == direct.value.as_dict()


@pytest.mark.parametrize(
    "body",
    [
        "[" * 100_000,
        "[" * 10_000 + "]" * 10_000,
        '{"Windows":' * 2_000 + "1" + "}" * 2_000,
        '{"Windows":[1e400]}',
        f'{{"Windows":[{"9" * 100_000}]}}',
        f'{{"Windows":[0.{"9" * 100_000}]}}',
        "{" + '"Windows":[],' * 10_000 + '"Windows":[]}',
        '{"Windows":["\\ud800"]}',
        '{"Windows":NaN}',
        "\ufeff{}",
    ],
    ids=str.__len__,
)
def test_bodies_that_are_no_request(timewindow_handler: Handler, body: str) -> None:
    for event in (
        http_event(body),
        http_event(base64.b64encode(body.encode()).decode(), isBase64Encoded=True),
    ):
        reply = timewindow_handler(event)
        assert reply["statusCode"] == 400
        assert json.loads(reply["body"])["error"]["type"] == "BadRequestError"


def test_a_compressed_body_is_not_unpacked(timewindow_handler: Handler) -> None:
    """It would become a thousand times as large."""
    body = base64.b64encode(gzip.compress(b" " * 10_000_000)).decode()
    headers = {"content-encoding": "gzip"}
    event = http_event(body, isBase64Encoded=True, headers=headers)
    assert timewindow_handler(event)["statusCode"] == 400


@pytest.mark.parametrize(
    "query",
    [
        "Network=" + "A" * 10_000,
        "&".join(f"a{i}=1" for i in range(2_000)),
        "Network=CI&" * 1_000,
        "&" * 10_000,
        "Network=" + "%41" * 5_000,
        "%" * 10_000,
        "%80=%ff",
        "Network=" + "A" * 1_000_000,
        "%" * 3_000_000,
    ],
    ids=str.__len__,
)
def test_queries_that_are_no_request(timewindow_handler: Handler, query: str) -> None:
    event = {**get_event("2.0"), "rawQueryString": query}
    reply = timewindow_handler(event)
    assert reply["statusCode"] == (414 if len(query) > MAX_QUERY_CHARACTERS else 400)
    assert len(reply["body"]) < 13_000


def test_the_longest_query(timewindow_handler: Handler) -> None:
    longest = "Network=" + "A" * (MAX_QUERY_CHARACTERS - len("Network="))
    for query, words in ((longest, "Station is missing"), (f"{longest}A", "16,385 characters")):
        reply = timewindow_handler({**get_event("2.0"), "rawQueryString": query})
        assert words in json.loads(reply["body"])["error"]["message"]
