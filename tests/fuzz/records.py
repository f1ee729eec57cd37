"""The fuzzer of records: a known day with some edits must not give another sample."""

import math
import struct
from dataclasses import dataclass

import numpy as np

from tests.fuzz import judge
from tests.fuzz.ask import Question
from tests.fuzz.edits import (
    DAYS,
    FIELDS,
    RATE_BYTES,
    TEXTS,
    TIME_BYTES,
    UNCOMPRESSED,
    Edit,
    alone,
    edges,
    edited,
)
from tests.fuzz.examine import largest, put_and_ask
from tests.fuzz.judge import Fault
from tests.fuzz.known_day import KnownDay
from tests.fuzz.memory_s3 import MemoryS3

_DAYS = tuple(DAYS)
_WEIGHTS = (0.24, 0.1, 0.08, 0.03, 0.09, 0.04, 0.06, 0.04, 0.04, 0.08, 0.04, 0.06, 0.04, 0.05, 0.01)
_HEADER = 64
_HEADER_SHARE = 0.6  # of the flipped bits
_FORMATS = ("json", "mseed", "sac")
_FORMAT_WEIGHTS = (0.7, 0.2, 0.1)
_TICK_S = 1e-4
_FRACTIONS = frozenset(
    (28, 29, *range(40, 44))
)  # bytes of the ticks and of the correction in ticks
_NEAR = 2
"""Records in whose times two edits can agree on a wrong one."""


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

        These are the exemptions, all of them faults that leave everything plausible:

        1. another time of a record that begins or ends a segment, or another time or rate beside
           which another edit is at work: no two neighbours contradict it;
        2. another number in a payload without a check of its own, which all but Steim's are; in
           such a day also a header that claims other bytes of the record as its payload, and
           whatever a second edit adds;
        3. a part of another record in the place of the same part, with as many samples;
        4. a record of another channel that is renamed to this one;
        5. another sampling rate of a record that is a segment by itself;
        6. a time that differs by half a sample at most, as those of clocks do;
        7. several edits in one payload of Steim's, which may cancel each other: its check knows the
           sum of the differences alone.
        """
        day = DAYS[self.day]
        if any(_is_seamless(edit, day) or _is_renamed(edit, day) for edit in self.edits):
            return False
        if any(self._has_hidden_time(number, day) for number in range(len(self.edits))):
            return False
        touched = [day.locate(place) for edit in self.edits for place in _touched(edit, day)]
        if any(number in alone(day) and place in RATE_BYTES for number, place in touched):
            return False
        if self.day not in UNCOMPRESSED:
            payloads = [number for edit in self.edits for number in _touched_payloads(edit, day)]
            return len(payloads) == len(set(payloads))
        at_edge = any(number in edges(day) for number, _ in touched)
        in_payload = any(place >= _HEADER for _, place in touched)
        return not in_payload and not at_edge and len(self.edits) == 1

    def _has_hidden_time(self, which: int, day: KnownDay) -> bool:
        """Return whether an edit changes a time, or a rate, that no two neighbours contradict."""
        touched = [day.locate(place) for place in _touched(self.edits[which], day)]
        timed = {number for number, place in touched if place in TIME_BYTES}
        records = timed | {number for number, place in touched if place in RATE_BYTES}
        if not records:
            return False
        if timed and abs(_shift_s(self.edits[which], day)) * day.rate <= 1 / 2:
            return True
        others = [edit for number, edit in enumerate(self.edits) if number != which]
        others_touched = {day.locate(place)[0] for edit in others for place in _touched(edit, day)}
        is_moved = any(not _touched(edit, day) for edit in others)
        is_near = any(abs(one - other) <= _NEAR for one in records for other in others_touched)
        return is_moved or is_near or bool(timed & edges(day))


def _touched_payloads(edit: Edit, day: KnownDay) -> set[int]:
    """Return the records in whose payloads an edit changes bytes in place."""
    name, *arguments = edit
    touched = _touched(edit, day)
    if name == "random":
        place, size = arguments
        touched = range(place, min(place + size, len(day.content)))
    located = (day.locate(place) for place in touched)
    return {number for number, place in located if place >= _HEADER}


def _shift_s(edit: Edit, day: KnownDay) -> float:
    """Return by how much an edit of fractions of a second changes a time; infinity for others."""
    touched = [day.locate(place) for place in _touched(edit, day)]
    if not all(place in _FRACTIONS for _, place in touched):
        return math.inf
    begin = day.offsets[touched[0][0]]
    ticks = [
        struct.unpack_from(f"{day.byte_order}H10xi", content, begin + 28)
        for content in (day.content, edited(day.content, [edit]))
    ]
    (before, after) = map(sum, ticks)
    return (after - before) * _TICK_S


def _is_seamless(edit: Edit, day: KnownDay) -> bool:
    """Return whether a record gets a part of another one in the place of its own."""
    name, *places = edit
    if name == "delete":
        (_, first), (_, end) = (day.locate(place) for place in places)
        return places[1] < len(day.content) and first == end > 0
    if name != "over":
        return False
    one, other = (day.headers[day.locate(place)[0]].npts for place in places[::2])
    return one == other


def _is_renamed(edit: Edit, day: KnownDay) -> bool:
    """Return whether an edit changes the name of another channel's record."""
    if not day.has_others:
        return False
    touched = [day.locate(place) for place in _touched(edit, day)]
    return any(number % 2 and place in range(8, 20) for number, place in touched)


def _touched(edit: Edit, day: KnownDay) -> range:
    """Return the bytes that an edit changes in place; none if it moves whole parts."""
    name, *arguments = edit
    if name == "flip":
        return range(arguments[0] // 8, arguments[0] // 8 + 1)
    if name == "put":
        return range(arguments[0], min(arguments[0] + len(arguments[1]), len(day.content)))
    return range(0)


def generate(rng: np.random.Generator) -> Case:
    """Draw a case."""
    name = str(rng.choice(_DAYS, p=_WEIGHTS))
    day = DAYS[name]
    count = int(rng.choice([1, 2, 3], p=[0.7, 0.2, 0.1]))
    edits = tuple(_edit(rng, day, name not in UNCOMPRESSED) for _ in range(count))
    return Case(name, edits, _question(rng, day))


def _edit(rng: np.random.Generator, day: KnownDay, compressed: bool) -> Edit:
    size, number = len(day.content), int(rng.integers(day.count))
    first, length = day.offsets[number], day.headers[number].length
    another = day.offsets[int(rng.integers(day.count))]
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
        value = values[int(rng.integers(len(values)))]
        is_swapped = day.byte_order == "<" and offset not in TEXTS
        return "put", first + offset, value[::-1] if is_swapped else value
    if kind < 0.76:
        return "delete", place, size
    edits: list[Edit] = [
        ("delete", first, first + length),
        ("insert", first, short),
        ("insert zeros", first, short),
        ("copy", first, first + length, another),
    ]
    if compressed:
        edits += [
            ("delete", place, place + short),
            ("random", place, short),
            ("put", place, bytes(short)),
            ("insert", place, short),
            ("over", first + _HEADER, first + length, another + _HEADER),
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
        output = str(rng.choice(["DEF", "VEL"], p=[0.7, 0.3]))
        seconds = first, max(first + 1, last)  # a band needs some samples
        return Question("motion", http, read, seconds=seconds, output=output)
    form = str(rng.choice(_FORMATS, p=_FORMAT_WEIGHTS))
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
