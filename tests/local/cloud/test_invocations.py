"""Calls of a function that Lambda would not take: the messages, and boto3's names for them."""

import http.client
import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Lock, Thread
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from local.cloud.invocations import InvocationServer, Runtime
from local.cloud.s3_server import S3Server
from tests.support.commands import free_port

PATH = "/2015-03-31/functions/timewindow/invocations"
GZIP = b"\x1f\x8b\x08\x00"


@pytest.fixture(scope="module")
def server() -> Iterator[InvocationServer]:
    """Nothing behind it: none of these calls goes on to an emulator."""
    runtimes = {name: Runtime([free_port()], 1) for name in ("response", "timewindow")}
    with InvocationServer(0, runtimes) as running:
        thread = Thread(target=running.serve_forever, args=(0.05,))
        thread.start()
        yield running
        running.shutdown()
        thread.join()


def ask(server: InvocationServer, method: str, path: str, body: bytes = b"") -> tuple[int, Any]:
    connection = http.client.HTTPConnection("127.0.0.1", server.server_port, timeout=60)
    connection.request(method, path, body)
    response = connection.getresponse()
    content = response.read()
    connection.close()
    assert response.getheader("Content-Type") == "application/json"
    return response.status, json.loads(content)["Message"] if content else ""


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"", "the request has no body"),
        (b"day=2019,183&nscl=CI.SOC.HHZ.", "the body is not JSON: it is a form"),
        (GZIP, "the body is not JSON: it is compressed by gzip"),
        (b"{'a': 1}", "the body is not JSON: "),
        (b"\xff", "the body is not JSON: "),
    ],
)
def test_an_event_that_is_not_json(server: InvocationServer, body: bytes, said: str) -> None:
    status, message = ask(server, "POST", PATH, body)
    assert status == 400
    assert message.startswith(said)


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "PATCH", "OPTIONS"])
def test_a_wrong_method_and_a_wrong_path(server: InvocationServer, method: str) -> None:
    assert ask(server, method, PATH) == (405, "send the event as the body of a POST")
    status, message = ask(server, method, "/windows")
    assert status == 405
    assert message.startswith(f"the path /windows is none of Lambda's: POST to {PATH[:21]}")
    assert ask(server, "HEAD", PATH) == (405, "")


def test_a_mistyped_function(server: InvocationServer) -> None:
    status, message = ask(server, "POST", PATH.replace("timewindow", "timewindws"), b"{}")
    assert status == 404
    assert "'timewindws' is not served here (did you mean 'timewindow'?): POST to " in message


def test_the_port_of_s3_names_that_of_the_functions(s3_server: S3Server) -> None:
    session = boto3.Session("local", "local", region_name="us-west-2")
    client = session.client("lambda", endpoint_url=s3_server.endpoint_url)
    with pytest.raises(ClientError, match="the functions listen on the one before"):
        client.invoke(FunctionName="response", Payload=b"{}")


class Emulators:
    """Emulators on some ports, as far as their order matters: each fails if called twice."""

    def __init__(self) -> None:
        self.together: list[int] = []
        self._lock, self._running = Lock(), 0
        self._both = Event()

    def handler(self) -> type[BaseHTTPRequestHandler]:
        emulators, busy = self, Lock()

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                assert busy.acquire(blocking=False), "two calls at once"
                body = self.rfile.read(int(self.headers["Content-Length"]))
                emulators.take_part()
                busy.release()
                self.send_response(200)
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *arguments: object) -> None:
                pass

        return Handler

    def take_part(self) -> None:
        with self._lock:
            self._running += 1
            self.together.append(self._running)
            if self._running == 2:
                self._both.set()
        self._both.wait(60)
        with self._lock:
            self._running -= 1


def test_calls_share_the_emulators_of_a_function() -> None:
    """Two run at once, and no emulator has two."""
    emulators = Emulators()
    with ExitStack() as stack, ThreadPoolExecutor(6) as pool:
        ports = []
        for _ in range(2):
            server = stack.enter_context(ThreadingHTTPServer(("127.0.0.1", 0), emulators.handler()))
            Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
            stack.callback(server.shutdown)
            ports.append(server.server_port)
        runtime = Runtime(ports, 60, patience_s=0)
        events = [json.dumps(number).encode() for number in range(6)]
        replies = list(pool.map(runtime.call, events))
    assert [(status, reply) for status, _, reply in replies] == [(200, each) for each in events]
    assert max(emulators.together) == 2


def test_a_short_call_is_waited_for() -> None:
    """To load the function in a second emulator would take longer."""
    calls: list[int] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            calls.append(self.server.server_port)  # type: ignore[attr-defined]
            self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *arguments: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server, ThreadPoolExecutor(6) as pool:
        Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        runtime = Runtime([server.server_port, free_port()], 60, patience_s=300)
        assert runtime.call(b"1")[0] == 200
        replies = list(pool.map(runtime.call, [b"1"] * 6))
        server.shutdown()
    assert [status for status, _, _ in replies] == [200] * 6  # nothing listens on the other port
    assert calls == [server.server_port] * 7
