"""The mix: sound, damaged, absent and refused objects, by all front doors and in all formats."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from shared.archive.channel_id import ChannelId
from shared.archive.day import Day
from shared.archive.scedc import SCEDC
from tests.fuzz.ask import Question
from tests.fuzz.damages import FLOATS, PAYLOADS, RATES, RECORDS, STEIM, Damage
from tests.fuzz.edits import DAYS
from tests.fuzz.event_wrappers import wrapped
from tests.fuzz.header_damages import ARCHIVES, NAMES, SAMPLING_RATES, TIMES
from tests.fuzz.known_day import (
    DAY,
    NSCL,
    STATIONXML_KEY,
    polynomial_stationxml,
    seismometer_stationxml,
)
from tests.fuzz.memory_s3 import MemoryS3
from tests.support.invoked import sqs_event

_DAMAGED = (
    "65,535 samples, middle",
    "a bit of a difference",
    "data at byte 65,000, all",
    "a record of zeros, middle",
    "4096 other bytes in between",
    "a last record cut by 100 bytes",
    "hour 12, middle",
    "year 14,747, first",
    "a rate of 0 Hz, middle",
    "a rate of infinity Hz in blockette 100, all",
    "a record of 300 bytes",
    "a gzip of the day",
)
_LARGE_WINDOWS = 6
"""Windows of a long day that together exceed a reply."""


@dataclass(frozen=True)
class Invocation:
    """An invocation.

    Attributes:
        name: in words.
        function: "response" or "timewindow".
        event: as JSON.
        object: the channel's object before the invocation.
        station: of the channel, five characters: each object has one of its own.
        output: of the ground motion; its metadata are those of `STATIONXML`.
    """

    name: str
    function: str
    event: str
    object: bytes | None = None
    station: str = "BOM"
    output: str = "DEF"

    def put(self, s3: MemoryS3) -> None:
        """Put the channel's object and its metadata into the archive."""
        nscl = NSCL.replace("BOM", self.station)
        metadata = _stationxml(self.output).replace(b'"BOM"', f'"{self.station}"'.encode())
        s3.put(STATIONXML_KEY.replace("BOM", self.station), metadata)
        if self.object is not None:
            own = self.object.replace(b"BOM  ", f"{self.station:5}".encode())
            s3.put(SCEDC.waveform_key(ChannelId.parse(nscl), Day.parse(DAY)), own)


@cache
def _stationxml(output: str) -> bytes:
    return polynomial_stationxml() if output == "DEF" else seismometer_stationxml()


@cache
def mix() -> tuple[Invocation, ...]:
    """Return all invocations of the mix, each once."""
    return (
        *_sound(),
        *_damaged(),
        *_without_objects(),
        *_batches(),
        _large(http=True),
        _large(http=False),
    )


def _asked(name: str, question: Question, content: bytes, station: str, wrapper: str = "") -> Any:
    function = "response" if question.door == "day" else "timewindow"
    request = json.loads(json.dumps(question.request).replace("BOM", station))
    event = wrapped(wrapper or ("2.0" if question.http else "direct"), request, "")
    return Invocation(name, function, json.dumps(event), content, station, question.output)


def _sound() -> Iterator[Invocation]:
    questions = [
        Question(door, http, read, form, output=output)
        for door, output in (("window", "DEF"), ("motion", "VEL"))
        for http, read, form in (
            *((False, "records", "json"), (True, "whole", "mseed"), (True, "records", "sac")),
            (False, "whole", "sac"),
        )
    ]
    questions += [Question("day"), Question("day", http=True, output="VEL")]
    for question in questions:
        # Both kinds of metadata have a station of their own.
        yield _asked(
            f"sound: {question}, {question.output}", question, STEIM.content, question.output
        )
    for wrapper in ("1.0", "alb", "base64", "gzip", "query"):
        short = Question("window", seconds=(40.0, 75.0))
        yield _asked(f"sound: {wrapper}", short, STEIM.content, "DEF", wrapper)
    for name in ("little", "float32", "two lengths"):
        yield _asked(f"sound: {name}", Question("window"), DAYS[name].content, name[:3].upper())


def _damaged() -> Iterator[Invocation]:
    tables = (PAYLOADS, RECORDS, TIMES, SAMPLING_RATES, NAMES, ARCHIVES)
    known = {damage.name: damage for table in tables for damage in table}
    for number, name in enumerate(_DAMAGED):
        damage: Damage = known[name]
        question = (Question("window", http=True), Question("day"), Question("motion"))[number % 3]
        yield _asked(f"damaged: {name}", question, damage.content, f"D{number}")
    for name, content in (("sound", STEIM.content), ("damaged", known[_DAMAGED[3]].content)):
        # One object, which is sound and damaged in turn.
        yield _asked(f"in turn: {name}", Question("window"), content, "TURN")
    for day in (FLOATS, RATES):
        yield _asked(f"in turn: {day.encoding}", Question("day"), day.content, "TURN")


def _without_objects() -> Iterator[Invocation]:
    for question in (Question("window"), Question("window", http=True), Question("day", http=True)):
        absent = json.dumps(question.request).replace("BOM", "NONE")
        event = wrapped("2.0" if question.http else "direct", json.loads(absent), "")
        function = "response" if question.door == "day" else "timewindow"
        yield Invocation(f"absent: {question}", function, json.dumps(event))
    for function in ("response", "timewindow"):
        for wrapper, body in (("2.0", "{"), ("1.0", "[]"), ("direct", '{"day": 1}')):
            event = wrapped(wrapper, {}, body) if wrapper != "direct" else json.loads(body)
            yield Invocation(f"refused: {function}, {body}", function, json.dumps(event))


def _batches() -> Iterator[Invocation]:
    day = Question("day").request
    absent = {**day, "nscl": "CI.NONE.BHZ."}
    yield Invocation("batch: SQS", "response", json.dumps(sqs_event(day, absent)), STEIM.content)
    for wrapper in ("s3 batch", "items"):
        event = wrapped(wrapper, day, "")
        yield Invocation(f"batch: {wrapper}", "response", json.dumps(event), STEIM.content)


def _large(*, http: bool) -> Invocation:
    day = DAYS["long"]
    question = Question("window", http, seconds=(0.0, day.segments[0][1] / day.rate))
    request = json.loads(json.dumps(question.request).replace("BOM", "LONG"))
    request["Windows"] *= _LARGE_WINDOWS
    event = json.dumps(wrapped("2.0" if http else "direct", request, ""))
    return Invocation(f"large reply: {question}", "timewindow", event, day.content, "LONG")
