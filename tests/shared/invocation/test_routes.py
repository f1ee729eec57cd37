"""A table of routes by every front door: paths, methods, headers, caching, errors."""

import base64
import gzip
import json

import pytest

from shared import errors
from shared.invocation import lambda_handler
from shared.invocation.routes import ANY_PATH, Route
from shared.reply import File, Reply
from tests.support.front_door_events import DOORS, Asked, all_headers
from tests.support.invocations import CORS, decoded_body

each_door = pytest.mark.parametrize("door", DOORS.values(), ids=DOORS)
TEXT = File(b"text " * 400, "text/plain", "txt")
XML = File(b"<a/>" * 400, "application/xml", "xml")
XHTML = File(b"<a/>" * 400, "application/xhtml+xml; charset=utf-8", "html")
BYTES = File(b"\xff\x00", "application/vnd.fdsn.mseed", "mseed")


def fail(request):
    kinds = {
        "400": errors.BadRequestError("bad\r\nX-Bad: 1"),
        "404": errors.NoDataError("none"),
        "413": errors.TooLargeError("much"),
        "500": ZeroDivisionError("secret"),
        "502": errors.S3Error("S3"),
    }
    raise kinds[dict(request.query)["status"]]


def shout(request, info):
    return File(f"{info.status} {info.error['message']} {request.path}".encode(), "text/x", "x")


ROUTES = (
    Route("/echo", lambda request: [request.method, request.path, request.query]),
    Route("/both", lambda request: request.body.decode(), ("GET", "POST")),
    Route("/text", lambda _: TEXT),
    Route("/xml", lambda _: Reply(XML, etag='"x"', cache="max-age=1", file_name="a b\r\n;.xml")),
    Route("/xhtml", lambda _: XHTML),
    Route("/bytes", lambda _: Reply(BYTES, etag='"b"', file_name="CI.BOM.mseed")),
    Route("/latin", lambda _: File(b"caf\xe9", "text/plain; charset=latin-1", "txt")),
    Route("/nothing", lambda _: Reply(None, status=204)),
    Route("/teapot", lambda _: Reply("tea", status=418, etag='"t"')),
    Route("/header", lambda _: Reply(1, headers={"X-A": "a\r\nSet-Cookie: b"})),
    Route("/fail", fail, error=shout),
    Route("/a/b", lambda _: "a/b"),
    Route("/a/*", lambda request: f"below: {request.path}", error=shout),
    Route("/own"),
    Route(ANY_PATH, takes=lambda request: request.method == "POST"),
)


def ask(door, path, method="GET", **asked):
    handler = lambda_handler(lambda request: {"got": request}, query=dict, routes=ROUTES)
    return handler(door.event(Asked(path, method, **asked)), None)


def value(reply):
    return json.loads(reply["body"])


@each_door
def test_paths(door):
    assert value(ask(door, "/echo", query=(("a", "1"),))) == ["GET", "/echo", [["a", "1"]]]
    assert value(ask(door, "/echo/"))[1] == "/echo/"
    assert value(ask(door, "/a/b")) == "a/b"
    assert value(ask(door, "/a/c/d")) == "below: /a/c/d"
    assert value(ask(door, "/another/a/b")) == "a/b"
    assert value(ask(door, "/own", query=(("a", "1"),))) == {"got": {"a": "1"}}
    assert value(ask(door, "/own", "POST", body="[1]")) == {"got": [1]}
    assert value(ask(door, "/any/path", "POST", body="[1]")) == {"got": [1]}


@each_door
def test_unknown_paths(door):
    for path in ("/any/path", "/favicon.ico", "/echo2", "/a", "/A/b"):
        reply = ask(door, path)
        assert reply["statusCode"] == 404
        assert value(reply)["error"]["type"] == "NoSuchPathError"
        assert all_headers(reply) == {"Content-Type": "application/json", **CORS}


@each_door
@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "TRACE", "BREW"])
def test_other_methods(door, method):
    reply = ask(door, "/echo", method)
    assert reply["statusCode"] == 405
    assert all_headers(reply)["Allow"] == "GET, HEAD, OPTIONS"
    assert all_headers(ask(door, "/both", method))["Allow"] == "GET, HEAD, POST, OPTIONS"
    assert all_headers(ask(door, "/echo", "POST", body="1"))["Allow"] == "GET, HEAD, OPTIONS"
    assert decoded(ask(door, "/fail", method)).startswith(f"405 the method is {method}")


def decoded(reply):
    return decoded_body({**reply, "headers": all_headers(reply)}).decode()


@each_door
def test_head_is_get_without_its_body(door):
    for path in ("/echo", "/bytes", "/nothing", "/any/path", "/fail?"):
        asked = {"query": (("status", "413"),)} if path == "/fail?" else {}
        got = ask(door, path.rstrip("?"), **asked)
        head = ask(door, path.rstrip("?"), "HEAD", **asked)
        assert head == {**got, "body": "", "isBase64Encoded": False}


@each_door
def test_options(door):
    for path, methods in (
        ("/echo", "GET, HEAD, OPTIONS"),
        ("/own", "GET, HEAD, POST, OPTIONS"),
        ("/any/path", "GET, HEAD, POST, OPTIONS"),
    ):
        reply = ask(door, path, "OPTIONS", headers={"Access-Control-Request-Method": "POST"})
        assert (reply["statusCode"], reply["body"]) == (204, "")
        headers = all_headers(reply)
        assert headers["Allow"] == headers["Access-Control-Allow-Methods"] == methods
        assert "*" in headers["Access-Control-Allow-Headers"]
        assert headers["Access-Control-Max-Age"].isdigit()


@each_door
def test_every_reply_may_be_read_by_pages_of_any_site(door):
    replies = [ask(door, path) for path in ("/echo", "/text", "/nothing", "/teapot", "/any/path")]
    replies += [ask(door, "/fail", query=(("status", s),)) for s in ("400", "413", "500", "502")]
    replies += [ask(door, "/echo", method) for method in ("HEAD", "OPTIONS", "PUT")]
    replies.append(ask(door, "/bytes", headers={"If-None-Match": '"b"'}))
    for reply in replies:
        assert CORS.items() <= all_headers(reply).items()
    assert {reply["statusCode"] for reply in replies} == {
        200, 204, 304, 400, 404, 405, 413, 418, 500, 502,
    }  # fmt: skip


@each_door
def test_errors_have_the_shape_of_their_route(door):
    for status, message in (("400", "bad\r\nX-Bad: 1"), ("404", "none"), ("502", "S3")):
        reply = ask(door, "/fail", query=(("status", status),))
        assert reply["statusCode"] == int(status)
        assert all_headers(reply) == {"Content-Type": "text/x", **CORS}
        assert decoded(reply) == f"{status} {message} /fail"
    assert "secret" not in decoded(ask(door, "/fail", query=(("status", "500"),)))


@each_door
def test_status_and_body(door):
    reply = ask(door, "/nothing")
    assert (reply["statusCode"], reply["body"], all_headers(reply)) == (204, "", CORS)
    reply = ask(door, "/teapot")
    assert (reply["statusCode"], value(reply)) == (418, "tea")
    reply = ask(door, "/teapot", headers={"If-None-Match": '"t"'})
    assert reply["statusCode"] == 418


@each_door
def test_etags(door):
    reply = ask(door, "/bytes")
    assert base64.b64decode(reply["body"]) == BYTES.data
    assert all_headers(reply)["ETag"] == '"b"'
    for tags in ('"b"', 'W/"b"', '"a", "b"', "*"):
        for method in ("GET", "HEAD"):
            reply = ask(door, "/bytes", method, headers={"If-None-Match": tags})
            assert (reply["statusCode"], reply["body"]) == (304, "")
            assert all_headers(reply)["ETag"] == '"b"'
            assert "Content-Type" not in all_headers(reply)
    assert ask(door, "/bytes", headers={"If-None-Match": '"c"'})["statusCode"] == 200


def test_text_and_xml_are_sent_as_text_and_in_gzip():
    door = DOORS["function URL"]
    for path, content in (("/text", TEXT), ("/xml", XML), ("/xhtml", XHTML)):
        plain = ask(door, path)
        assert (plain["body"], plain["isBase64Encoded"]) == (content.data.decode(), False)
        packed = ask(door, path, headers={"Accept-Encoding": "gzip"})
        for reply in (plain, packed):
            assert reply["headers"]["Vary"] == "Accept-Encoding"
            assert reply["headers"]["Content-Type"] == content.media_type
        assert packed["headers"]["Content-Encoding"] == "gzip"
        assert gzip.decompress(base64.b64decode(packed["body"])) == content.data
        # A REST API would not decode base64.
        reply = ask(DOORS["REST API"], path, headers={"Accept-Encoding": "gzip"})
        assert reply["body"] == content.data.decode()


def test_text_in_another_encoding_is_sent_as_bytes():
    reply = ask(DOORS["function URL"], "/latin")
    assert base64.b64decode(reply["body"]) == b"caf\xe9"
    assert reply["headers"]["Content-Type"] == "text/plain; charset=latin-1"


def test_an_etag_of_gzip_is_weak():
    """RFC 9110, section 8.8.3: encodings of one answer have no strong tag in common."""
    reply = ask(DOORS["function URL"], "/xml", headers={"Accept-Encoding": "gzip"})
    assert reply["headers"]["ETag"] == 'W/"x"'
    headers = {"Accept-Encoding": "gzip", "If-None-Match": 'W/"x"'}
    reply = ask(DOORS["function URL"], "/xml", headers=headers)
    assert (reply["statusCode"], reply["headers"]["Cache-Control"]) == (304, "max-age=1")


@each_door
def test_headers_have_one_line_each(door):
    assert all_headers(ask(door, "/header"))["X-A"] == "a Set-Cookie: b"
    headers = all_headers(ask(door, "/xml"))
    assert headers["Content-Disposition"] == 'attachment; filename="a_b___.xml"'
    assert headers["Cache-Control"] == "max-age=1"


def test_a_function_without_a_table_takes_any_path():
    handler = lambda_handler(lambda request: {"got": request}, query=dict)
    for door in DOORS.values():
        for path in ("/", "/response", "/fdsnws/dataselect/1/query"):
            assert value(handler(door.event(Asked(path, "POST", body="1")), None)) == {"got": 1}
            assert value(handler(door.event(Asked(path)), None)) == {"got": {}}
            reply = handler(door.event(Asked(path, "OPTIONS")), None)
            assert all_headers(reply)["Allow"] == "GET, HEAD, POST, OPTIONS"


def test_the_log_line_names_the_route_and_no_unknown_path(capsys):
    ask(DOORS["function URL"], "/a/b")
    ask(DOORS["function URL"], "/favicon.ico")
    ask(DOORS["function URL"], "/fail", query=(("status", "404"),))
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [line.get("route") for line in lines] == ["/a/b", None, "/fail"]
    assert [line["status"] for line in lines] == [200, 404, 404]
    assert [line["Failed"] for line in lines] == [0, 0, 1]  # to look around is no failure
