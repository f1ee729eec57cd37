"""A handler behind a real HTTP server, which hands requests over as an HTTP API does."""

import base64
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any

from werkzeug.wrappers import Request, Response

from tests.support.wsgi import listening

Handler = Callable[[Any, Any], Mapping[str, Any]]


def http_api_event(
    method: str,
    path: str,
    query: str = "",
    headers: Mapping[str, str] | None = None,
    body: bytes = b"",
) -> dict[str, Any]:
    """Return the event of an HTTP API for a request, in payload version 2.0."""
    headers = {name.lower(): text for name, text in (headers or {}).items()}
    event = {
        "version": "2.0",
        "routeKey": "$default",
        "rawPath": path,
        "rawQueryString": query,
        "headers": headers,
        "requestContext": {
            "domainName": headers.get("host", "localhost"),
            "http": {"method": method, "path": path, "sourceIp": "192.0.2.1"},
            "stage": "$default",
        },
        "isBase64Encoded": bool(body),
    }
    return {**event, "body": base64.b64encode(body).decode()} if body else event


@contextmanager
def served(handler: Handler) -> Iterator[str]:
    """Serve a handler on a free port; yield the URL."""

    @Request.application
    def application(request: Request) -> Response:
        headers = {**dict(request.headers), "X-Forwarded-Proto": "http"}
        query = request.query_string.decode()
        event = http_api_event(request.method, request.path, query, headers, request.get_data())
        reply = handler(event, SimpleNamespace())
        body = reply["body"].encode()
        if reply["isBase64Encoded"]:
            body = base64.b64decode(body)
        return Response(body, reply["statusCode"], dict(reply["headers"]))

    with listening(application) as url:
        yield url
