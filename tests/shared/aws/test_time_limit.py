"""Work that would not end in the function's time is refused."""

import contextlib
from types import SimpleNamespace

import pytest

from shared.aws import deadline
from shared.aws.time_limit import require_time
from shared.errors import TooLargeError


class Clock:
    """A monotonic clock that a test moves, and Lambda's context for an invocation of 60 s."""

    def __init__(self):
        self.now = 100.0
        self.context = SimpleNamespace(
            get_remaining_time_in_millis=lambda: int((160.0 - self.now) * 1000)
        )


@pytest.fixture
def clock(monkeypatch):
    monkeypatch.delenv("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", raising=False)
    clock = Clock()
    monkeypatch.setattr(deadline.time, "monotonic", lambda: clock.now)
    return clock


def test_work_that_fits_passes(clock):
    with deadline.invocation(clock.context):
        require_time(59, "this work", "do less")
        clock.now += 50
        require_time(9, "this work", "do less")


def test_work_that_does_not_fit_is_refused_with_its_figures(clock):
    with deadline.invocation(clock.context), pytest.raises(TooLargeError) as caught:
        require_time(75.04, "this work", "do less", segments=8)
    assert caught.value.message == "this work takes about 75 s, and 60 s are left: do less"
    assert caught.value.details == {"segments": 8, "estimated_seconds": 75.0, "seconds_left": 59.7}
    assert caught.value.permanent


def test_work_that_fits_into_another_invocation_may_be_repeated(clock):
    """Jobs before it in a batch have used the time."""
    with deadline.invocation(clock.context):
        deadline.left_s()
        clock.now += 50
        with pytest.raises(TooLargeError, match="about 20 s, and 9.7 s are left") as caught:
            require_time(20, "this work", "do less")
    assert not caught.value.permanent
    assert TooLargeError("another").permanent


def test_no_time_is_left_after_the_end(clock):
    with deadline.invocation(clock.context):
        deadline.left_s()
        clock.now += 70
        with pytest.raises(TooLargeError, match="about 1.0 s, and 0.0 s are left"):
            require_time(1, "this work", "do less")


@pytest.mark.parametrize(("memory", "longest"), [("1769", 59), ("3538", 59), ("884", 29)])
def test_less_than_a_processor_takes_longer(clock, monkeypatch, memory, longest):
    monkeypatch.setenv("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", memory)
    with deadline.invocation(clock.context):
        require_time(longest, "this work", "do less")
        with pytest.raises(TooLargeError):
            require_time(longest + 1, "this work", "do less")


@pytest.mark.parametrize("context", [None, SimpleNamespace()])
def test_without_an_end_nothing_is_refused(context):
    require_time(1e9, "this work", "do less")
    with deadline.invocation(context) if context else contextlib.nullcontext():
        require_time(1e9, "this work", "do less")
