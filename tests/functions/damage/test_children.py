"""The children in which damage is tried, and the oracle: each fault is noticed."""

import ctypes
import os
import time

import numpy as np
import pytest

from shared.invocation import lambda_handler
from tests.fuzz import judge
from tests.fuzz.ask import Answer, Context
from tests.fuzz.bugs import logged_bugs
from tests.fuzz.children import Limits, call, call_each
from tests.fuzz.examine import RECORDS
from tests.fuzz.known_day import KnownDay
from tests.support.builders import http_event

DAY = KnownDay()


def test_a_crash_ends_a_child_alone() -> None:
    def step(number: int) -> int:
        return ctypes.string_at(0) and 0 if number == 2 else number

    ends = list(call_each(step, range(5)))
    assert [end.value for end in ends] == [0, 1, None, 3, 4]
    assert [end.fault for end in ends] == ["", "", "killed by SIGSEGV", "", ""]


@pytest.mark.parametrize(
    ("fault", "step"),
    [
        ("no end in 0.02 s", lambda: time.sleep(5)),
        ("no end in 0.02 s", lambda: [None for _ in iter(int, 1)]),
        ("raised ZeroDivisionError: division by zero", lambda: 1 / 0),
        ("raised MemoryError: ", lambda: len(bytearray(4 << 30))),
        ("exit status 3", lambda: os._exit(3)),
    ],
)
def test_other_ends(fault: str, step: object) -> None:
    assert call(step, Limits(seconds=0.02)).fault == fault  # type: ignore[arg-type]


def answer(shift_ns: int = 0, **more: object) -> Answer:
    npts = DAY.segments[0][1]
    times = np.arange(npts) * 25_000_000 + DAY.headers[0].time_ns + shift_ns
    return Answer(times, DAY.values[0].copy(), **more)  # type: ignore[arg-type]


def kinds(given: Answer) -> list[str]:
    return [fault.kind for fault in judge.faults(given, DAY, RECORDS)]


def test_the_oracle_knows_the_day() -> None:
    assert kinds(answer()) == []
    assert kinds(answer(1_000_000)) == []  # a twenty-fifth of a sample


def test_the_oracle_notices_other_samples() -> None:
    wrong = answer()
    wrong.values[7] += 1
    assert kinds(wrong) == ["wrong samples"]
    assert "wrong samples" in kinds(answer(25_000_000))
    assert kinds(answer(12_000_000)) == ["samples at other times"]


def test_the_oracle_notices_other_faults() -> None:
    assert kinds(Answer(bare="ValueError: at /tmp/x")) == ["bare ValueError", "tells a path"]
    assert kinds(Answer(bare="MemoryError: much")) == ["memory"]
    assert kinds(Answer(error={"type": "S3Error", "message": ""})) == ["blames with S3Error"]
    assert kinds(Answer(error={"type": "UnreadableObjectError", "message": ""})) == []


def test_a_bug_that_a_guard_catches_is_noticed() -> None:
    handler = lambda_handler(lambda request: 1 / request["none"])
    with logged_bugs() as bugs:
        reply = handler(http_event('{"none": 0}'), Context())
    assert reply["statusCode"] == 500
    assert bugs == ["ZeroDivisionError: division by zero"]
    assert kinds(answer(bugs=tuple(bugs))) == ["survived ZeroDivisionError"]


def test_the_oracle_misses_sound_samples() -> None:
    reply = {"gaps": [], "warnings": []}
    lost = judge.lost(answer(reply=reply), DAY, RECORDS, ())
    assert [fault.kind for fault in lost] == ["lost samples"]
    damaged = [n for n in range(DAY.count) if DAY.headers[n].time_ns > answer().times_ns[-1]]
    assert [fault.kind for fault in judge.lost(answer(reply=reply), DAY, RECORDS, damaged)] == [
        "gap without the word damaged",
        "no warning",
    ]
