"""The fuzzer of events: whatever comes in, an answer or an error of the caller's goes out."""

import base64
import gzip
import json
from dataclasses import dataclass
from functools import cache
from typing import Any
from urllib.parse import urlencode

import numpy as np

from shared.errors import ServiceError
from tests.fuzz.ask import Question, handler
from tests.fuzz.examine import stationxml
from tests.fuzz.judge import Fault
from tests.fuzz.known_day import DAY, KEY, NSCL, STATIONXML_KEY, KnownDay
from tests.fuzz.memory_s3 import MemoryS3
from tests.support.builders import http_event

Edit = tuple[Any, ...]
"""A path of keys and indexes, and the value to put there; `REMOVED` takes the member out."""

REMOVED = "<removed>"
VALUES: tuple[Any, ...] = (
    REMOVED, None, True, False, 0, -1, 1, 2, 10**30, -(10**400), 1.5, 1e308, -0.0, "", " ", "0",
    "--", "*", "CI", "BHZ", "../../etc", "a\0b", "é𝄞", "x" * 10_000, [], {}, [[]], [None],
    {"": None},
    [1, 2, 3, 4], [0.1, 0.2, 10, 12], [4, 3, 2, 1], "auto", "VEL", "DISP", "ACC", "DEF", "json",
    "mseed", "sac", "records", "whole", "obspy", "fast", "FLOAT32", "2024,001", "2024,366",
    "2024,367", "0000,000", "9999,365", "2024-01-01T00:00:40", "2024-01-01T00:01:15.5Z", "1e9",
    "2024-13-01", "0001-01-01", "9999-12-31T23:59:60", "2024-01-01T00:00:40+14:00", 1704067240,
)  # fmt: skip
_LATER = {"Starttime": "2024-01-01T00:00:40", "Endtime": "2024-01-01T00:01:15"}


@dataclass(frozen=True)
class Case:
    """An event.

    Attributes:
        function: "timewindow" or "response".
        wrapper: a name of `WRAPPERS`.
        body: "" or the body in place of the edited request's JSON, as text.
        edits: of the request, as text: tuples of JSON.
        outer: edits of the wrapper.
    """

    function: str
    wrapper: str
    body: str
    edits: tuple[Edit, ...]
    outer: tuple[Edit, ...]


WRAPPERS = {
    "direct": 0.2, "2.0": 0.2, "1.0": 0.1, "base64": 0.1, "gzip": 0.02, "query": 0.12, "sqs": 0.1,
    "s3 batch": 0.06, "items": 0.08, "list": 0.02,
}  # fmt: skip
"""Ways in which a request comes, and how often each is drawn."""

BODIES = (
    "", "{", "null", "[]", "[" * 500, '"text"', "NaN", '{"a":1,"a":2}', "\ufeff{}", "1" * 5_000,
    "<xml/>",
)  # fmt: skip


@cache
def requests() -> dict[str, tuple[dict[str, Any], ...]]:
    """Return the sound requests of each function."""
    window = {**Question("window").request["Windows"][0], **_LATER}
    return {
        "timewindow": (
            {"Windows": [window], "Read": "records", "Format": "json"},
            {"Windows": [window], "Output": "VEL", "pre_filt": [0.1, 0.2, 10, 12]},
            {"Windows": [window, window], "Format": "sac", "Output": "DISP"},
        ),
        "response": (
            {"day": DAY, "nscl": NSCL},
            {"day": DAY, "nscl": NSCL, "output": "DISP", "pre_filt": "auto", "water_level": 60},
            {"day": DAY, "nscl": NSCL, "edges": "neighbours", "gaps": "split", "method": "fast"},
        ),
    }


def generate(rng: np.random.Generator) -> Case:
    """Draw a case."""
    function = str(rng.choice(["timewindow", "response"]))
    wrapper = str(rng.choice(list(WRAPPERS), p=list(WRAPPERS.values())))
    body = BODIES[int(rng.integers(len(BODIES)))] if rng.random() < 0.08 else ""
    request = _request(rng, function)
    edits = tuple(_edit(rng, request) for _ in range(_few(rng)))
    event = wrapped(wrapper, request, "")
    outer = tuple(_edit(rng, event) for _ in range(_few(rng) // 2))
    whole: Edit = ((), request)
    return Case(function, wrapper, body, (whole, *edits), outer)


def _few(rng: np.random.Generator) -> int:
    """Draw a number of edits; after many, every event is refused for the first of them."""
    return int(rng.choice([0, 1, 2, 4], p=[0.2, 0.5, 0.2, 0.1]))


def _request(rng: np.random.Generator, function: str) -> dict[str, Any]:
    known = requests()[function]
    return known[int(rng.integers(len(known)))]


def _edit(rng: np.random.Generator, document: Any) -> Edit:
    """Draw a place in a document and a value for it."""
    paths = list(_paths(document))
    if len(paths) > 1 and rng.random() < 0.95:
        del paths[0]  # the document itself
    path = paths[int(rng.integers(len(paths)))]
    return path, VALUES[int(rng.integers(len(VALUES)))]


def _paths(document: Any, path: tuple[Any, ...] = ()) -> Any:
    yield path
    members: Any = ()
    if isinstance(document, dict):
        members = document.items()
    elif isinstance(document, list):
        members = enumerate(document)
    for key, value in members:
        yield from _paths(value, (*path, key))


def edited(document: Any, edits: tuple[Edit, ...]) -> Any:
    """Return a copy of a document after edits; those whose place is gone are left out."""
    for path, value in edits:
        changed = json.loads(json.dumps(value))
        if not path:
            document = None if value == REMOVED else changed
            continue
        parent = document
        try:
            for key in path[:-1]:
                parent = parent[key]
            if value == REMOVED:
                del parent[path[-1]]
            else:
                parent[path[-1]] = changed
        except (KeyError, IndexError, TypeError):
            continue
    return document


def wrapped(wrapper: str, request: Any, body: str) -> Any:
    """Return a request as the event that a service of AWS makes of it."""
    text = body or json.dumps(request)
    if wrapper == "direct":
        return body or json.loads(json.dumps(request))
    if wrapper in ("2.0", "1.0"):
        return http_event(text, wrapper)
    if wrapper == "base64":
        return http_event(base64.b64encode(text.encode()).decode(), isBase64Encoded=True)
    if wrapper == "gzip":
        packed = base64.b64encode(gzip.compress(text.encode())).decode()
        headers = {"content-encoding": "gzip"}
        return http_event(packed, isBase64Encoded=True, headers=headers)
    if wrapper == "query":
        return _query(request if isinstance(request, dict) else {})
    if wrapper == "sqs":
        record = {"messageId": "1", "body": text, "eventSource": "aws:sqs", "attributes": {}}
        return {"Records": [record, {**record, "messageId": "2"}]}
    if wrapper == "s3 batch":
        task = {"taskId": "1", "s3Key": KEY, "s3BucketArn": "arn:aws:s3:::scedc-pds"}
        job = {"job": {"id": "1"}, "tasks": [task]}
        return {"invocationSchemaVersion": "1.0", "invocationId": "1", **job}
    return {"Items": [request]} if wrapper == "items" else [request]


def _query(request: dict[str, Any]) -> dict[str, Any]:
    """Return a GET with the request's first window, or the request, as the query."""
    windows = request.get("Windows")
    fields = windows[0] if isinstance(windows, list) and windows else request
    query = (
        {str(key): str(value) for key, value in fields.items()} if isinstance(fields, dict) else {}
    )
    context = {"http": {"method": "GET", "path": "/windows"}, "stage": "$default"}
    strings = {"rawQueryString": urlencode(query), "queryStringParameters": query}
    return http_event(None, requestContext=context, **strings)


def run(case: Case, s3: MemoryS3) -> list[Fault]:
    """Send the event; return the faults of the answer."""
    s3.put(KEY, KnownDay().content)
    s3.put(STATIONXML_KEY, stationxml("VEL"))
    request = edited(None, case.edits)
    event = edited(wrapped(case.wrapper, request, case.body), case.outer)
    try:
        reply = handler(case.function)(event)
        text = json.dumps(reply, allow_nan=False)
    except ServiceError:
        return []
    except Exception as error:  # noqa: BLE001
        return [Fault(f"bare {type(error).__name__}", f"{error}"[:300], case.wrapper)]
    status = reply.get("statusCode", 0) if isinstance(reply, dict) else 0
    found = [Fault(f"HTTP {status}", text[:300], case.wrapper)] if status == 500 else []
    if "/tmp/" in text:
        found.append(Fault("tells a path", text[:300], case.wrapper))
    return found


def smaller(case: Case) -> list[Case]:
    """Return cases with one edit less, of the request or of the wrapper."""
    shorter = [
        Case(
            case.function, case.wrapper, case.body, case.edits[:i] + case.edits[i + 1 :], case.outer
        )
        for i in range(1, len(case.edits))
    ]
    return shorter + [
        Case(
            case.function, case.wrapper, case.body, case.edits, case.outer[:i] + case.outer[i + 1 :]
        )
        for i in range(len(case.outer))
    ]
