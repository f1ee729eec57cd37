"""Requests drawn from the OpenAPI document: each answer is one that the document describes."""

import json
from urllib.parse import urlencode

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.fuzz import fdsnws
from tests.fuzz.ask import handler
from tests.fuzz.memory_s3 import MemoryS3
from tests.support.http_api import http_api_event

LISTS = {
    "network": ["CI", "*", "XX,C?"], "station": ["BOM", "B*"], "location": ["--", "*"],
    "channel": ["BHZ", "BH?,HHZ"], "starttime": ["2024-01-01", "2024-01-01T00:00:40"],
    "endtime": ["2024-01-01T00:01:15", "2024-01-02"], "merge": ["samplerate", "quality"],
}  # fmt: skip
ODD = st.one_of(st.text(max_size=20), st.sampled_from(fdsnws.VALUES))
TYPES = {
    "string": st.sampled_from(["auto", "2024-01-01", "CI", "*", "latestupdate"]),
    "number": st.floats(-400, 400).map(lambda value: f"{value:.3f}"),
    "integer": st.integers(-5, 10**6).map(str),
    "boolean": st.sampled_from(["true", "false"]),
}
"""Values of a type that a schema may have."""


@pytest.fixture(scope="module")
def s3():
    """An S3 with the objects of the fuzzer."""
    with MemoryS3().serving() as found:
        fdsnws.put_objects(found)
        yield found


@pytest.fixture(autouse=True)
def _no_user_credentials(s3):
    """Keep the environment of `s3`."""


@pytest.fixture(scope="module")
def operations(s3):
    """Return path and description of each operation by GET."""
    paths = json.loads(handler("timewindow")(http_api_event("GET", "/openapi.json"))["body"])[
        "paths"
    ]
    return [(path, each["get"]) for path, each in paths.items()]


def values(parameter):
    """Return a strategy of values; the parameter's schema allows nearly all."""
    schema = parameter["schema"]
    allowed = LISTS.get(parameter["name"].lower()) or schema.get("enum")
    sound = st.sampled_from(allowed) if allowed else TYPES[schema["type"]]
    return st.one_of(sound, sound, sound, sound, sound, ODD)


@settings(
    derandomize=True,
    max_examples=300,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(st.data())
def test_each_answer_is_described(operations, data):
    path, operation = data.draw(st.sampled_from(operations))
    query = [
        (each["name"], data.draw(values(each)))
        for each in operation.get("parameters", ())
        if each["name"].lower() in LISTS or data.draw(st.integers(0, 9)) == 0
    ]
    text = urlencode(query, errors="replace")
    reply = handler("timewindow")(http_api_event("GET", path, text))
    status, described = reply["statusCode"], operation["responses"]
    assert status < 500, reply["body"]
    if status in (204, 303):
        assert status == 303 or "204" in described
        return
    media_types = described.get(str(status), described["default"])["content"]
    kind = reply["headers"]["Content-Type"].partition(";")[0]
    assert kind in {each.partition(";")[0] for each in media_types}, (path, query, status)


def test_the_operations_are_those_of_the_services(operations):
    """No answer is described that this module never asks for."""
    assert len(operations) > 10
    assert {"text/plain"} < {
        kind
        for _, operation in operations
        for response in operation["responses"].values()
        for kind in response.get("content", ())
    }
