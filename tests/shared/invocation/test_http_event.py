"""HTTP events of every version: method, query, headers."""

import base64
import gzip

import pytest

from shared.archive.instant import parse_instant
from shared.errors import BadRequestError
from shared.invocation import http_event
from tests.support.builders import http_event as event

LOAD_BALANCER = {"requestContext": {"elb": {"targetGroupArn": "arn"}}, "httpMethod": "GET"}


def version_2(query):
    return event(None, "2.0", rawQueryString=query)


def parameters_of(http):
    return http_event.without_repeats(http_event.query(http))


def json_of(http):
    return http_event.json_value(http_event.body(http))


@pytest.mark.parametrize(
    ("http", "method"),
    [
        (event("{}", "2.0"), "POST"),
        (event("{}", "1.0"), "POST"),
        (event(None, "2.0", requestContext={"http": {"method": "get"}}), "GET"),
        (event(None, "1.0", httpMethod="DELETE"), "DELETE"),
        (LOAD_BALANCER, "GET"),
        ({"requestContext": None, "body": "{}"}, "POST"),
        ({"routeKey": "$default"}, "POST"),
    ],
)
def test_method(http, method):
    assert http_event.is_http(http)
    assert http_event.method(http) == method


@pytest.mark.parametrize(
    ("query", "parameters"),
    [
        ("", {}),
        ("A=1&B=2", {"A": "1", "B": "2"}),
        ("A=", {"A": ""}),
        ("Starttime=2024-01-01T00%3A00%3A00", {"Starttime": "2024-01-01T00:00:00"}),
        ("Location=++&A=%C3%A9", {"Location": "  ", "A": "é"}),
        ("A=1,2", {"A": "1,2"}),
        ("a=1&A=2", {"a": "1", "A": "2"}),
    ],
)
def test_query_of_version_2(query, parameters):
    assert parameters_of(version_2(query)) == parameters


def test_query_missing_from_a_function_url_event():
    assert parameters_of({"version": "2.0", "requestContext": {}}) == {}


@pytest.mark.parametrize("absent", [None, {}])
def test_query_of_version_1(absent):
    assert parameters_of(event(None, "1.0")) == {}
    http = event(None, "1.0", queryStringParameters={"A": "1%2C+2"})
    assert parameters_of({**http, "multiValueQueryStringParameters": absent}) == {
        "A": "1%2C+2"  # API Gateway decoded it once already
    }
    http["multiValueQueryStringParameters"] = {"A": ["1"], "B": ["2"]}
    assert parameters_of(http) == {"A": "1", "B": "2"}


def test_query_of_a_load_balancer_is_decoded():
    http = {**LOAD_BALANCER, "queryStringParameters": {"Start%20time": "00%3A00", "L": "++"}}
    assert parameters_of(http) == {"Start time": "00:00", "L": "  "}


@pytest.mark.parametrize(
    "http",
    [
        version_2("Station=BOM&Network=CI&Station=HEC"),
        version_2("Station=BOM&Station=BOM"),
        event(None, "1.0", multiValueQueryStringParameters={"Station": ["BOM", "HEC"]}),
    ],
)
def test_a_repeated_parameter_is_named(http):
    with pytest.raises(BadRequestError, match="'Station' more than once") as caught:
        parameters_of(http)
    assert caught.value.details == {"field": "Station"}


@pytest.mark.parametrize(
    ("value", "accepted"),
    [
        (None, False),
        ("", False),
        ("gzip", True),
        ("GZIP", True),
        ("br, gzip", True),
        ("deflate,gzip;q=1.0, *;q=0.5", True),
        ("gzip;q=0.001", True),
        ("gzip; q=0", False),
        ("gzip;q=0.000, *", False),
        ("gzip;Q=0", False),
        ("gzip;q=x", False),
        ("gzip;q=nan", False),
        ("identity", False),
        ("*", True),
        ("*;q=0", False),
        ("x-gzipped", False),
    ],
)
def test_accept_encoding(value, accepted):
    for name in ("accept-encoding", "Accept-Encoding", "ACCEPT-ENCODING"):
        headers = {} if value is None else {name: value}
        assert http_event.accepts_gzip(event("{}", "2.0", headers=headers)) == accepted
        multiple = {"headers": None, "multiValueHeaders": {k: [v] for k, v in headers.items()}}
        assert http_event.accepts_gzip(event("{}", "1.0", **multiple)) == accepted


def test_accept_encoding_on_several_lines():
    http = event("{}", "1.0", multiValueHeaders={"Accept-Encoding": ["br", "gzip"]})
    assert http_event.accepts_gzip({**http, "headers": {"Accept-Encoding": "br"}})


def test_limits():
    assert http_event.max_reply_bytes(event("{}", "2.0")) == 6 * 1024**2
    assert http_event.max_reply_bytes(event("{}", "1.0")) == 6 * 1024**2
    assert http_event.max_reply_bytes(LOAD_BALANCER) == 10**6


def test_only_a_rest_api_may_not_decode_base64():
    assert http_event.decodes_base64(event("{}", "2.0"))
    assert http_event.decodes_base64({**event("{}", "1.0"), "version": "1.0"})
    assert http_event.decodes_base64(LOAD_BALANCER)
    assert not http_event.decodes_base64(event("{}", "1.0"))


def test_a_body_of_another_kind_is_named():
    form = {"content-type": "application/x-www-form-urlencoded"}
    encoded = base64.b64encode(gzip.compress(b"{}")).decode()
    for http, words in (
        (event("Network=CI&Station=BOM", headers=form), "not JSON: it is a form: send {"),
        (event("day=2019%2C183", "1.0"), "not JSON: it is a form: send {"),
        (event(encoded, isBase64Encoded=True), "not JSON: it is compressed by gzip"),
        (event("{'day': 1}"), "not JSON: .*line 1 column 2"),
    ):
        with pytest.raises(BadRequestError, match=words):
            json_of(http)
    # curl sends JSON as a form, unless its content type is given.
    assert json_of(event('{"day": "2019,183"}', headers=form)) == {"day": "2019,183"}


def test_a_plus_that_a_url_turns_into_a_space():
    query = parameters_of(version_2("start=2024-01-01T01:05:00+01:00"))
    with pytest.raises(BadRequestError, match=r"write '2024-01-01T01:05:00%2B01:00'"):
        parse_instant(query["start"], "start")
    query = parameters_of(version_2("start=2024-01-01T01:05:00%2B01:00"))
    assert parse_instant(query["start"], "start") == 1_704_067_500 * 10**9
