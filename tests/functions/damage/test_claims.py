"""Rows 3 and 5: claims of size are checked before bytes are fetched, or memory is taken."""

from dataclasses import replace

import pytest

from tests.fuzz import judge
from tests.fuzz.ask import Answer, Question, ask
from tests.fuzz.children import Ended, Limits, call
from tests.fuzz.damages import ALL, FIRST, MIDDLE, Damage
from tests.fuzz.examine import DAY, MOTION, RECORDS, WHOLE, stationxml
from tests.fuzz.header_damages import SAMPLING_RATES
from tests.fuzz.known_day import KEY, STATIONXML_KEY, KnownDay
from tests.fuzz.memory_s3 import MemoryS3, Zeros

KNOWN = KnownDay()
LIMITS = Limits(seconds=10.0)
LARGEST_OBJECT = 600 << 20
"""More than a day of the archive can have: 200 Hz without compression are 70 MB."""


def answered(content: "bytes | Zeros", question: Question, s3: MemoryS3) -> Ended[Answer]:
    """Ask about an object, in a child."""
    s3.put(KEY, content)
    s3.put(STATIONXML_KEY, stationxml(question.output))
    s3.served, s3.most = 0, LARGEST_OBJECT
    try:
        return call(lambda: ask(question, s3), LIMITS)
    finally:
        s3.most = 1 << 40


HUGE = [
    pytest.param(question, size << 20, id=f"{question}, {size} MiB")
    for question in (WHOLE, MOTION, DAY)
    for size in (700, 5_000)
]


@pytest.mark.parametrize(("question", "size"), HUGE)
def test_a_huge_object_is_not_fetched(question: Question, size: int, memory_s3: MemoryS3) -> None:
    ended = answered(Zeros(KNOWN.content, size), question, memory_s3)
    assert ended.fault == ""
    assert ended.value
    assert judge.faults(ended.value, KNOWN, question) == []
    assert ended.value.error["type"] in ("TooLargeError", "UnreadableObjectError")


LONG = replace(RECORDS, seconds=(0.0, 86_399.0))
"""A window of the whole day, which a high rate would fill with billions of samples."""

RATES = ("a rate of 32,767 Hz", "a multiplier of 32,767", "a rate of 1e30 Hz in blockette 100")
CASES = [
    pytest.param(damage, question, id=f"{damage.name}, {question}")
    for damage in SAMPLING_RATES
    for question in (LONG, replace(LONG, read="whole"), DAY)
    if damage.name.startswith(RATES) and damage.name.endswith((FIRST, MIDDLE, ALL))
]


@pytest.mark.parametrize(("damage", "question"), CASES)
def test_a_rate_takes_no_memory(damage: Damage, question: Question, memory_s3: MemoryS3) -> None:
    ended = answered(damage.content, question, memory_s3)
    assert ended.fault == ""
    assert ended.value
    assert judge.faults(ended.value, damage.day, question) == []
