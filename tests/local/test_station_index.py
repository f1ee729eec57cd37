"""The station index of a served archive: the event that is sent, and its result in words."""

import json
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from werkzeug.wrappers import Request, Response

from local.station_index import start_update
from tests.support.wsgi import listening

REPORT = {"stations": 1_234, "unreadable": [{"object": "s3://b/k", "reason": "it is empty"}]}
ANSWERS = {
    "report": REPORT,
    "error": {"errorType": "S3Error", "errorMessage": "S3 is down"},
    "text": None,
}


@pytest.fixture
def asked() -> list[Any]:
    return []


@pytest.fixture
def url(asked: list[Any], request: pytest.FixtureRequest) -> Iterator[str]:
    @Request.application
    def application(http: Request) -> Response:
        asked.append(json.loads(http.get_data()))
        answer = ANSWERS[request.param]
        return Response("timed out" if answer is None else json.dumps(answer))

    with listening(application) as address:
        yield address


@pytest.mark.parametrize(
    ("url", "said"),
    [
        (
            "report",
            [
                "The index of stations is up to date: 1,234 stations",
                "  not in it: s3://b/k: it is empty",
            ],
        ),
        ("error", ["The index of stations could not be made: S3 is down"]),
        ("text", ["The index of stations could not be made: Expecting value"]),
    ],
    indirect=["url"],
)
def test_the_result(url: str, asked: list[Any], said: list[str], capsys: Any) -> None:
    start_update(url, threading.Event()).join(60)
    assert asked == [{"update": "station-index"}]
    printed = capsys.readouterr().out.splitlines()
    assert len(printed) == len(said)
    assert all(line.startswith(right) for line, right in zip(printed, said, strict=True))


def test_nothing_is_said_after_the_end(capsys: Any) -> None:
    ended = threading.Event()
    ended.set()
    start_update("http://127.0.0.1:1", ended).join(60)
    assert capsys.readouterr().out == ""
