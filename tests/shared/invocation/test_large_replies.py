"""Replies at the limit and beyond it: gzip, base64, links, refusals."""

import base64
import gzip
import hashlib
import json
import time
import urllib.parse
import urllib.request

import numpy as np
import pytest

from local.cloud.s3_server import OUTPUT_BUCKET
from shared.archive.time import parse_time
from shared.errors import NoDataError, S3Error, TooLargeError
from shared.invocation import lambda_handler, large_replies
from shared.invocation.http_event import MAX_REPLY_BYTES
from shared.reply import File, Reply
from tests.support.builders import http_event

GZIP = {"Accept-Encoding": "br, gzip"}
ODDITIES = 'é𝄞\u2028"\\\n\x7f\x01'


def call(process, event, **options):
    return lambda_handler(process, **options)(event, None)


def written(reply):
    """As AWS's runtime before Python 3.12 writes it."""
    return len(json.dumps(reply).encode())


def body(reply):
    """What a client has after API Gateway, and its own HTTP library."""
    data = reply["body"].encode()
    if reply["isBase64Encoded"]:
        data = base64.b64decode(data, validate=True)
    return gzip.decompress(data) if reply["headers"].get("Content-Encoding") == "gzip" else data


def fetched(url):
    with urllib.request.urlopen(url) as response:
        return response.read(), response.headers


def http_2(method="POST", body="{}", **members):
    return http_event(body, "2.0", requestContext={"http": {"method": method}}, **members)


# The limit, to a byte


def longest(process, event):
    """How long a text can be that the reply has MAX_REPLY_BYTES, by the text's own length."""
    short = written(call(lambda _request: process(2000), event))
    return 2000 + MAX_REPLY_BYTES - short


@pytest.mark.parametrize("odd", ["", ODDITIES], ids=["plain", "odd"])
@pytest.mark.parametrize("event", [{}, http_2(), http_event("{}", "1.0")], ids=["direct", "2", "1"])
def test_json_fits_to_the_byte(event, odd):
    def process(n):
        return {"text": "x" * n + odd, "e": 1e-7}

    n = longest(process, event)
    reply = call(lambda _request: process(n), event)
    assert written(reply) == MAX_REPLY_BYTES
    if event:
        assert reply["statusCode"] == 200
        reply = call(lambda _request: process(n + 1), event)
        assert reply["statusCode"] == 413
        assert json.loads(reply["body"])["error"]["size"] == MAX_REPLY_BYTES + 1
    else:
        with pytest.raises(TooLargeError) as caught:
            call(lambda _request: process(n + 1), event)
        assert caught.value.details["size"] == MAX_REPLY_BYTES + 1


@pytest.mark.parametrize("event", [{}, http_2(), http_event("{}", "1.0")], ids=["direct", "2", "1"])
def test_base64_fits_to_its_four_bytes(event):
    def process(n):
        return File(b"\xff" * n, "application/zip", "zip")

    def answer(n):
        return call(lambda _request: process(n), event)

    n = 3 * 1000
    n += (MAX_REPLY_BYTES - written(answer(n))) // 4 * 3
    reply = answer(n)
    assert MAX_REPLY_BYTES - 4 < written(reply) <= MAX_REPLY_BYTES
    if event:
        assert reply["isBase64Encoded"] is True
        assert reply["headers"] == {"Content-Type": "application/zip"}
        assert body(reply) == b"\xff" * n
        assert answer(n + 1)["statusCode"] == 413
    else:
        assert set(reply) == {"content_type", "content_base64", "errors"}
        assert base64.b64decode(reply["content_base64"]) == b"\xff" * n
        with pytest.raises(TooLargeError):
            answer(n + 1)


def test_a_load_balancer_takes_less():
    event = {"requestContext": {"elb": {}}, "httpMethod": "POST", "body": "{}"}
    assert call(lambda _request: "x" * 900_000, event)["statusCode"] == 200
    reply = call(lambda _request: "x" * 1_000_000, event)
    assert reply["statusCode"] == 413
    assert json.loads(reply["body"])["error"]["limit"] == 10**6


def test_a_refusal_says_what_would_fit():
    reply = Reply(np.full(3_000_000, -1000), extent={"samples": 3_000_000, "seconds": 30_000.0})
    error = json.loads(call(lambda _request: reply, http_2())["body"])["error"]
    assert error["samples"] == 3_000_000
    assert error["seconds"] == 30_000
    assert error["limit"] == MAX_REPLY_BYTES < error["size"]
    fits = error["fits"]
    assert (
        f"at most about {fits['samples']:,} samples, {fits['seconds']:,} seconds"
        in (error["message"])
    )
    assert "Accept-Encoding: gzip" in error["message"]
    assert 900_000 < fits["samples"] < MAX_REPLY_BYTES / 6
    assert fits["seconds"] == fits["samples"] // 100
    smaller = np.full(fits["samples"], -1000)
    assert call(lambda _request: smaller, http_2())["statusCode"] == 200


# gzip


@pytest.mark.parametrize("headers", [GZIP, {"accept-encoding": "gzip;q=0.1"}])
@pytest.mark.parametrize("version", ["2.0", "1.0"])
def test_gzip_where_it_is_taken(version, headers):
    event = {**http_event("{}", version, headers=headers), "version": version}
    value = {"data": list(range(1000)), "text": ODDITIES}
    reply = call(lambda _request: value, event)
    assert reply["headers"] == {
        "Content-Type": "application/json",
        "Content-Encoding": "gzip",
        "Vary": "Accept-Encoding",
    }
    assert reply["isBase64Encoded"] is True
    assert json.loads(body(reply)) == value
    assert reply == call(lambda _request: value, event)  # at any time the same bytes


@pytest.mark.parametrize("headers", [None, {}, {"Accept-Encoding": "br, gzip;q=0"}])
def test_no_gzip_where_it_is_not_taken(headers):
    reply = call(lambda _request: "x" * 2000, http_2(headers=headers))
    assert reply["headers"] == {"Content-Type": "application/json", "Vary": "Accept-Encoding"}
    assert reply["isBase64Encoded"] is False
    assert body(reply) == b'"' + b"x" * 2000 + b'"'


def test_no_gzip_of_what_is_small_or_packed():
    reply = call(lambda _request: "x" * 1022, http_2(headers=GZIP))
    assert reply["headers"] == {"Content-Type": "application/json"}
    assert call(lambda _request: "x" * 1023, http_2(headers=GZIP))["isBase64Encoded"]
    packed = File(b"x" * 2000, "application/vnd.fdsn.mseed", "mseed")
    reply = call(lambda _request: packed, http_2(headers=GZIP))
    assert reply["headers"] == {"Content-Type": "application/vnd.fdsn.mseed"}


def test_gzip_takes_what_would_not_fit():
    value = "counts " * 10**6
    assert call(lambda _request: value, http_2())["statusCode"] == 413
    for event in (http_2(headers=GZIP), http_event("{}", "1.0", headers=GZIP)):
        reply = call(lambda _request: value, event)
        assert reply["statusCode"] == 200
        assert json.loads(body(reply)) == value


def test_a_rest_api_gets_gzip_only_where_nothing_else_fits():
    """Whether it unpacks base64 depends on how it is set up."""
    reply = call(lambda _request: "x" * 2000, http_event("{}", "1.0", headers=GZIP))
    assert reply["isBase64Encoded"] is False


# Links

LARGE = np.random.default_rng(1).integers(-(2**31), 2**31, 10**6, dtype=np.int32)


def large(_request):
    return Reply({"data": LARGE}, extent={"samples": LARGE.size})


@pytest.mark.parametrize("event", [{"a": 1, "b": 2}, http_2(body='{"b": 2, "a": 1}')])
def test_link_to_json(archive, output_keys, event):
    asked = time.time()
    link = call(large, event, large_folder="windows")
    if "statusCode" in link:
        assert link["statusCode"] == 200
        assert link["headers"] == {
            "Content-Type": "application/json",
            "Cache-Control": "no-store",
        }
        link = json.loads(link["body"])
    name = hashlib.sha256(b'{"a": 1, "b": 2}').hexdigest()
    assert output_keys() == [f"windows/{name}.json"]
    data, headers = fetched(link.pop("url"))
    assert json.loads(data) == {"data": LARGE.tolist()}
    assert headers["Content-Type"] == "application/json"
    assert headers["Content-Encoding"] is None
    expires = parse_time(link.pop("expires"), "expires").timestamp
    assert asked - 1 < expires - 900 <= time.time()  # to whole seconds
    assert link == {
        "object": f"s3://{OUTPUT_BUCKET}/windows/{name}.json",
        "bytes": len(data),
        "content_type": "application/json",
        "content_encoding": None,
    }


def test_link_is_of_version_4_and_short(archive):
    url = call(large, {}, large_folder="windows")["url"]
    assert url.startswith(archive.endpoint_url)
    query = urllib.parse.parse_qs(urllib.parse.urlsplit(url).query)
    assert query["X-Amz-Algorithm"] == ["AWS4-HMAC-SHA256"]
    assert query["X-Amz-Expires"] == ["900"]
    assert "/us-west-2/s3/" in query["X-Amz-Credential"][0]


def test_link_to_gzip_for_those_who_take_it(archive, output_keys):
    link = json.loads(call(large, http_2(headers=GZIP), large_folder="windows")["body"])
    assert link["content_encoding"] == "gzip"
    assert link["object"].endswith(".json.gz")
    data, headers = fetched(link["url"])
    assert headers["Content-Encoding"] == "gzip"
    assert headers["Content-Type"] == "application/json"
    assert len(data) == link["bytes"]
    assert json.loads(gzip.decompress(data)) == {"data": LARGE.tolist()}
    call(large, http_2(), large_folder="windows")
    assert len(output_keys()) == 2  # neither in the other's place


@pytest.mark.parametrize("version", ["2.0", "1.0"])
def test_get_is_led_to_the_file(archive, version):
    content = File(LARGE.tobytes() * 2, "application/zip", "zip")
    reply = Reply(content, errors=[{"window": 1}], headers={"X-Windows-Failed": "1"})
    event = http_event(None, version, rawQueryString="n=1", queryStringParameters={"n": "1"})
    event["httpMethod" if version == "1.0" else "requestContext"] = (
        "GET" if version == "1.0" else {"http": {"method": "GET"}}
    )
    asked = []

    def process(request):
        asked.append(request)
        return reply

    redirect = call(process, event, query=dict, large_folder="windows")
    assert asked == [{"n": "1"}]
    assert redirect["statusCode"] == 303
    assert redirect["headers"]["X-Windows-Failed"] == "1"
    assert redirect["headers"]["Cache-Control"] == "no-store"
    link = json.loads(redirect["body"])
    assert redirect["headers"]["Location"] == link["url"]
    assert link["errors"] == [{"window": 1}]
    data, headers = fetched(redirect["headers"]["Location"])
    assert data == content.data
    assert headers["Content-Type"] == "application/zip"


def test_no_link_without_a_bucket_a_folder_or_success(archive, output_keys, monkeypatch):
    assert call(large, http_2())["statusCode"] == 413
    failures = (NoDataError("m"),)
    failed = Reply(LARGE, failures)
    reply = call(lambda _request: failed, http_2(), large_folder="windows")
    assert reply["statusCode"] == 413
    monkeypatch.delenv("S3_OUTPUT_BUCKET")
    assert call(large, http_2(), large_folder="windows")["statusCode"] == 413
    with pytest.raises(TooLargeError):
        call(large, {}, large_folder="windows")
    assert output_keys() == []


def test_no_bucket_there(archive, monkeypatch):
    monkeypatch.setenv("S3_OUTPUT_BUCKET", "no-such-bucket")
    assert call(large, http_2(), large_folder="windows")["statusCode"] == 502
    with pytest.raises(S3Error, match="no-such-bucket"):
        call(large, {}, large_folder="windows")


def test_what_fits_leaves_nothing_behind(archive, output_keys):
    call(lambda _request: [1], http_2(), large_folder="windows")
    call(lambda _request: [1], {}, large_folder="windows")
    assert output_keys() == []


def test_same_request_same_object(archive, output_keys):
    content = File(b"1", "application/zip", "zip")
    for request in ({"a": 1, "b": [2]}, {"b": [2], "a": 1}, {"b": [3], "a": 1}):
        large_replies.store(content, None, request, OUTPUT_BUCKET, "windows")
    assert len(output_keys()) == 2


# Methods


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "HEAD", "OPTIONS", "PATCH"])
def test_other_methods_are_refused(method):
    def never(request):
        raise AssertionError(request)

    reply = call(never, http_2(method))
    assert reply["statusCode"] == 405
    assert reply["headers"]["Allow"] == "POST"
    assert method in json.loads(reply["body"])["error"]["message"]
    if method != "GET":
        assert call(never, http_2(method), query=dict)["headers"]["Allow"] == "GET, POST"
