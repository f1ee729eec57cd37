"""API Gateway's HTTP API on this machine: HTTP requests become events of the functions.

It has the API's own limits:
https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-quotas.html
"""

import json
from collections.abc import Iterable, Mapping
from http import HTTPStatus
from queue import Empty, Queue
from threading import Thread
from typing import TYPE_CHECKING
from urllib.parse import quote

from werkzeug.exceptions import ClientDisconnected
from werkzeug.wrappers import Request, Response

from local.cloud.http_event import http_event, http_response, message
from local.cloud.invocations import Runtime

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

TIMEOUT_S = 30.0
"""The time that a function has for its reply, in seconds."""

MAX_BODY_BYTES = 10 * 1024**2
MAX_EVENT_BYTES = 6 * 1024**2
"""Lambda's limit for an event as JSON."""

MAX_HEADER_BYTES = 10_240
"""The request line and all headers together."""

_DEFAULT, _RESPONSE = "timewindow", "response"
_CHUNK = 64 * 1024


class HttpApi:
    """A WSGI application that hands requests over to functions, as an HTTP API does.

    As in the stack, `POST /response` goes to the response function, and everything else to the
    time-window function. A function of one's own, `peak_lambda/`, is `/peak`. Calls of a function
    queue up for its emulators, and the time-out counts from a call's turn on.

    Args:
        runtimes: the functions by their short names.
        timeout_s: the time that a function has for its reply, in seconds.
    """

    def __init__(self, runtimes: Mapping[str, Runtime], timeout_s: float = TIMEOUT_S) -> None:
        self._runtimes = runtimes
        self._timeout_s = timeout_s

    def __call__(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        """Answer one request."""
        application: WSGIApplication = self._answer(Request(environ))
        return application(environ, start_response)

    def _answer(self, request: Request) -> Response:
        try:
            body = _body(request)  # all of it: a client that still sends reads no reply
        except (ClientDisconnected, OSError):  # it ends early, or its chunks are none
            return _refusal(HTTPStatus.BAD_REQUEST)
        if body is None:
            return _refusal(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
        if _header_bytes(request) > MAX_HEADER_BYTES:
            return _refusal(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE)
        name, route = self._route(request)
        if name not in self._runtimes:
            return _refusal(HTTPStatus.NOT_FOUND)
        event = json.dumps(http_event(request, body, route)).encode()
        if len(event) > MAX_EVENT_BYTES:
            return _refusal(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
        reply = self._call(self._runtimes[name], event)
        if reply is None:
            return _refusal(HTTPStatus.SERVICE_UNAVAILABLE)
        return http_response(reply, request.method)

    def _route(self, request: Request) -> tuple[str, str]:
        """Return the short name of the function and the key of the route."""
        first = request.path.split("/")[1]
        if (request.method, request.path) == ("POST", f"/{_RESPONSE}"):
            return _RESPONSE, f"POST /{_RESPONSE}"
        if first in self._runtimes and first not in (_DEFAULT, _RESPONSE):
            return first, f"ANY /{first}"
        return _DEFAULT, "$default"

    def _call(self, runtime: Runtime, event: bytes) -> bytes | None:
        """Return a function's reply; None if it takes too long, and then goes on by itself."""
        begun: Queue[None] = Queue()
        replies: Queue[bytes] = Queue()

        def call() -> None:
            _, _, reply = runtime.call(event, lambda: begun.put(None))
            replies.put(reply)

        Thread(target=call, daemon=True).start()
        begun.get()
        try:
            return replies.get(timeout=self._timeout_s)
        except Empty:
            return None


def _body(request: Request) -> bytes | None:
    """Return the body of a request; None if it is too large.

    Raises:
        ClientDisconnected: the body is shorter than its length.
        OSError: it is not in chunks, as the request says.
    """
    body = bytearray()
    size = 0
    while chunk := request.stream.read(_CHUNK):
        size += len(chunk)
        if size <= MAX_BODY_BYTES:
            body += chunk
    return bytes(body) if size <= MAX_BODY_BYTES else None


def _header_bytes(request: Request) -> int:
    path, protocol = quote(request.path), request.environ["SERVER_PROTOCOL"]
    line = len(f"{request.method} {path}? {protocol}") + len(request.query_string)
    return line + sum(len(name) + len(value) for name, value in request.headers.items())


def _refusal(status: HTTPStatus) -> Response:
    return message(status, status.phrase)
