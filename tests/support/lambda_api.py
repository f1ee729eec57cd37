"""A server for Lambda's API whose answers a test chooses."""

import json
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any

BUCKET = "corrected-waveforms"


@dataclass(frozen=True)
class Call:
    """A call of the API."""

    path: str
    authorization: str | None
    event: Any


@dataclass
class Answer:
    """An answer of the API; `drop` closes the connection without one."""

    status: int = 200
    body: str = '{"fine": true}'
    headers: dict[str, str] = field(default_factory=dict)
    drop: bool = False


def failed(kind: str, message: str = "not today") -> Answer:
    """Return the answer for a function's exception."""
    body = json.dumps({"errorType": kind, "errorMessage": message})
    return Answer(body=body, headers={"X-Amz-Function-Error": "Unhandled"})


def refused(status: int, kind: str, message: str = "not now") -> Answer:
    """Return an error of Lambda itself."""
    return Answer(
        status, json.dumps({"Type": "User", "Message": message}), {"X-Amzn-ErrorType": kind}
    )


def corrected(event: Any) -> Answer:
    """Return the part of the response function's reply that the runner reads."""
    key = f"s3://{BUCKET}/noresp/{event['day']}/{event['nscl']}"
    return Answer(body=json.dumps({"output_key": key}))


class LambdaApi:
    """Lambda's API on this machine; a context manager.

    Attributes:
        reply: the default answer.
        answer: returns the answer to an event; its second argument counts earlier calls with it.
        calls: all calls so far.
        most_at_once: the largest number of simultaneous calls.
        seconds: how long each call takes, in s.
        url: the endpoint URL.
    """

    def __init__(self) -> None:
        self.reply = Answer()
        self.answer: Callable[[Any, int], Answer] = lambda *_: self.reply
        self.calls: list[Call] = []
        self.most_at_once = 0
        self.seconds = 0.0
        self._running = 0
        self._lock = threading.Lock()

    def __enter__(self) -> "LambdaApi":
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))
        self._thread.start()
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    @property
    def events(self) -> list[Any]:
        return [call.event for call in self.calls]

    def called(self, call: Call) -> Answer:
        with self._lock:
            before = self.events.count(call.event)
            self.calls.append(call)
            self._running += 1
            self.most_at_once = max(self.most_at_once, self._running)
        try:
            time.sleep(self.seconds)
            return self.answer(call.event, before)
        finally:
            with self._lock:
                self._running -= 1


def _handler(api: LambdaApi) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            event = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            answer = api.called(Call(self.path, self.headers["Authorization"], event))
            if answer.drop:
                self.close_connection = True
                return
            content = answer.body.encode(errors="surrogateescape")
            with suppress(BrokenPipeError, ConnectionResetError):  # the caller hung up
                self.send_response(answer.status)
                for name, value in answer.headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

        def log_message(self, *arguments: object) -> None:
            """Log nothing."""

    return Handler
