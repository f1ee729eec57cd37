"""The local HTTP API: events as AWS documents them, and replies as HTTP.

https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
"""

import base64
import json
from typing import Any

import pytest

from shared.invocation.http_request import read_request
from tests.support.answering_function import Function, api


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
