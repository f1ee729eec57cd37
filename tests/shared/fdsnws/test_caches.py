"""Headers for caches: the headers on which an answer depends, and the answers that they keep."""

import pytest

from shared.archive.scedc import SCEDC
from shared.fdsnws.routes import ROUTES
from shared.invocation import lambda_handler
from shared.invocation.reply_body import JSON_TYPE
from shared.windows.headers import WARNINGS_HEADER
from tests.support.front_door_events import DOORS, Asked
from tests.support.http_api import http_api_event
from tests.support.station_files import ask, key_of

HANDLER = lambda_handler(lambda _: "no window", query=dict, routes=ROUTES)
PAGES = ("/", "/openapi.json", "/fdsnws/station/1/", "/fdsnws/station/1/application.wadl")


@pytest.mark.parametrize("path", PAGES)
def test_a_host_of_a_callers_choice_is_in_no_page_that_others_get(path):
    """A front door's own domain is. A load balancer has none: caches keep a page for each host."""
    evil = {"Host": "evil.example.com", "X-Forwarded-Host": "evil.example.com"}
    for name, door in DOORS.items():
        reply = HANDLER(door.event(Asked(path, headers=evil)), None)
        headers = reply.get("headers") or {k: v[0] for k, v in reply["multiValueHeaders"].items()}
        assert "evil.example.com" not in reply["body"] or "balancer" in name
        assert headers["Vary"].split(", ")[0] == "Host"
        assert headers["Cache-Control"].startswith("public")


def test_304_depends_on_what_200_does():
    """RFC 9110, section 15.4.5."""
    path = "/fdsnws/station/1/application.wadl"
    full = HANDLER(http_api_event("GET", path), None)["headers"]
    event = http_api_event("GET", path, headers={"If-None-Match": full["ETag"]})
    kept = HANDLER(event, None)
    assert kept["statusCode"] == 304
    for name in ("Vary", "ETag", "Cache-Control"):
        assert kept["headers"][name] == full[name]
    assert full["Vary"] == "Host, Accept-Encoding"


def test_what_a_caller_signed_for_is_not_for_shared_caches():
    """RFC 9111, section 3.5: "public" would let them give it to callers who did not sign."""
    path = "/fdsnws/station/1/version"
    etag = HANDLER(http_api_event("GET", path), None)["headers"]["ETag"]
    for own in ({}, {"If-None-Match": etag}):
        event = http_api_event("GET", path, headers=own)
        assert HANDLER(event, None)["headers"]["Cache-Control"] == "public, max-age=300"
        signed = http_api_event("GET", path, headers={**own, "Authorization": "AWS4-HMAC-SHA256 x"})
        context = {**event["requestContext"], "authorizer": {"iam": {"accountId": "1"}}}
        for each in (signed, {**event, "requestContext": context}):
            assert HANDLER(each, None)["headers"]["Cache-Control"] == "private, max-age=300"


def test_pages_of_strange_hosts_and_paths_have_no_script_of_a_stranger():
    script = "<script>alert(1)</script>"
    for path in (f"/{script}/fdsnws/station/1/", f"/x'\"{script}/openapi.json", f"/{script}"):
        event = http_api_event("GET", "/") | {"rawPath": path}
        reply = HANDLER({**event, "headers": {"host": f"a{script}"}}, None)
        kind = reply["headers"]["Content-Type"]
        assert script not in reply["body"] or (kind, reply["statusCode"]) == (JSON_TYPE, 404)
        assert not kind.startswith("text/html")


def test_an_answer_that_lacks_a_file_is_not_kept_by_caches(with_index):
    sound = ask("net=CI&sta=AAA")
    assert sound.cache.startswith("public")
    key = key_of("CI", "BAD")
    with_index.put(key, b"<bad")
    try:
        for query in ("net=CI&sta=BAD,AAA", "net=CI&sta=BAD,AAA&format=text"):
            partial = ask(query)
            assert partial.cache == ""
            assert "CI_BAD.xml" in partial.headers[WARNINGS_HEADER]
        nothing = ask("net=CI&sta=BAD,AAA&cha=XXX")  # of AAA; that of BAD is not known
        assert nothing.status == 204
        assert "CI_BAD.xml" in nothing.headers[WARNINGS_HEADER]
    finally:
        with_index.client.delete_object(Bucket=SCEDC.bucket, Key=key)
