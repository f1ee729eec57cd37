"""The time-window function's routes with its real answers: pages whose examples work."""

import json
import re
from collections.abc import Callable
from html import unescape
from typing import Any

import pytest

from local.cloud.s3_server import S3Server
from shared.invocation.http_event import MAX_QUERY_CHARACTERS
from tests.support.builders import put_station
from tests.support.front_door_events import DOORS, Asked
from tests.support.invocations import decoded_body
from tests.support.tutorial_windows import BHZ, REQUEST

Handler = Callable[[Any], Any]
DOOR = DOORS["HTTP API, stage"]


def ask(handler: Handler, url: str, **asked: Any) -> Any:
    path, _, query = url.removeprefix(DOOR.base_url).partition("?")
    event = DOOR.event(Asked(path, asked.pop("method", "GET"), **asked))
    return handler({**event, "rawQueryString": query})


def test_all_links_of_the_help_page_work(day: S3Server, timewindow_handler: Handler) -> None:
    put_station(day, "CI", "BOM", BHZ=40.0)
    page = ask(timewindow_handler, "/")["body"]
    links = [unescape(link) for link in re.findall(r'href="([^"]+)"', page)]
    assert any("/windows?" in link for link in links)
    for link in links:
        reply = ask(timewindow_handler, link)
        assert reply["statusCode"] == 200, link
        assert decoded_body(reply), link
    (window,) = json.loads(
        ask(timewindow_handler, next(link for link in links if "/windows?" in link))["body"]
    )
    assert window["data"] == BHZ[: len(window["data"])].tolist()


@pytest.mark.parametrize("path", ["/windows", "/", "/timewindow", "/my/own/path"])
def test_windows_at_any_path(day: S3Server, timewindow_handler: Handler, path: str) -> None:
    request = {"Windows": REQUEST["Windows"][:1]}
    expected = timewindow_handler(request)
    reply = ask(timewindow_handler, path, method="POST", body=json.dumps(request))
    assert json.loads(reply["body"]) == expected
    query = "&".join(f"{name}={value}" for name, value in request["Windows"][0].items())
    reply = ask(timewindow_handler, f"{path}?{query}")
    assert json.loads(reply["body"]) == expected
    head = ask(timewindow_handler, f"{path}?{query}", method="HEAD")
    assert head == {**reply, "body": ""}


@pytest.mark.parametrize("service", ["dataselect", "station", "availability"])
def test_long_urls(timewindow_handler: Handler, service: str) -> None:
    """URLs of 2,000 bytes must work; those that no front door passes on get 414."""
    path = f"/fdsnws/{service}/1/version"
    longest = "net=" + "A" * (MAX_QUERY_CHARACTERS - len("net="))
    assert ask(timewindow_handler, f"{path}?{longest}")["statusCode"] == 200
    reply = ask(timewindow_handler, f"{path}?{longest}A")
    assert reply["statusCode"] == 414
    assert reply["body"].startswith("Error 414: ")
    assert len(reply["body"]) < 1_000
