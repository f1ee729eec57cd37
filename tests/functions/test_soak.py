"""A warm process stays as it was, and answers as a fresh one."""

from collections.abc import Iterator

import pytest

from tests.fuzz import examine
from tests.fuzz.memory_s3 import MemoryS3
from tests.soak.invocations import mix
from tests.soak.process import fresh_answers, growth, order, run
from tests.support.builders import forget_objects

GROWTH_MB = 12.0
"""Caches fill during a run as short as this."""


@pytest.fixture(scope="module")
def memory_s3() -> Iterator[MemoryS3]:
    with MemoryS3().serving() as s3:
        examine.warm_up(s3)
        forget_objects()
        yield s3


def test_a_hundred_invocations(memory_s3: MemoryS3) -> None:
    kinds = mix()[::2]
    invocations = order(100, 1, kinds)
    ends = run(invocations, memory_s3)
    assert [end.fault for end in ends if end.fault] == []
    states = [end.value for end in ends if end.value]
    assert growth([state.memory for state in states]) < GROWTH_MB
    for values in zip(*((s.descriptors, s.threads, s.files) for s in states), strict=True):
        assert growth(values) < 0.5
    fresh = {
        invocation.name: end.value
        for invocation, end in zip(kinds, fresh_answers(kinds, memory_s3), strict=True)
    }
    other = [
        invocation.name
        for invocation, state in zip(invocations, states, strict=True)
        if state.answer != fresh[invocation.name]
    ]
    assert other == []


def test_growth_is_noticed() -> None:
    assert growth([5.0] * 100) == pytest.approx(0, abs=1e-9)
    assert growth([n / 10 for n in range(100)]) == pytest.approx(7.0)
