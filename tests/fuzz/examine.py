"""Put an object in the place of a day's, ask about it in forked children, and judge the answers."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cache

import numpy as np

from tests.fuzz import judge
from tests.fuzz.ask import Answer, Question, ask
from tests.fuzz.children import Ended, Limits, call_each
from tests.fuzz.damages import FLOATS, GAP, HARMLESS, RATES, REFUSED, Damage
from tests.fuzz.judge import Fault
from tests.fuzz.known_day import (
    KEY,
    STATIONXML_KEY,
    KnownDay,
    polynomial_stationxml,
    seismometer_stationxml,
)
from tests.fuzz.memory_s3 import MemoryS3

RECORDS = Question("window")
WHOLE = Question("window", read="whole", form="mseed", http=True)
SHORT = Question("window", seconds=(40.0, 75.0), http=True)
MOTION = Question("motion", read="whole")
DAY = Question("day")
VELOCITY = Question("day", output="VEL", http=True)
QUESTIONS = (RECORDS, WHOLE, SHORT, MOTION, DAY, VELOCITY)
"""Each function by each front door, windows by both ways of reading."""

LIMITS = Limits(seconds=15.0)


@dataclass(frozen=True)
class Findings:
    """Faults of the answers about a damage.

    Attributes:
        wrong: faults whatever the damage is.
        lost: sound samples that are missing, and silence about the damage.
    """

    wrong: tuple[Fault, ...]
    lost: tuple[Fault, ...]


@cache
def stationxml(output: str) -> bytes:
    """Return the metadata of questions about an output."""
    return polynomial_stationxml() if output == "DEF" else seismometer_stationxml()


def put_and_ask(question: Question, content: bytes, s3: MemoryS3) -> Answer:
    """Put an object and its metadata in place, and ask."""
    s3.put(KEY, content)
    s3.put(STATIONXML_KEY, stationxml(question.output))
    return ask(question, s3)


@cache
def largest(question: Question, day: KnownDay, s3: MemoryS3) -> float:
    """Return the largest sample of the answer about the undamaged day."""
    if question.output == "DEF":
        return 0.0
    return float(np.abs(put_and_ask(question, day.content, s3).values).max())


def warm_up(s3: MemoryS3) -> None:
    """Ask everything about undamaged days, so that children inherit imports and caches.

    Args:
        s3: it then has the undamaged objects.
    """
    for day in (KnownDay(), RATES, FLOATS):
        for question in QUESTIONS:
            answer = put_and_ask(question, day.content, s3)
            found = judge.faults(answer, day, question, largest(question, day, s3))
            if question.seconds[0] == 0.0:
                found += judge.lost(answer, day, question, ())
            assert found == [], found


@cache
def examine(
    damage: Damage,
    s3: MemoryS3,
    questions: tuple[Question, ...] = QUESTIONS,
    afterwards: tuple[Question, ...] = (),
) -> Findings:
    """Ask about a damaged object, in children, and judge the answers.

    Args:
        damage: the damage.
        s3: the S3 that children inherit.
        questions: the questions about the damaged object.
        afterwards: those to the same warm container when a sound object has taken its place.
    """
    most = {question: largest(question, damage.day, s3) for question in questions}
    content = damage.content

    def judged(step: tuple[Question, bool]) -> Findings:
        question, is_sound = step
        object_ = damage.day.content if is_sound else content
        answer = put_and_ask(question, object_, s3)
        wrong = judge.faults(answer, damage.day, question, most.get(question, 0.0))
        if is_sound:
            wrong += judge.lost(answer, damage.day, question, ())
            wrong = [replace(fault, question=f"{fault.question}, afterwards") for fault in wrong]
            return Findings(tuple(wrong), ())
        return Findings(tuple(wrong), tuple(_lost(damage, answer, question)))

    steps = [(question, False) for question in questions]
    steps += [(question, True) for question in afterwards]
    return _together(steps, call_each(judged, steps, LIMITS))


def _lost(damage: Damage, answer: Answer, question: Question) -> list[Fault]:
    """List an answer's faults by the outcome that the damage should have."""
    if answer.bare or question.seconds[0]:
        return []
    if damage.outcome in (GAP, HARMLESS):
        missing = damage.records if damage.outcome == GAP else ()
        return judge.lost(answer, damage.day, question, missing)
    if damage.outcome == REFUSED and not answer.error:
        detail = f"{answer.values.size} samples of an object that has none"
        return [Fault("not refused", detail, str(question))]
    return []


def _together(steps: Sequence[tuple[Question, bool]], ends: Iterable[Ended[Findings]]) -> Findings:
    wrong: list[Fault] = []
    lost: list[Fault] = []
    for (question, _), end in zip(steps, ends, strict=True):
        if end.fault:
            wrong.append(Fault(end.fault.split(":")[0], end.fault[:300], str(question)))
        elif end.value:
            wrong += end.value.wrong
            lost += end.value.lost
    return Findings(tuple(wrong), tuple(lost))
