"""The fuzzer of events: whatever comes in, an answer or an error of the caller's goes out."""

import base64
import gzip
import json
from dataclasses import dataclass
from functools import cache
from http import HTTPStatus
from typing import Any

import numpy as np

from shared.errors import ServiceError
from tests.fuzz import bugs, judge
from tests.fuzz.ask import Question, handler
from tests.fuzz.bugs import logged_bugs
from tests.fuzz.event_wrappers import BODIES, DEEP, LONG, WIDE, WRAPPERS, large, wrapped
from tests.fuzz.examine import stationxml
from tests.fuzz.judge import Fault
from tests.fuzz.known_day import DAY, KEY, NSCL, STATIONXML_KEY, KnownDay
from tests.fuzz.memory_s3 import MemoryS3

Edit = tuple[Any, ...]
"""A path of keys and indexes, and the value to put there; `REMOVED` takes the member out."""

REMOVED = "<removed>"
VALUES: tuple[Any, ...] = (
    DEEP, WIDE, LONG, float("nan"), float("inf"), "\ud800", 2**53 + 1, "NaN", "1_0", "+1", "٣",
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
        changed = large(value)
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


def run(case: Case, s3: MemoryS3) -> list[Fault]:
    """Send the event; return the faults of the answer."""
    s3.put(KEY, KnownDay().content)
    s3.put(STATIONXML_KEY, stationxml("VEL"))
    request = edited(None, case.edits)
    event = edited(wrapped(case.wrapper, request, case.body), case.outer)
    with logged_bugs() as survived:
        found = _faults(case, event)
    return [*found, *(Fault(bugs.name(bug), bug[:300], case.wrapper) for bug in survived)]


def _faults(case: Case, event: Any) -> list[Fault]:
    try:
        text = json.dumps(handler(case.function)(event), allow_nan=False)
    except ServiceError as error:
        text = json.dumps(error.as_dict(), allow_nan=False)
    except Exception as error:  # noqa: BLE001
        return [Fault(f"bare {type(error).__name__}", f"{error}"[:300], case.wrapper)]
    reply = json.loads(text)
    status = reply.get("statusCode", 0) if isinstance(reply, dict) else 0
    found = []
    if status >= 500 and status != HTTPStatus.BAD_GATEWAY:
        found.append(Fault(f"HTTP {status}", text[:300], case.wrapper))
    if secret := judge.told(_with_bodies(reply, text)):
        found.append(Fault(secret, text[:300], case.wrapper))
    return found


def _with_bodies(reply: Any, text: str) -> str:
    """Return a reply's text with the body of HTTP unpacked, which may be gzip in base64."""
    if not isinstance(reply, dict) or not reply.get("isBase64Encoded"):
        return text
    body = base64.b64decode(reply["body"])
    return text + (gzip.decompress(body) if body[:2] == b"\x1f\x8b" else body).decode("latin-1")


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
