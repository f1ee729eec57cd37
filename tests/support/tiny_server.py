"""An HTTP server with responses chosen by a test."""

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import SimpleNamespace

CREDENTIALS = {"AWS_ACCESS_KEY_ID": "local", "AWS_SECRET_ACCESS_KEY": "local"}
SLOW_DOWN = (
    b'<?xml version="1.0" encoding="UTF-8"?>'
    b"<Error><Code>SlowDown</Code><Message>Please reduce your request rate.</Message></Error>"
)
BODY = b"sixteen bytes !!" * 64


def s3_error(code):
    """Return the body of an S3 error."""
    return f"<Error><Code>{code}</Code><Message>because</Message></Error>".encode()


class TinyServer(ThreadingHTTPServer):
    """An HTTP server that calls a test's function to respond, and records all requests."""

    daemon_threads = False

    def __init__(self, respond):
        super().__init__(("127.0.0.1", 0), Exchange)
        self.respond = respond
        self.requests = []
        self.over = threading.Event()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server_address[1]}"

    def handle_error(self, request, client_address):
        """Ignore clients that disconnect, as some tests make them."""


class Exchange(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def answer(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        request = SimpleNamespace(
            command=self.command, path=self.path, headers=self.headers, body=body
        )
        self.server.requests.append(request)
        self.close_connection = True
        self.server.respond(self)

    do_GET = do_HEAD = do_PUT = do_POST = answer  # noqa: N815

    def reply(self, status, body=b"", **headers):
        self.send_response(status)
        length = headers.pop("length", len(body))
        self.send_header("Connection", "close")
        self.send_header("Content-Length", str(length))
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def reply_with_object(self, body=BODY, **headers):
        modified = "Tue, 02 Jul 2019 00:00:00 GMT"
        self.reply(200, body, ETag='"0"', Last_Modified=modified, **headers)

    def log_message(self, *_arguments):
        pass
