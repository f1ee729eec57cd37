"""The fuzzer of records: a known day with some edits must not give another sample."""

from dataclasses import dataclass

import numpy as np

from tests.fuzz import judge
from tests.fuzz.ask import Question
from tests.fuzz.edits import COMPRESSED, DAYS, FIELDS, TIME_BYTES, Edit, edges, edited
from tests.fuzz.examine import largest, put_and_ask
from tests.fuzz.judge import Fault
from tests.fuzz.known_day import KnownDay
from tests.fuzz.memory_s3 import MemoryS3

_DAYS = tuple(DAYS)
_WEIGHTS = (0.4, 0.1, 0.1, 0.05, 0.1, 0.05, 0.1, 0.08, 0.02)
_HEADER = 64
_HEADER_SHARE = 0.6  # of the flipped bits


@dataclass(frozen=True)
class Case:
    """A day, the edits of its object, and the question about it.

    Attributes:
        day: a name of `DAYS`.
        edits: of the object.
        question: about the day.
    """

    day: str
    edits: tuple[Edit, ...]
    question: Question

    @property
    def is_detectable(self) -> bool:
        """Whether a check can notice that samples are other ones, or at other times.

        A time that stays plausible, in a record that no neighbour on both sides contradicts, is
        none. Nor is a changed number in a payload without a check of its own, nor a part of another
        record in place of the same part.
        """
        day = DAYS[self.day]
        if any(_is_seamless(edit, day) for edit in self.edits):
            return False
        touched = [place for edit in self.edits for place in _touched(edit)]
        in_time = [place for place in touched if place % day.record_length in TIME_BYTES]
        at_edge = {place // day.record_length for place in touched} & edges(day)
        if in_time and (len(self.edits) > 1 or at_edge):
            return False
        if self.day not in COMPRESSED:
            in_payload = any(place % day.record_length >= _HEADER for place in touched)
            return not in_payload and not at_edge and len(self.edits) == 1
        return True


def _is_seamless(edit: Edit, day: KnownDay) -> bool:
    """Return whether a record gets a part of another one in the place of its own."""
    name, *places = edit
    if name == "delete":
        return places[0] % day.record_length > 0 == (places[1] - places[0]) % day.record_length
    if name != "over":
        return False
    one, other = (day.headers[place // day.record_length].npts for place in places[::2])
    return one == other


def _touched(edit: Edit) -> range:
    """Return the bytes that an edit changes in place; none if it moves whole parts."""
    name, *arguments = edit
    if name == "flip":
        return range(arguments[0] // 8, arguments[0] // 8 + 1)
    if name == "put":
        return range(arguments[0], arguments[0] + len(arguments[1]))
    return range(0)


def generate(rng: np.random.Generator) -> Case:
    """Draw a case."""
    name = str(rng.choice(_DAYS, p=_WEIGHTS))
    day = DAYS[name]
    count = int(rng.choice([1, 2, 3], p=[0.7, 0.2, 0.1]))
    edits = tuple(_edit(rng, day, name in COMPRESSED) for _ in range(count))
    return Case(name, edits, _question(rng, day))


def _edit(rng: np.random.Generator, day: KnownDay, compressed: bool) -> Edit:
    length, size = day.record_length, len(day.content)
    first = int(rng.integers(day.count)) * length
    place = int(rng.integers(size))
    short = int(rng.choice([1, 3, 64, 100, 128, length, 4096]))
    kind = rng.random()
    if kind < 0.35:
        header = not compressed or rng.random() < _HEADER_SHARE
        byte = first + int(rng.integers(_HEADER)) if header else place
        return "flip", 8 * byte + int(rng.integers(8))
    if kind < 0.7:
        offset = int(rng.choice(list(FIELDS)))
        values = FIELDS[offset]
        return "put", first + offset, values[int(rng.integers(len(values)))]
    if kind < 0.76:
        return "delete", place, size
    edits: list[Edit] = [
        ("delete", first, first + length),
        ("insert", first, short),
        ("insert zeros", first, short),
        ("copy", first, first + length, int(rng.integers(day.count)) * length),
    ]
    if compressed:
        edits += [
            ("delete", place, place + short),
            ("random", place, short),
            ("put", place, bytes(short)),
            ("insert", place, short),
            ("over", first + _HEADER, first + length, int(rng.integers(day.count)) * length + 64),
        ]
    return edits[int(rng.integers(len(edits)))]


def _question(rng: np.random.Generator, day: KnownDay) -> Question:
    http = bool(rng.random() < 0.3)
    read = str(rng.choice(["records", "whole"]))
    kind = rng.random()
    if kind < 0.12:
        return Question("day", http)
    if kind < 0.15:
        return Question("day", http, output="VEL")
    end = sum(day.segments[-1][1:]) / day.rate + day.segments[-1][0]
    first = float(rng.choice([0.0, rng.uniform(0, end)]))
    last = float(rng.choice([end + 5.0, first + rng.uniform(0, 60.0)]))
    seconds = first, max(first, last)
    if kind < 0.3:
        return Question("motion", http, read, seconds=seconds)
    form = str(rng.choice(["json", "mseed"], p=[0.8, 0.2]))
    return Question("window", http, read, form, seconds)


def run(case: Case, s3: MemoryS3) -> list[Fault]:
    """Ask about the edited object; return the faults of the answer."""
    day = DAYS[case.day]
    answer = put_and_ask(case.question, edited(day.content, case.edits), s3)
    found = judge.faults(answer, day, case.question, largest(case.question, day, s3))
    if case.is_detectable:
        return found
    return [fault for fault in found if fault.kind not in judge.OTHER_SAMPLES]


def smaller(case: Case) -> list[Case]:
    """Return cases with one edit less."""
    if len(case.edits) < 2:
        return []
    return [
        Case(case.day, case.edits[:place] + case.edits[place + 1 :], case.question)
        for place in range(len(case.edits))
    ]
