"""A request is the same from every front door, whatever stands before its path."""

import base64
from dataclasses import replace

import pytest

from shared.errors import BadRequestError, UriTooLongError
from shared.invocation.http_event import MAX_QUERY_CHARACTERS
from shared.invocation.http_request import HttpRequest, read_request
from tests.support.front_door_events import DOORS, Asked

each_door = pytest.mark.parametrize("door", DOORS.values(), ids=DOORS)
PATH = "/fdsnws/dataselect/1/query"


@each_door
@pytest.mark.parametrize("path", [PATH, "/windows", "/", "/openapi.json"])
def test_path_and_base_url(door, path):
    if path == "/" and "proxy" in str(door.event(Asked(path)).get("routeKey")):
        return  # a proxy route does not have the root, which needs a route of its own
    request = read_request(door.event(Asked(path, "get")))
    assert (request.method, request.path) == ("GET", path)
    assert request.base_url == door.base_url
    assert request.url == f"{door.base_url}{path}"


@each_door
def test_query_keeps_order_and_is_decoded(door):
    query = (("net", "CI"), ("sta", "BOM,H?C"), ("loc", "--"), ("t", "a b+c&d=é"), ("x", ""))
    request = read_request(door.event(Asked(PATH, query=query)))
    assert request.query == query
    assert request.url == (
        f"{door.base_url}{PATH}?net=CI&sta=BOM,H?C&loc=--&t=a%20b%2Bc%26d%3D%C3%A9&x="
    )


@each_door
def test_repeated_names(door):
    query = (("sta", "BOM"), ("sta", "HEC"))
    got = read_request(door.event(Asked(PATH, query=query))).query
    # A load balancer without lists passes on the last value alone.
    assert got in (query, query[1:])
    assert got == query or "queryStringParameters" in door.event(Asked(PATH))


@each_door
def test_body(door):
    data = b"quality=B\nCI BOM -- BHZ 2024-01-01 2024-01-02\n"
    plain = read_request(door.event(Asked(PATH, "POST", body=data.decode())))
    text = base64.b64encode(data).decode()
    packed = read_request(door.event(Asked(PATH, "POST", body=text, is_base64=True)))
    assert plain.body == packed.body == data
    assert read_request(door.event(Asked(PATH))).body == b""


@each_door
def test_headers_have_names_in_lower_case(door):
    request = read_request(door.event(Asked(PATH, headers={"If-None-Match": '"a"'})))
    assert request.headers["if-none-match"] == '"a"'


@each_door
def test_flaws_are_kept_for_the_route(door):
    request = read_request(door.event(Asked(PATH, "POST", body="*", is_base64=True)))
    assert isinstance(request.flaw, BadRequestError)
    query = (("net", "A" * (MAX_QUERY_CHARACTERS - len("net="))),)
    assert read_request(door.event(Asked(PATH, query=query))).flaw is None
    query = (("net", f"{query[0][1]}A"),)
    assert isinstance(read_request(door.event(Asked(PATH, query=query))).flaw, UriTooLongError)


@pytest.mark.parametrize(
    ("raw", "path"),
    [
        ("//fdsnws///event/1/query", "/fdsnws/event/1/query"),
        ("/a%20b", "/a b"),
        ("", "/"),
        (None, "/"),
        (7, "/"),
        ("/production/x", "/production/x"),  # begins with the stage's name, but is none
        ("/prod", "/"),
        ("/prod/", "/"),
        ("/prod/prod/x", "/prod/x"),
    ],
)
def test_paths(raw, path):
    event = {"version": "2.0", "rawPath": raw, "requestContext": {"stage": "prod"}}
    assert read_request(event).path == path


def test_the_root_of_a_base_path():
    """A route for the root alone takes the base path with and without a slash."""
    for raw in ("/v1", "/v1/"):
        event = {"version": "2.0", "rawPath": raw, "routeKey": "ANY /", "requestContext": {}}
        request = read_request(event)
        assert (request.path, request.base_url) == ("/", "http://localhost/v1")


@pytest.mark.parametrize(
    ("headers", "context", "base_url"),
    [
        ({}, {}, "http://localhost"),
        ({"Host": "127.0.0.1:8000"}, {}, "http://127.0.0.1:8000"),
        ({"Host": "[::1]:8000", "X-Forwarded-Proto": "https"}, {}, "https://[::1]:8000"),
        ({"Host": 'a"><script>'}, {"domainName": "a.on.aws"}, "https://a.on.aws"),
        ({"Host": "a.on.aws\r\nX: y"}, {}, "http://localhost"),
        ({"Host": "evil.example.com"}, {"domainName": "a.on.aws"}, "https://a.on.aws"),
        ({"Host": "A.on.aws:8443"}, {"domainName": "a.on.aws"}, "https://A.on.aws:8443"),
        ({"Host": "a.on.aws:1\n"}, {"domainName": "a.on.aws"}, "https://a.on.aws"),
        ({"Host": "127.0.0.1:3000"}, {"domainName": "localhost"}, "https://127.0.0.1:3000"),
        ({"Host": "a.example.org"}, {"domainName": "<b>"}, "http://a.example.org"),
        ({"Host": "a.on.aws", "X-Forwarded-Proto": "javascript"}, {}, "http://a.on.aws"),
    ],
)
def test_a_host_is_a_host(headers, context, base_url):
    event = {"version": "2.0", "rawPath": "/", "headers": headers, "requestContext": context}
    assert read_request(event).base_url == base_url


@pytest.mark.parametrize(
    ("given", "etag", "has"),
    [
        ('"a"', '"a"', True),
        ('W/"a"', '"a"', True),
        ('"a"', 'W/"a"', True),
        ('"b", "a"', '"a"', True),
        ("*", '"a"', True),
        ('"b"', '"a"', False),
        ("", '"a"', False),
        ("*", "", False),
    ],
)
def test_if_none_match(given, etag, has):
    request = HttpRequest("GET", "/", "", headers={"if-none-match": given} if given else {})
    assert request.has(etag) == has
    assert not replace(request, method="POST").has(etag)
