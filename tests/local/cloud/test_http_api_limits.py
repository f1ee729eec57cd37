"""The limits of the local HTTP API, and requests that are none."""

import base64
import socket
import threading
from typing import Any

import pytest
import urllib3

from local.cloud.http_api import MAX_BODY_BYTES, HttpApi
from local.cloud.wsgi_server import PortError, WsgiServer
from tests.support.answering_function import Function, api


@pytest.mark.parametrize(
    ("request_options", "status"),
    [
        ({"data": b"x" * (MAX_BODY_BYTES + 1)}, 413),
        ({"data": b"\xff" * (5 * 1024**2)}, 413),  # in base64 it exceeds Lambda's 6 MB
        ({"headers": {"X": "x" * 10_240}}, 431),
        ({"query_string": "x" * 10_240}, 431),
    ],
)
def test_limits(request_options: dict[str, Any], status: int) -> None:
    function = Function()
    answer = api(timewindow=function).post("/windows", **request_options)
    assert answer.status_code == status
    assert function.events == []


@pytest.mark.parametrize(
    "rest",
    [
        b"Content-Length: 50\r\n\r\n{}",
        b"Transfer-Encoding: chunked\r\n\r\nno chunk",
        b"Transfer-Encoding: chunked\r\n\r\n5\r\n{",
    ],
)
def test_a_body_that_ends_early_is_the_callers_fault(
    rest: bytes, capfd: pytest.CaptureFixture[str]
) -> None:
    function: Any = Function()
    with WsgiServer(HttpApi({"timewindow": function})) as server:
        caller = socket.create_connection(("127.0.0.1", server.port))
        with caller, caller.makefile("rb") as reply:
            caller.sendall(b"POST /windows HTTP/1.1\r\nHost: localhost\r\n" + rest)
            caller.shutdown(socket.SHUT_WR)
            content = reply.read()
    assert content.startswith(b"HTTP/1.1 400 ")
    assert content.endswith(b'{"message": "Bad Request"}')
    assert function.events == []
    assert "Traceback" not in capfd.readouterr().err


def test_a_body_in_chunks() -> None:
    function: Any = Function()
    with WsgiServer(HttpApi({"timewindow": function})) as server:
        address = f"http://127.0.0.1:{server.port}/windows"
        urllib3.request("POST", address, body=iter([b'{"a":', b" 1}"]), timeout=60)
    (event,) = function.events
    assert base64.b64decode(event["body"]) == b'{"a": 1}'


def test_a_slow_function_is_not_awaited() -> None:
    end, ended = threading.Event(), threading.Event()

    class Slow(Function):
        def call(self, *arguments: Any) -> tuple[int, str, bytes]:
            reply = super().call(*arguments)
            end.wait()
            ended.set()
            return reply

    answer = api(timewindow=Slow(), timeout_s=0.01).get("/")
    assert (answer.status_code, answer.json) == (503, {"message": "Service Unavailable"})
    assert not ended.is_set()  # it goes on by itself, as on Lambda
    end.set()
    assert ended.wait(60)


def test_a_taken_port_is_named() -> None:
    with WsgiServer(HttpApi({})) as first, pytest.raises(PortError, match="cannot listen on port"):
        WsgiServer(HttpApi({}), first.port).__enter__()
