"""A handler behind a real HTTP server, as a function URL has it."""

import base64
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Thread
from types import SimpleNamespace
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from tests.support.front_door_events import DOORS, Asked
from tests.support.tiny_server import TinyServer


@contextmanager
def served_handler(handler: Callable[[Any, Any], Any]) -> Iterator[TinyServer]:
    """Serve a handler on a free port; yield the server, which records all requests."""

    def respond(exchange: Any) -> None:
        url = urlsplit(exchange.path)
        request = exchange.server.requests[-1]
        query = tuple(parse_qsl(url.query, keep_blank_values=True))
        headers = {**request.headers, "X-Forwarded-Proto": "http"}
        body = base64.b64encode(request.body).decode() if request.body else None
        asked = Asked(url.path, request.command, query, body, headers, body is not None)
        reply = handler(DOORS["function URL"].event(asked), SimpleNamespace())
        data = reply["body"].encode()
        data = base64.b64decode(data) if reply["isBase64Encoded"] else data
        exchange.reply(reply["statusCode"], data, **reply["headers"])

    server = TinyServer(respond)
    thread = Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
