"""A handler of this process behind a real HTTP server, as the HTTP API hands requests over."""

import json
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

from werkzeug.test import EnvironBuilder
from werkzeug.wrappers import Request

from local.cloud.http_api import HttpApi
from local.cloud.http_event import http_event
from tests.support.wsgi import listening


class ServedHandler:
    """A function's handler in place of its emulators; it takes one event at a time.

    Attributes:
        url: the root of the host.
        events: all events so far.
        replies: the function's replies to them.
    """

    def __init__(self, handler: Callable[[Any], Any]) -> None:
        self._handler = handler
        self._lock = threading.Lock()
        self.url = ""
        self.events: list[dict[str, Any]] = []
        self.replies: list[dict[str, Any]] = []

    def call(
        self, event: bytes, begin: Callable[[], object] = lambda: None
    ) -> tuple[int, str, bytes]:
        """Return the reply to an event, as a function's emulator does."""
        with self._lock:
            begin()
            value = json.loads(event)
            reply = self._handler(value)
            self.events.append(value)
            self.replies.append(reply)
        return 200, "application/json", json.dumps(reply).encode()

    @property
    def paths(self) -> list[str]:
        """The paths of all events so far."""
        return [event["rawPath"] for event in self.events]


@contextmanager
def http_api(handler: Callable[[Any], Any]) -> Iterator[ServedHandler]:
    """Serve a function's handler over HTTP.

    Args:
        handler: takes an event and returns the reply, such as the fixture `timewindow_handler`.
    """
    served = ServedHandler(handler)
    runtimes: Any = {"timewindow": served}
    with listening(HttpApi(runtimes)) as served.url:
        yield served


def http_api_event(
    method: str,
    path: str,
    query: str = "",
    headers: Mapping[str, str] | None = None,
    body: bytes = b"",
) -> dict[str, Any]:
    """Return the event that the HTTP API makes of a request, without a server."""
    builder = EnvironBuilder(
        path=urlsplit(path).path,
        method=method,
        query_string=query,
        headers=dict(headers or {}),
        data=body,
    )
    return http_event(Request(builder.get_environ()), body, "$default")
