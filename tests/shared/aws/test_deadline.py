"""Whether another job fits into the time left in an invocation."""

import contextlib
from types import SimpleNamespace

import pytest

from shared.aws import deadline
from shared.aws.deadline import TimeLeft


class Clock:
    """A monotonic clock that moves when a test sets it, and Lambda's context with its time left."""

    def __init__(self, timeout_s):
        self.now, self.timeout_s = 100.0, timeout_s
        self.context = SimpleNamespace(
            get_remaining_time_in_millis=lambda: int((100.0 + self.timeout_s - self.now) * 1000)
        )


@pytest.fixture
def clock(monkeypatch):
    clock = Clock(60)
    monkeypatch.setattr(deadline.time, "monotonic", lambda: clock.now)
    return clock


def job(watch, clock, seconds):
    with watch.job():
        clock.now += seconds


def test_the_first_job_may_always_begin(clock):
    clock.now += 59.9
    assert TimeLeft(clock.context).suffices()


def test_the_next_one_only_with_half_again_the_time_of_the_longest(clock):
    watch = TimeLeft(clock.context)
    job(watch, clock, 10)
    job(watch, clock, 4)  # the longest counts, not the last
    clock.now = 160 - 16.1
    assert watch.suffices()
    clock.now = 160 - 15.9
    assert not watch.suffices()


def test_a_job_that_fails_counts_too(clock):
    watch = TimeLeft(clock.context)
    with contextlib.suppress(KeyError), watch.job():
        clock.now += 45
        raise KeyError
    assert not watch.suffices()


def test_without_a_clock_there_is_no_limit(clock):
    watch = TimeLeft(SimpleNamespace())
    job(watch, clock, 10**6)
    assert watch.suffices()
