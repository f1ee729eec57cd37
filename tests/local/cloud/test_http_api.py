"""The HTTP API: events as AWS documents them, replies as HTTP, and the API's own limits.

https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
"""

import base64
import json
import socket
import threading
from collections.abc import Callable
from typing import Any

import pytest
import urllib3
from werkzeug.test import Client

from local.cloud.http_api import MAX_BODY_BYTES, HttpApi
from local.cloud.wsgi_server import PortError, WsgiServer
from shared.invocation.http_request import read_request


class Function:
    """Stands for a function's emulators; keeps the events."""

    def __init__(self, reply: Any = None) -> None:
        self.reply = {"statusCode": 200, "body": "{}"} if reply is None else reply
        self.events: list[dict[str, Any]] = []

    def call(
        self, event: bytes, begin: Callable[[], object] = lambda: None
    ) -> tuple[int, str, bytes]:
        begin()
        self.events.append(json.loads(event))
        content = self.reply if isinstance(self.reply, bytes) else json.dumps(self.reply).encode()
        return 200, "application/json", content


def api(timeout_s: float = 30, **functions: Any) -> Client:
    return Client(HttpApi(functions, timeout_s), use_cookies=False)


def event_of(path: str, method: str = "GET", **options: Any) -> dict[str, Any]:
    function = Function()
    assert api(timewindow=function).open(path, method=method, **options).status_code == 200
    (event,) = function.events
    return event


def test_the_event_of_a_get() -> None:
    headers = [
        *(("X-One", "1"), ("X-Two", "2,3"), ("Accept", "*/*")),
        *(("Cookie", "a=1; b=2"), ("Host", "localhost:8000"), ("User-Agent", "curl/8")),
    ]
    url = "/fdsnws/station/1/query?net=CI&sta=A&sta=B%2C&t=2024-01-01T00:00:00%2B01:00&loc=++"
    event = event_of(url, headers=headers, environ_base={"REMOTE_ADDR": "127.0.0.1"})
    context = event.pop("requestContext")
    assert event.pop("headers") == {
        "accept": "*/*",
        "host": "localhost:8000",
        "user-agent": "curl/8",
        "x-forwarded-for": "127.0.0.1",
        "x-forwarded-port": "80",
        "x-forwarded-proto": "http",
        "x-one": "1",
        "x-two": "2,3",
    }
    assert event == {
        "version": "2.0",
        "routeKey": "$default",
        "rawPath": "/fdsnws/station/1/query",
        "rawQueryString": url.partition("?")[2],
        "queryStringParameters": {
            "net": "CI",
            "sta": "A,B,",
            "t": "2024-01-01T00:00:00+01:00",
            "loc": "  ",
        },
        "cookies": ["a=1", "b=2"],
        "isBase64Encoded": False,
    }
    assert context["http"] == {
        "method": "GET",
        "path": "/fdsnws/station/1/query",
        "protocol": "HTTP/1.1",
        "sourceIp": "127.0.0.1",
        "userAgent": "curl/8",
    }
    assert (context["stage"], context["routeKey"]) == ("$default", "$default")


def test_the_path_is_passed_on_with_all_of_its_slashes() -> None:
    event = event_of("/", environ_overrides={"PATH_INFO": "//fdsnws//event/1/query"})
    assert event["rawPath"] == "//fdsnws//event/1/query"
    assert event["requestContext"]["http"]["path"] == event["rawPath"]


def test_the_function_reads_the_request_as_it_was_sent() -> None:
    """Through the reader of the function itself, for links in WADLs and help pages."""
    headers = {"Host": "localhost:8000", "Content-Type": "text/plain"}
    request = read_request(event_of("/a//b?x=1&x=2", "POST", headers=headers, data="nodata=404"))
    assert request.url == "http://localhost:8000/a/b?x=1&x=2"
    assert (request.method, request.body) == ("POST", b"nodata=404")


@pytest.mark.parametrize(
    ("headers", "body", "in_base64"),
    [
        ({"Content-Type": "application/json"}, b'{"a": "\xc3\xa9"}', False),
        ({"Content-Type": "text/plain; charset=utf-8"}, b"CI BOM", False),
        ({"Content-Type": "application/problem+json"}, b"{}", False),
        ({"Content-Type": "application/x-www-form-urlencoded"}, b'{"a": 1}', True),  # curl -d
        ({"Content-Type": "application/octet-stream"}, b"\0\xff", True),
        ({"Content-Type": "application/json"}, b"\xff", True),
        ({"Content-Type": "application/json", "Content-Encoding": "gzip"}, b"\x1f\x8b", True),
        ({}, b"CI BOM", True),
        ({"Content-Type": "application/json"}, b"", False),
    ],
)
def test_the_body_of_a_post(headers: dict[str, str], body: bytes, in_base64: bool) -> None:
    event = event_of("/windows", "POST", headers=headers, data=body)
    assert event["isBase64Encoded"] == in_base64
    text = event.get("body", "")
    assert (base64.b64decode(text) if in_base64 else text.encode()) == body


@pytest.mark.parametrize(
    ("method", "path", "name"),
    [
        ("POST", "/response", "response"),
        ("GET", "/response", "timewindow"),
        ("POST", "/response/", "timewindow"),
        ("POST", "/windows", "timewindow"),
        ("GET", "/", "timewindow"),
        ("GET", "/peak", "peak"),
        ("POST", "/peak/day", "peak"),
        ("GET", "/peaks", "timewindow"),
    ],
)
def test_routes(method: str, path: str, name: str) -> None:
    functions = {each: Function() for each in ("response", "timewindow", "peak")}
    assert api(**functions).open(path, method=method).status_code == 200
    assert [each for each, function in functions.items() if function.events] == [name]


def test_a_function_that_is_not_served() -> None:
    answer = api(response=Function()).get("/windows")
    assert (answer.status_code, answer.json) == (404, {"message": "Not Found"})


def test_replies_become_http() -> None:
    headers = {"Content-Type": "application/vnd.fdsn.mseed", "ETag": '"1"'}
    reply = {
        "statusCode": 200,
        "headers": headers,
        "cookies": ["a=1", "b=2"],
        "body": base64.b64encode(b"\0\xff").decode(),
        "isBase64Encoded": True,
    }
    function = Function(reply)
    answer = api(timewindow=function).get("/")
    assert (answer.status_code, answer.data) == (200, b"\0\xff")
    assert answer.headers["ETag"] == '"1"'
    assert answer.headers.getlist("Set-Cookie") == ["a=1", "b=2"]
    assert answer.headers["Content-Length"] == "2"

    function.reply = {"statusCode": 200, "headers": headers, "body": ""}
    answer = api(timewindow=function).head("/")
    assert (answer.data, answer.headers["ETag"]) == (b"", '"1"')
    assert "Content-Length" not in answer.headers  # which would be that of the GET

    function.reply = {"statusCode": 303, "headers": {"Location": "http://127.0.0.1:9001/x"}}
    answer = api(timewindow=function).get("/")
    assert (answer.status_code, answer.headers["Location"]) == (303, "http://127.0.0.1:9001/x")

    function.reply = {"statusCode": 204, "headers": {"Allow": "GET"}, "body": ""}
    answer = api(timewindow=function).options("/")
    assert (answer.status_code, answer.data, answer.headers["Allow"]) == (204, b"", "GET")
    assert "Content-Type" not in answer.headers


@pytest.mark.parametrize("value", [{"got": 1}, [1], "text", None, {"body": "x"}])
def test_a_reply_without_a_status_is_the_body(value: Any) -> None:
    answer = api(timewindow=Function(json.dumps(value).encode())).get("/")
    assert (answer.status_code, answer.json) == (200, value)


@pytest.mark.parametrize(
    "reply",
    [
        {"errorMessage": "a secret", "errorType": "ValueError", "stackTrace": []},
        {"statusCode": "?"},
        {"statusCode": 200, "body": "*", "isBase64Encoded": True},
        {"statusCode": 200, "headers": ["a"]},
        b"Task timed out after 1.00 seconds",
    ],
)
def test_a_failure_is_not_shown(reply: Any) -> None:
    answer = api(timewindow=Function(reply)).get("/")
    assert (answer.status_code, answer.json) == (500, {"message": "Internal Server Error"})


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
