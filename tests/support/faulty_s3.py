"""S3 with faults: an HTTP proxy before the S3 server that stalls, drips, cuts, and refuses."""

import http.client
import socket
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from local.cloud.s3_server import S3Server

ACCOUNT = "123456789012"
ROLE = f"arn:aws:sts::{ACCOUNT}:assumed-role/secret-role/session"
"""Named by S3 in refusals."""


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
        if fault and fault.before:
            fault.reply(self, Reply(0, {}, b""))
            return
        reply = self._forward(body)
        (fault.reply if fault else plain)(self, reply)

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


Respond = Callable[[Exchange, Reply], None]


@dataclass
class Fault:
    """A fault of some requests.

    Attributes:
        reply: sends the reply, given that of the S3 server.
        before: whether the request does not reach the S3 server.
        part: the requests whose path has this text.
        methods: the requests with these methods.
        times: how often the fault occurs.
    """

    reply: Respond
    before: bool = False
    part: str = ""
    methods: tuple[str, ...] = ("GET", "HEAD", "PUT", "POST")
    times: float = float("inf")

    def takes(self, method: str, path: str) -> bool:
        """Return whether a request meets the fault, and count it."""
        if method not in self.methods or self.part not in path or self.times <= 0:
            return False
        self.times -= 1
        return True


def plain(exchange: Exchange, reply: Reply) -> None:
    exchange.send(reply.head() + reply.body)


def stall(exchange: Exchange, _: Reply) -> None:
    """Never answer."""
    exchange.wait(60)


def stall_in_body(exchange: Exchange, reply: Reply) -> None:
    """Send half of the body, and no more."""
    exchange.send(reply.head() + reply.body[: len(reply.body) // 2])
    exchange.wait(60)


def drip(exchange: Exchange, reply: Reply) -> None:
    """Send a byte a second, from the status line on."""
    _drip(exchange, reply.head() + reply.body)


def drip_body(exchange: Exchange, reply: Reply) -> None:
    """Send the headers, and then a byte a second."""
    exchange.send(reply.head())
    _drip(exchange, reply.body)


def _drip(exchange: Exchange, content: bytes) -> None:
    for number in range(len(content)):
        exchange.send(content[number : number + 1])
        if exchange.wait(1):
            return


def reset(exchange: Exchange, _: Reply) -> None:
    """Reset the connection in place of an answer."""
    _reset(exchange)


def reset_in_body(exchange: Exchange, reply: Reply) -> None:
    """Reset the connection in the middle of the body."""
    exchange.send(reply.head() + reply.body[: len(reply.body) // 2])
    exchange.wait(0.05)
    _reset(exchange)


def _reset(exchange: Exchange) -> None:
    linger = struct.pack("ii", 1, 0)  # closing sends RST
    exchange.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
    exchange.connection.close()


def half(exchange: Exchange, reply: Reply) -> None:
    """Send the first half of the body, with a Content-Length that agrees."""
    body = reply.body[: len(reply.body) // 2]
    exchange.send(_with_length(reply, len(body)).head() + body)


def half_range(exchange: Exchange, reply: Reply) -> None:
    """Send the first half of a part, with a Content-Length and a Content-Range that agree."""
    body = reply.body[: len(reply.body) // 2]
    headers = dict(_with_length(reply, len(body)).headers)
    for name, text in headers.items():
        if name.lower() == "content-range":
            begin, _, rest = text.removeprefix("bytes ").partition("-")
            size = rest.partition("/")[2]
            headers[name] = f"bytes {begin}-{int(begin) + len(body) - 1}/{size}"
    exchange.send(Reply(reply.status, headers, b"").head() + body)


def without_length(exchange: Exchange, reply: Reply) -> None:
    """Leave out Content-Length; the end of the connection ends the body."""
    headers = {n: t for n, t in reply.headers.items() if n.lower() != "content-length"}
    exchange.send(Reply(reply.status, headers, b"").head() + reply.body)


def of_another_version(exchange: Exchange, reply: Reply) -> None:
    """Reply with another ETag."""
    headers = {n: t for n, t in reply.headers.items() if n.lower() != "etag"}
    exchange.send(Reply(reply.status, {**headers, "ETag": '"another"'}, b"").head() + reply.body)


def _with_length(reply: Reply, length: int) -> Reply:
    headers = {n: t for n, t in reply.headers.items() if n.lower() != "content-length"}
    return Reply(reply.status, {**headers, "Content-Length": str(length)}, b"")


def refuse(status: int, code: str, message: str = "because") -> Respond:
    """Return a reply that is an error of S3."""

    def respond(exchange: Exchange, _: Reply) -> None:
        text = f"<Error><Code>{code}</Code><Message>{message}</Message></Error>".encode()
        headers = {"Content-Type": "application/xml", "Content-Length": str(len(text))}
        body = b"" if exchange.command == "HEAD" else text
        exchange.send(Reply(status, headers, b"").head() + body)

    return respond


slow_down = refuse(503, "SlowDown", "Please reduce your request rate.")
forbid = refuse(403, "AccessDenied", f"User: {ROLE} is not authorized to perform: s3:GetObject")


class FaultyS3(ThreadingHTTPServer):
    """The proxy.

    Args:
        server: the S3 server behind it.

    Attributes:
        faults: the faults; the first that takes a request decides the reply.
        requests: method and path of each request so far.
        over: set at the end, so that nothing waits any longer.
    """

    daemon_threads = True
    block_on_close = False
    request_queue_size = 128

    def __init__(self, server: S3Server) -> None:
        super().__init__(("127.0.0.1", 0), Exchange)
        host, port = server.endpoint_url.removeprefix("http://").split(":")
        self.target = host, int(port)
        self.faults: list[Fault] = []
        self.requests: list[tuple[str, str]] = []
        self.over = threading.Event()
        self._lock = threading.Lock()

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
        self.faults.append(Fault(reply, reply in (stall, reset), **options))
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
