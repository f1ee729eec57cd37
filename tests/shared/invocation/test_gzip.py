"""Bodies in gzip over HTTP."""

import json

import pytest

from shared.reply import File
from tests.support.builders import http_event
from tests.support.invocations import (
    CORS,
    GZIP,
    ODDITIES,
    call,
    decoded_body,
    http_request,
)


@pytest.mark.parametrize("headers", [GZIP, {"accept-encoding": "gzip;q=0.1"}])
@pytest.mark.parametrize("version", ["2.0", "1.0"])
def test_gzip_is_sent_to_callers_that_accept_it(version, headers):
    event = {**http_event("{}", version, headers=headers), "version": version}
    value = {"data": list(range(1000)), "text": ODDITIES}
    reply = call(lambda _request: value, event)
    assert reply["headers"] == {
        "Content-Type": "application/json",
        "Content-Encoding": "gzip",
        "Vary": "Accept-Encoding",
        **CORS,
    }
    assert reply["isBase64Encoded"] is True
    assert json.loads(decoded_body(reply)) == value
    assert reply == call(lambda _request: value, event)  # gzip carries no timestamp


@pytest.mark.parametrize("headers", [None, {}, {"Accept-Encoding": "br, gzip;q=0"}])
def test_no_gzip_for_callers_that_do_not_accept_it(headers):
    reply = call(lambda _request: "x" * 2000, http_request(headers=headers))
    assert reply["headers"] == {
        "Content-Type": "application/json",
        "Vary": "Accept-Encoding",
        **CORS,
    }
    assert reply["isBase64Encoded"] is False
    assert decoded_body(reply) == b'"' + b"x" * 2000 + b'"'


def test_no_gzip_of_small_or_compressed_bodies():
    reply = call(lambda _request: "x" * 1022, http_request(headers=GZIP))
    assert reply["headers"] == {"Content-Type": "application/json", **CORS}
    assert call(lambda _request: "x" * 1023, http_request(headers=GZIP))["isBase64Encoded"]
    compressed = File(b"x" * 2000, "application/vnd.fdsn.mseed", "mseed")
    reply = call(lambda _request: compressed, http_request(headers=GZIP))
    assert reply["headers"] == {"Content-Type": "application/vnd.fdsn.mseed", **CORS}


def test_gzip_fits_where_plain_json_does_not():
    value = "counts " * 10**6
    assert call(lambda _request: value, http_request())["statusCode"] == 413
    for event in (http_request(headers=GZIP), http_event("{}", "1.0", headers=GZIP)):
        reply = call(lambda _request: value, event)
        assert reply["statusCode"] == 200
        assert json.loads(decoded_body(reply)) == value


def test_a_rest_api_gets_gzip_only_if_nothing_else_fits():
    """A REST API decodes base64 only for its configured media types."""
    reply = call(lambda _request: "x" * 2000, http_event("{}", "1.0", headers=GZIP))
    assert reply["isBase64Encoded"] is False
