"""S3 with faults: an HTTP proxy before the S3 server that stalls, drips, cuts, and refuses."""

import http.client
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from local.cloud.s3_server import S3Server


@dataclass
class Reply:
    """The S3 server's reply to a request.

    Attributes:
        status: the HTTP status.
        headers: the headers, without those of the connection.
        body: the body; empty for HEAD.
    """

    status: int
    headers: dict[str, str]
    body: bytes

    def head(self) -> bytes:
        """Return the status line and the headers as bytes."""
        lines = [f"HTTP/1.1 {self.status} {http.client.responses.get(self.status, '')}"]
        lines += [f"{name}: {text}" for name, text in self.headers.items()]
        return "\r\n".join([*lines, "Connection: close", "", ""]).encode()


class Exchange(BaseHTTPRequestHandler):
    """One request, and how to reply to it."""

    protocol_version = "HTTP/1.1"
    server: "FaultyS3"

    def answer(self) -> None:
        """Reply as S3 does, or with the first fault that is meant for the request."""
        self.close_connection = True
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.server.note(self.command, self.path)
        fault = self.server.fault_of(self.command, self.path)
        (fault.reply if fault else plain)(self, partial(self._forward, body))

    do_GET = do_HEAD = do_PUT = do_POST = answer  # noqa: N815

    def _forward(self, body: bytes) -> Reply:
        connection = http.client.HTTPConnection(*self.server.target)
        with suppress(OSError):
            connection.request(self.command, self.path, body, dict(self.headers))
        response = connection.getresponse()
        content = response.read()
        connection.close()
        headers = {
            name: text
            for name, text in response.getheaders()
            if name.lower() not in ("connection", "transfer-encoding")
        }
        return Reply(response.status, headers, content)

    def send(self, content: bytes) -> None:
        """Send bytes, at once."""
        self.wfile.write(content)
        self.wfile.flush()

    def wait(self, seconds: float) -> bool:
        """Wait; return whether the test is over."""
        return self.server.over.wait(seconds)

    def log_message(self, *_: Any) -> None:
        """Log nothing."""


Forward = Callable[[], Reply]
"""Passes the request on to the S3 server, and returns its reply."""

Respond = Callable[[Exchange, Forward], None]


@dataclass
class Fault:
    """A fault of some requests.

    Attributes:
        reply: sends the reply, given that of the S3 server.
        part: the requests whose path has this text.
        methods: the requests with these methods.
        after: how many such requests come through before.
        times: how often the fault occurs.
    """

    reply: Respond
    part: str = ""
    methods: tuple[str, ...] = ("GET", "HEAD", "PUT", "POST")
    after: int = 0
    times: float = float("inf")

    def takes(self, method: str, path: str) -> bool:
        """Return whether a request meets the fault, and count it."""
        if method not in self.methods or self.part not in path or self.times <= 0:
            return False
        self.after -= 1
        if self.after >= 0:
            return False
        self.times -= 1
        return True


def plain(exchange: Exchange, forward: Forward) -> None:
    """Reply as S3 does."""
    reply = forward()
    exchange.send(reply.head() + reply.body)


class FaultyS3(ThreadingHTTPServer):
    """The proxy.

    Args:
        server: the S3 server behind it.

    Attributes:
        faults: the faults; the first that takes a request decides the reply.
        requests: method and path of each request so far.
        sent: the number of bytes of bodies that clients took, of faults that count them.
        over: set at the end, so that nothing waits any longer.
    """

    daemon_threads = True
    block_on_close = False
    request_queue_size = 128

    def __init__(self, server: S3Server) -> None:
        super().__init__(("127.0.0.1", 0), Exchange)
        host, port = server.endpoint_url.removeprefix("http://").split(":")
        self.target = host, int(port)
        self._lock = threading.Lock()
        self.begin()

    def begin(self) -> None:
        """Begin a test, without faults."""
        self.faults: list[Fault] = []
        self.requests: list[tuple[str, str]] = []
        self.sent = 0
        self.over = threading.Event()

    def end(self) -> None:
        """End a test, and all that waits in it."""
        self.faults = []
        self.over.set()

    @property
    def url(self) -> str:
        """The endpoint."""
        return f"http://127.0.0.1:{self.server_address[1]}"

    def note(self, method: str, path: str) -> None:
        """Record a request."""
        with self._lock:
            self.requests.append((method, path))

    def fault_of(self, method: str, path: str) -> Fault | None:
        """Return the fault of a request, None for none."""
        with self._lock:
            return next((fault for fault in self.faults if fault.takes(method, path)), None)

    def add(self, reply: Respond, **options: Any) -> Fault:
        """Add a fault; `options` are the attributes of `Fault`."""
        self.faults.append(Fault(reply, **options))
        return self.faults[-1]

    def handle_error(self, *_: Any) -> None:
        """Ignore clients that give up."""


@contextmanager
def faulty_s3(server: S3Server) -> Iterator[FaultyS3]:
    """Run the proxy."""
    with FaultyS3(server) as proxy:
        threading.Thread(target=proxy.serve_forever, args=(0.01,), daemon=True).start()
        try:
            yield proxy
        finally:
            proxy.over.set()
            proxy.shutdown()
