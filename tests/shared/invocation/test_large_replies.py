"""Replies beyond the limit: stored in the output bucket behind a link, or refused."""

import gzip
import hashlib
import json
import re
import time
import urllib.parse
import urllib.request

import numpy as np
import pytest

from local.cloud.s3_server import OUTPUT_BUCKET
from shared.archive.time import parse_time
from shared.errors import NoDataError, S3Error, TooLargeError
from shared.invocation import lambda_handler, large_replies
from shared.invocation.routes import Route
from shared.reply import File, Reply
from tests.support.builders import http_event
from tests.support.front_door_events import DOORS, Asked
from tests.support.invocations import (
    CORS,
    GZIP,
    call,
    fetch,
    http_request,
)

LARGE = np.random.default_rng(1).integers(-(2**31), 2**31, 10**6, dtype=np.int32)


def large(_request):
    return Reply({"data": LARGE}, extent={"samples": LARGE.size})


@pytest.mark.parametrize("event", [{"a": 1, "b": 2}, http_request(body='{"b": 2, "a": 1}')])
def test_link_to_json(archive, output_keys, event):
    before = time.time()
    link = call(large, event, large_folder="windows")
    if "statusCode" in link:
        assert link["statusCode"] == 200
        assert link["headers"] == {
            "Content-Type": "application/json",
            "Cache-Control": "no-store",
            **CORS,
        }
        link = json.loads(link["body"])
    name = hashlib.sha256(b'{"a": 1, "b": 2}').hexdigest()
    assert output_keys() == [f"windows/{name}.json"]
    data, headers = fetch(link.pop("url"))
    assert json.loads(data) == {"data": LARGE.tolist()}
    assert headers["Content-Type"] == "application/json"
    assert headers["Content-Encoding"] is None
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z", link["expires"])
    expires = parse_time(link.pop("expires"), "expires").timestamp
    assert before - 1 < expires - 900 <= time.time()  # S3 counts whole seconds
    assert link == {
        "object": f"s3://{OUTPUT_BUCKET}/windows/{name}.json",
        "bytes": len(data),
        "content_type": "application/json",
        "content_encoding": None,
    }


def test_link_is_signed_by_version_4_for_15_minutes(archive):
    url = call(large, {}, large_folder="windows")["url"]
    assert url.startswith(archive.endpoint_url)
    query = urllib.parse.parse_qs(urllib.parse.urlsplit(url).query)
    assert query["X-Amz-Algorithm"] == ["AWS4-HMAC-SHA256"]
    assert query["X-Amz-Expires"] == ["900"]
    assert "/us-west-2/s3/" in query["X-Amz-Credential"][0]


def test_link_to_gzip_for_callers_that_accept_it(archive, output_keys):
    link = json.loads(call(large, http_request(headers=GZIP), large_folder="windows")["body"])
    assert link["content_encoding"] == "gzip"
    assert link["object"].endswith(".json.gz")
    data, headers = fetch(link["url"])
    assert headers["Content-Encoding"] == "gzip"
    assert headers["Content-Type"] == "application/json"
    assert len(data) == link["bytes"]
    assert json.loads(gzip.decompress(data)) == {"data": LARGE.tolist()}
    call(large, http_request(), large_folder="windows")
    assert len(output_keys()) == 2  # gzip and plain JSON have different keys


@pytest.mark.parametrize("version", ["2.0", "1.0"])
def test_get_is_redirected_to_the_file(archive, version):
    content = File(LARGE.tobytes() * 2, "application/zip", "zip")
    reply = Reply(content, errors=[{"window": 1}], headers={"X-Windows-Failed": "1"})
    event = http_event(None, version, rawQueryString="n=1", queryStringParameters={"n": "1"})
    event["httpMethod" if version == "1.0" else "requestContext"] = (
        "GET" if version == "1.0" else {"http": {"method": "GET"}}
    )
    requests = []

    def process(request):
        requests.append(request)
        return reply

    redirect = call(process, event, query=dict, large_folder="windows")
    assert requests == [{"n": "1"}]
    assert redirect["statusCode"] == 303
    assert redirect["headers"]["X-Windows-Failed"] == "1"
    assert redirect["headers"]["Cache-Control"] == "no-store"
    link = json.loads(redirect["body"])
    assert redirect["headers"]["Location"] == link["url"]
    assert link["errors"] == [{"window": 1}]
    data, headers = fetch(redirect["headers"]["Location"])
    assert data == content.data
    assert headers["Content-Type"] == "application/zip"


def test_lists_beside_a_file_are_beside_the_link(archive):
    """Row 16 of docs/correctness.md: cut where they would make the link too large."""
    content = File(LARGE.tobytes() * 2, "application/zip", "zip")
    windows = [{"units": "m/s", "gaps": ["x" * 100_000]} for _ in range(10)]
    reply = Reply(content, beside={"windows": windows[:2], "none": []})
    assert call(lambda _: reply, {}, large_folder="windows")["windows"] == windows[:2]
    reply = Reply(content, errors=windows, beside={"windows": windows})
    for event in ({}, http_request()):
        link = call(lambda _: reply, event, large_folder="windows")
        link = json.loads(link["body"]) if event else link
        for name in ("errors", "windows"):
            assert link[name] == [*windows[:3], {"omitted": 7}]
        assert "none" not in link


def test_no_link_without_a_bucket_a_folder_or_success(archive, output_keys, monkeypatch):
    assert call(large, http_request())["statusCode"] == 413
    failures = (NoDataError("m"),)
    failed = Reply(LARGE, failures)
    reply = call(lambda _request: failed, http_request(), large_folder="windows")
    assert reply["statusCode"] == 413
    monkeypatch.setenv("STORE_LARGE_REPLIES", "no")
    assert call(large, http_request(), large_folder="windows")["statusCode"] == 413
    monkeypatch.delenv("STORE_LARGE_REPLIES")
    monkeypatch.delenv("S3_OUTPUT_BUCKET")
    assert call(large, http_request(), large_folder="windows")["statusCode"] == 413
    with pytest.raises(TooLargeError):
        call(large, {}, large_folder="windows")
    assert output_keys() == []


def test_output_bucket_that_does_not_exist(archive, monkeypatch):
    monkeypatch.setenv("S3_OUTPUT_BUCKET", "no-such-bucket")
    assert call(large, http_request(), large_folder="windows")["statusCode"] == 502
    with pytest.raises(S3Error, match="no-such-bucket"):
        call(large, {}, large_folder="windows")


def test_reply_that_fits_is_not_stored(archive, output_keys):
    call(lambda _request: [1], http_request(), large_folder="windows")
    call(lambda _request: [1], {}, large_folder="windows")
    assert output_keys() == []


def test_same_request_same_object(archive, output_keys):
    content = File(b"1", "application/zip", "zip")
    for request in ({"a": 1, "b": [2]}, {"b": [2], "a": 1}, {"b": [3], "a": 1}):
        large_replies.store(content, None, request, OUTPUT_BUCKET, "windows")
    assert len(output_keys()) == 2


def test_a_route_may_refuse_a_link_to_post(archive, output_keys):
    """A client of FDSN web services expects data from POST, so no link can take their place."""
    routes = (Route("/data", lambda _: large(None), ("GET", "POST"), links=("GET",)),)
    handler = lambda_handler(lambda request: request, routes=routes, large_folder="windows")
    url = DOORS["function URL"]
    assert handler(url.event(Asked("/data", "POST", body="a")), None)["statusCode"] == 413
    assert output_keys() == []
    redirect = handler(url.event(Asked("/data", query=(("a", "1"),))), None)
    assert redirect["statusCode"] == 303
    assert json.loads(fetch(redirect["headers"]["Location"])[0]) == {"data": LARGE.tolist()}
    head = handler(url.event(Asked("/data", "HEAD", query=(("a", "1"),))), None)
    assert (head["statusCode"], head["body"]) == (303, "")
    assert len(output_keys()) == 1
    handler(url.event(Asked("/data", query=(("a", "2"),))), None)
    assert len(output_keys()) == 2
