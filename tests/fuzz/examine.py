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

ROUNDS = ((RECORDS, VELOCITY), (WHOLE, DAY), (SHORT, MOTION, DAY))
"""Shares of `QUESTIONS`: each asks both functions, directly and by HTTP."""

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


_largest: dict[tuple[Question, KnownDay], float] = {}


def largest(question: Question, day: KnownDay, s3: MemoryS3) -> float:
    """Return the largest sample of the answer about the undamaged day."""
    if question.output == "DEF":
        return 0.0
    known = question, day
    if known not in _largest:
        values = put_and_ask(question, day.content, s3).values
        _largest[known] = float(np.abs(values).max(initial=0.0))
    return _largest[known]


def warm_up(s3: MemoryS3) -> None:
    """Ask everything about undamaged days, so that children inherit imports and caches.

    Everything once in a process; after that only the clients of S3 are made again.

    Args:
        s3: it then has the undamaged objects.
    """
    days, questions = ((KnownDay(), RATES, FLOATS), QUESTIONS)
    if _largest:
        days, questions = (KnownDay(),), (RECORDS, DAY)
    for day in days:
        for question in questions:
            answer = put_and_ask(question, day.content, s3)
            found = judge.faults(answer, day, question, largest(question, day, s3))
            if question.seconds[0] == 0.0:
                found += judge.lost(answer, day, question, ())
            assert found == [], found


@dataclass(frozen=True)
class Step:
    """A question about a damage.

    Attributes:
        damage: the damage.
        question: the question.
        is_sound: whether the sound object has taken the damaged one's place.
    """

    damage: Damage
    question: Question
    is_sound: bool = False


@cache
def examine(
    damages: tuple[Damage, ...],
    s3: MemoryS3,
    is_complete: bool = False,
    is_afterwards: bool = False,
) -> dict[str, Findings]:
    """Ask about damaged objects in turn, in children, and judge the answers.

    Args:
        damages: the damages.
        s3: the S3 that children inherit.
        is_complete: whether each damage gets all of `QUESTIONS`, instead of one of `ROUNDS`.
        is_afterwards: whether the last question is asked again when a sound object has taken the
            damaged one's place.

    Returns:
        The findings by the damage's name.
    """
    steps = []
    for number, damage in enumerate(damages):
        questions = QUESTIONS if is_complete else ROUNDS[number % len(ROUNDS)]
        steps += [Step(damage, question) for question in questions]
        if is_afterwards:
            steps.append(Step(damage, questions[-1], is_sound=True))
    for step in steps:
        largest(step.question, step.damage.day, s3)
    return _together(steps, call_each(lambda step: _judged(step, s3), steps, LIMITS))


def _judged(step: Step, s3: MemoryS3) -> Findings:
    damage, question = step.damage, step.question
    content = damage.day.content if step.is_sound else damage.content
    answer = put_and_ask(question, content, s3)
    wrong = judge.faults(answer, damage.day, question, largest(question, damage.day, s3))
    if step.is_sound:
        wrong += judge.lost(answer, damage.day, question, ())
        wrong = [replace(fault, question=f"{fault.question}, afterwards") for fault in wrong]
        return Findings(tuple(wrong), ())
    return Findings(tuple(wrong), tuple(_lost(damage, answer, question)))


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


def _together(steps: Sequence[Step], ends: Iterable[Ended[Findings]]) -> dict[str, Findings]:
    found = {step.damage.name: Findings((), ()) for step in steps}
    for step, end in zip(steps, ends, strict=True):
        known, more = found[step.damage.name], end.value or Findings((), ())
        if end.fault:
            death = Fault(end.fault.split(":")[0], end.fault[:300], str(step.question))
            more = Findings((death,), ())
        found[step.damage.name] = Findings(known.wrong + more.wrong, known.lost + more.lost)
    return found
