"""The fuzzer of the FDSN web services: requests with some edits, over objects with some damage.

Nothing that a client sends becomes a status of 500 and more. Over a damaged object or a failing S3,
an answer is right, or names its gaps, or is an error. `judge.is_sound_index` is not promised.
"""

import base64
import gzip
import io
import json
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

import numpy as np
import obspy

from shared.archive.day import Day
from shared.archive.scedc import SCEDC
from shared.fdsnws.parameters import CODES, TIMES, Parameter
from shared.fdsnws.services import SERVICES
from shared.holdings.day_spans import learned_key
from shared.station_index.warm import index_key
from tests.fuzz import bugs, judge
from tests.fuzz.ask import handler
from tests.fuzz.bugs import logged_bugs
from tests.fuzz.examine import stationxml
from tests.fuzz.judge import Fault
from tests.fuzz.known_day import DAY, KEY, STATIONXML_KEY, KnownDay
from tests.fuzz.memory_s3 import OUTPUT_BUCKET, MemoryS3
from tests.support.builders import forget_objects
from tests.support.http_api import http_api_event

OBJECTS = ("day", "metadata", "index of days", "index of stations", "spans")
STATUSES = (403, 404, 500, 503)
_ABSENT = (403, 404)
"""An object that is forbidden may be absent: S3 does not tell without leave to list."""

VALUES = (
    "", " ", "*", "?", "**", "CI", "BOM", "BHZ", "--", "BH?", "CI,*", "*a*a*a*b", "../..", "0",
    "-1", "91", "1e5", "nan", "inf", "1" * 81, "9" * 15, "2024-01-01", "2024-01-01T00:00:40",
    "2024-01-01T00:01:20.5", "0001-01-01", "9999-12-31T23:59:59", "1970-01-01", "2024-13-01",
    "2262-04-12", "2300-01-01", "1800-01-01", "true", "false", "text", "json", "geocsv", "xml",
    "request", "miniseed3", "response", "VEL", "auto", "none", "0.1,0.2,10,12", "nan,1,2,3",
    "1e400,1,2,3", "latestupdate", "samplerate,overlap", "B", "Q", "404", "204", "é𝄞", "a\0b",
    "\r\nX: y", "x" * 300, "180", "-180", "34", "-118", "0.5", ",",
)  # fmt: skip
_SOUND = {
    "time": ("2024-01-01", "2024-01-01T00:00:40", "2024-01-01T00:01:15", "2024-01-02"),
    "float": ("0", "1", "10", "34", "-118"),
    "int": ("1",),
    "bool": ("true", "false"),
    "text": ("auto",),
}
_CODE = dict(zip(CODES, ("CI", "BOM", "--", "BHZ"), strict=True))
_DATA = b'{"[]:,}0123456789.eE-\0\xff<>&;'


@dataclass(frozen=True)
class Case:
    """A request, and the state of the objects.

    Attributes:
        path: such as "/fdsnws/dataselect/1/query".
        query: the parameters of a GET.
        body: that of a POST; "" for a GET.
        damaged: one of `OBJECTS`, or "" for none.
        damage: its edit: ("cut", place), ("flip", bit), ("put", place, text), ("status", number).
    """

    path: str
    query: tuple[tuple[str, str], ...]
    body: str = ""
    damaged: str = ""
    damage: tuple[Any, ...] = ()


def generate(rng: np.random.Generator) -> Case:
    """Draw a case."""
    service = list(SERVICES.values())[int(rng.integers(len(SERVICES)))]
    method = str(rng.choice(list(service.methods)))
    names = service.methods[method]
    pairs = [
        (str(rng.choice([each.name, *each.short])), _sound(rng, each))
        for each in names
        if rng.random() < (0.95 if each.name in (*CODES, *TIMES) else 0.12)
    ]
    damaged = str(rng.choice(OBJECTS)) if rng.random() < 0.5 else ""
    for _ in range(int(rng.choice([0, 1], p=[0.7, 0.3]) if damaged else rng.choice([0, 1, 2]))):
        place = int(rng.integers(len(pairs) + 1))
        name = pairs[place][0] if place < len(pairs) else names[int(rng.integers(len(names)))].name
        pairs[place : place + 1] = [(name, VALUES[int(rng.integers(len(VALUES)))])]
    case = Case(f"{service.path}/{method}", tuple(pairs), "", damaged)
    if rng.random() < 0.25:
        case = _posted(rng, case)
    return replace(case, damage=_damage(rng)) if damaged else case


def _sound(rng: np.random.Generator, parameter: Parameter) -> str:
    options = parameter.options or _SOUND.get(parameter.kind, ("*",))
    return _CODE.get(parameter.name) or str(rng.choice(options))


def _posted(rng: np.random.Generator, case: Case) -> Case:
    """Return a case by POST, with a line that may be edited."""
    selecting = {*CODES, *TIMES, "net", "sta", "loc", "cha", "start", "end"}
    head = [f"{name}={value}" for name, value in case.query if name not in selecting]
    line = [*_CODE.values(), "2024-01-01", "2024-01-02"]
    edited = list(line)
    edited[int(rng.integers(len(line)))] = VALUES[int(rng.integers(len(VALUES)))]
    lines = [line, edited] if rng.random() < 0.5 else [line]
    return replace(case, query=(), body="\n".join([*head, *map(" ".join, lines)]))


def _damage(rng: np.random.Generator) -> tuple[Any, ...]:
    kind = rng.random()
    share = float(rng.random())
    if kind < 0.2:
        return "cut", share
    if kind < 0.5:
        return "flip", share, int(rng.integers(8))
    if kind < 0.8:
        count = int(rng.choice([1, 2, 8, 600]))
        return "put", share, bytes(rng.choice(list(_DATA), count)).hex()
    return "status", int(rng.choice(STATUSES))


def _damaged(content: bytes, damage: tuple[Any, ...]) -> bytes:
    kind, share, *rest = damage
    place = int(share * len(content))
    changed = bytearray(content)
    if kind == "cut":
        del changed[place:]
    elif kind == "flip":
        changed[place] ^= 1 << rest[0]
    else:
        new = bytes.fromhex(rest[0])
        changed[place : place + len(new)] = new
    return bytes(changed)


def _paths() -> dict[str, str]:
    """Return the paths of the objects."""
    day = Day.parse(DAY)
    channel, _ = SCEDC.parse_waveform_key(KEY)
    learned = learned_key(SCEDC.day_object(channel, day))
    archive, output = f"/{SCEDC.bucket}", f"/{OUTPUT_BUCKET}"
    keys = (KEY, STATIONXML_KEY, SCEDC.waveform_index_key(day))
    kept = (index_key(SCEDC), learned)
    paths = [*(f"{archive}/{key}" for key in keys), *(f"{output}/{key}" for key in kept)]
    return dict(zip(OBJECTS, paths, strict=True))


_sound_objects: dict[str, bytes] = {}


def put_objects(s3: MemoryS3) -> None:
    """Put the sound objects, with those that the function itself makes."""
    if not _sound_objects:
        s3.put(KEY, KnownDay().content)
        s3.put(STATIONXML_KEY, stationxml("VEL"))
        name = KEY.rpartition("/")[2]
        head = "ms_filename,net,sta,seedchan,location,lat,lon,sample_rate"
        row = f"{name},CI,BOM,BHZ,,34.0,-117.0,40.0"
        s3.put(str(SCEDC.waveform_index_key(Day.parse(DAY))), f"{head}\n{row}\n".encode())
        handler("timewindow")({"update": "station-index"})
        query = "net=CI&sta=BOM&loc=--&cha=BHZ&start=2024-01-01&end=2024-01-02"
        handler("timewindow")(http_api_event("GET", "/fdsnws/availability/1/query", query))
        _sound_objects.update({name: s3.get(f"s3:/{path}") for name, path in _paths().items()})
    for name, path in _paths().items():
        s3.objects[path] = _sound_objects[name]


def run(case: Case, s3: MemoryS3) -> list[Fault]:
    """Send the request; return the faults of the answer."""
    put_objects(s3)
    forget_objects()
    path = _paths().get(case.damaged, "")
    event = http_api_event("GET", case.path, urlencode(case.query))
    if case.body:
        event = http_api_event("POST", case.path, body=case.body.encode())
    sound = handler("timewindow")(event) if case.damaged else None
    if case.damage and case.damage[0] == "status":
        s3.failing = {path: case.damage[1]}
    elif case.damage:
        s3.objects[path] = _damaged(_sound_objects[case.damaged], case.damage)
    forget_objects()
    with logged_bugs() as survived:
        try:
            found = _faults(case, handler("timewindow")(event), sound)
        except Exception as error:  # noqa: BLE001
            found = [Fault(f"bare {type(error).__name__}", f"{error}"[:300], case.path)]
    s3.failing = {}
    return [*found, *(Fault(bugs.name(bug), bug[:300], case.path) for bug in survived)]


def _faults(case: Case, reply: dict[str, Any], sound: dict[str, Any] | None) -> list[Fault]:
    status, body = reply["statusCode"], _body(reply)
    found = []
    may_fail = status == 502 and case.damaged
    if status >= 500 and not may_fail:
        found.append(Fault(f"HTTP {status}", f"{body[:300]!r}", case.path))
    if status >= 400 and not body.startswith(f"Error {status}: ".encode()):
        found.append(Fault("no text of FDSN", f"{body[:300]!r}", case.path))
    if secret := judge.told(json.dumps(reply) + body.decode("latin-1")):
        found.append(Fault(secret, f"{body[:300]!r}", case.path))
    is_absent = case.damage and case.damage[-1] in _ABSENT
    if sound and sound["statusCode"] == 200 and status in (200, 204) and not is_absent:
        notes = [name for name in reply["headers"] if "Warnings" in name or "Left-Out" in name]
        is_less = _content(case, body) < _content(case, _body(sound))
        if is_less and not (notes or b"<!--" in body or _is_sound_index(case)):
            kind = f"silent loss by the {case.damaged}"
            found.append(Fault(kind, f"{status}: {body[:200]!r}", case.path))
    return found


def _is_sound_index(case: Case) -> bool:
    if case.damaged != "index of days" or case.damage[0] == "status":
        return False
    return judge.is_sound_index(_damaged(_sound_objects[case.damaged], case.damage))


def _body(reply: dict[str, Any]) -> bytes:
    if not reply["isBase64Encoded"]:
        return str(reply["body"]).encode()
    body = base64.b64decode(reply["body"])
    return gzip.decompress(body) if body[:2] == b"\x1f\x8b" else body


def _content(case: Case, body: bytes) -> int:
    """Return the amount that an answer has: samples of data, stations or channels of metadata."""
    if not body:
        return 0
    if "dataselect" in case.path:
        is_third = body.startswith(b"MS\x03")
        return len(body) if is_third else sum(map(len, obspy.read(io.BytesIO(body))))
    if body.startswith(b"<?xml"):
        return sum(body.count(element) for element in (b"<Station ", b"<Channel ", b"<Response"))
    return 0 if "availability" in case.path else body.count(b"\n")


def smaller(case: Case) -> list[Case]:
    """Return cases with one parameter or one line less."""
    query, lines = case.query, case.body.split("\n")
    cases = [replace(case, query=query[:i] + query[i + 1 :]) for i in range(len(query))]
    if len(lines) > 1:
        bodies = ["\n".join(lines[:i] + lines[i + 1 :]) for i in range(len(lines))]
        cases += [replace(case, body=body) for body in bodies]
    return cases
