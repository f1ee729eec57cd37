"""The time left in an invocation: whether another job fits into it, and when requests must end."""

import contextlib
import math
from types import SimpleNamespace

import pytest

from shared.aws import deadline
from shared.aws.deadline import TimeLeft
from shared.aws.s3_client import in_threads


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


# The deadline of requests to S3


def test_reads_leave_an_eighth_of_the_time(clock):
    clock.timeout_s = 120
    with deadline.invocation(clock.context):
        assert deadline.left_s() == pytest.approx(105)
        with deadline.writing():
            assert deadline.left_s() == pytest.approx(119.7)
        clock.now += 110
        assert deadline.left_s() == pytest.approx(-5)


@pytest.mark.parametrize(("total", "reading"), [(8, 7), (4, 3), (2, 1), (1, 0.5), (0, 0)])
def test_reads_leave_a_second_or_half_of_the_time(clock, total, reading):
    clock.timeout_s = total
    with deadline.invocation(clock.context):
        assert deadline.left_s() == pytest.approx(reading)


def test_lambdas_clock_is_read_once_and_at_first_need(clock):
    readings = []
    context = SimpleNamespace(get_remaining_time_in_millis=lambda: readings.append(1) or 8_000)
    with deadline.invocation(context):
        assert readings == []
        deadline.left_s()
        clock.now += 1
        assert deadline.left_s() == pytest.approx(6)
    assert readings == [1]


def test_without_an_invocation_there_is_no_deadline(clock):
    assert deadline.left_s() == math.inf
    with deadline.invocation(SimpleNamespace()), deadline.writing():
        assert deadline.left_s() == math.inf
    with deadline.invocation(clock.context):
        pass
    assert deadline.left_s() == math.inf


def test_a_part_of_the_time(clock):
    with deadline.invocation(clock.context), deadline.within(5):
        assert deadline.left_s() == pytest.approx(5)
        with deadline.within(99):
            assert deadline.left_s() == pytest.approx(5)
        clock.now += 2
        assert deadline.left_s() == pytest.approx(3)


@pytest.mark.parametrize(
    ("items", "first", "last"), [(1, 52.5, 52.5), (2, 26.25, 26.25), (16, 26.25, 26.25),
                                 (17, 17.5, 26.25), (64, 10.5, 26.25), (640, 5, 26.25)]
)  # fmt: skip
def test_threads_share_the_time(clock, items, first, last):
    left = {}
    with deadline.invocation(clock.context):
        in_threads(lambda number: left.update({number: deadline.left_s()}), range(items))
    assert (left[0], left[items - 1]) == pytest.approx((first, last))


def test_parts_of_one_object_need_all_the_time(clock):
    left = []
    with deadline.invocation(clock.context):
        in_threads(lambda _: left.append(deadline.left_s()), range(40), share_time=False)
    assert left == pytest.approx([52.5] * 40)
