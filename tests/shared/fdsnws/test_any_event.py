"""No event over HTTP, however strange, becomes an unexpected failure."""

import json

from hypothesis import given, settings
from hypothesis import strategies as st

from shared.fdsnws.routes import ROUTES
from shared.invocation import lambda_handler
from tests.support.front_door_events import DOORS, Asked

TEXT = st.text(max_size=12)
SCALARS = st.one_of(st.none(), st.booleans(), st.integers(), TEXT, st.just("\ud800"))
VALUES = st.recursive(
    SCALARS,
    lambda each: st.one_of(st.lists(each, max_size=2), st.dictionaries(TEXT, each, max_size=2)),
    max_leaves=4,
)
MEMBERS = (
    "version", "rawPath", "path", "resource", "routeKey", "rawQueryString", "headers",
    "multiValueHeaders", "queryStringParameters", "multiValueQueryStringParameters",
    "pathParameters", "body", "isBase64Encoded", "httpMethod",
)  # fmt: skip
CONTEXTS = st.one_of(
    VALUES,
    st.dictionaries(st.sampled_from(["path", "stage", "domainName", "http", "elb"]), VALUES),
)
PATHS = st.sampled_from(
    [*(each.path for each in ROUTES), "/fdsnws/dataselect/1/query", "/../fdsnws/x", "/windows/x"]
)


def ask(event):
    """Ask for everything but data."""
    table = [each for each in ROUTES if each.methods == ("GET",) or not each.answer]
    handler = lambda_handler(lambda _: "got it", query=dict, routes=table)
    reply = handler(event, None)
    json.dumps(reply)
    assert reply["statusCode"] < 500
    return reply


@settings(derandomize=True, max_examples=150)
@given(
    st.sampled_from([*DOORS.values()]),
    PATHS,
    st.dictionaries(st.sampled_from(MEMBERS), VALUES, max_size=3),
    CONTEXTS,
)
def test_events_with_members_of_any_type(door, path, members, context):
    ask({**door.event(Asked(path)), **members, "requestContext": context})


@settings(derandomize=True, max_examples=150)
@given(
    st.sampled_from([*DOORS.values()]),
    st.one_of(TEXT, PATHS).map(lambda text: f"/{text}"),
    st.sampled_from(["GET", "HEAD", "POST", "PUT", "OPTIONS", "get", "\r\n", ""]),
    st.lists(st.tuples(st.text(max_size=5), TEXT), max_size=3),
    st.one_of(st.none(), TEXT),
    st.dictionaries(st.sampled_from(["Accept-Encoding", "If-None-Match", "Host"]), TEXT),
)
def test_requests_of_any_text(door, path, method, query, body, headers):
    printable = tuple((name.encode(errors="replace").decode(), value) for name, value in query)
    ask(door.event(Asked(path, method, printable, body, headers)))
