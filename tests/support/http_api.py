"""An HTTP server that hands requests to a function's handler as an HTTP API does.

Requests become events of payload 2.0, with a body in base64 unless its type is text or JSON:
https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
"""

import base64
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

_TEXT = ("text/", "application/json")


class HttpApi(ThreadingHTTPServer):
    """A server on a free port; one event at a time, as one container has.

    Attributes:
        url: the root of the host.
        events: all events so far.
        replies: the function's replies to them.
    """

    def __init__(self, handler: Callable[[Any], Any]) -> None:
        super().__init__(("127.0.0.1", 0), _Exchange)
        self._handler = handler
        self._lock = threading.Lock()
        self.url = f"http://127.0.0.1:{self.server_address[1]}"
        self.events: list[dict[str, Any]] = []
        self.replies: list[dict[str, Any]] = []

    def invoke(self, event: dict[str, Any]) -> dict[str, Any]:
        """Return the function's reply to an event."""
        with self._lock:
            reply: dict[str, Any] = self._handler(event)
            self.events.append(event)
            self.replies.append(reply)
        return reply


class _Exchange(BaseHTTPRequestHandler):
    server: HttpApi
    protocol_version = "HTTP/1.1"

    def _exchange(self) -> None:
        reply = self.server.invoke(self._event())
        body = reply.get("body", "")
        content = base64.b64decode(body) if reply.get("isBase64Encoded") else body.encode()
        self.send_response(int(reply["statusCode"]))
        for name, value in reply.get("headers", {}).items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    do_GET = do_HEAD = do_POST = do_OPTIONS = do_PUT = do_DELETE = _exchange  # noqa: N815

    def _event(self) -> dict[str, Any]:
        address = urlsplit(self.path)
        headers: dict[str, str] = {}
        for name, value in self.headers.items():
            lower = name.lower()
            headers[lower] = f"{headers[lower]},{value}" if lower in headers else value
        event: dict[str, Any] = {
            "version": "2.0",
            "routeKey": "$default",
            "rawPath": address.path,
            "rawQueryString": address.query,
            "headers": headers,
            "requestContext": {
                "http": {"method": self.command, "path": address.path, "sourceIp": "192.0.2.1"},
                "stage": "$default",
            },
            "isBase64Encoded": False,
        }
        if length := int(headers.get("content-length", 0)):
            body = self.rfile.read(length)
            is_text = headers.get("content-type", "").startswith(_TEXT)
            event["isBase64Encoded"] = not is_text
            event["body"] = body.decode() if is_text else base64.b64encode(body).decode()
        return event

    def log_message(self, *_args: Any) -> None:
        """Log nothing."""


@contextmanager
def http_api(handler: Callable[[Any], Any]) -> Iterator[HttpApi]:
    """Serve a function's handler over HTTP.

    Args:
        handler: takes an event and returns the reply, such as the fixture `timewindow_handler`.
    """
    with HttpApi(handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()
