"""Worker threads, and the flag that stops them."""

import signal
import threading
import time

import pytest

from runner.sending.interruption import Stop
from runner.sending.workers import run_workers

DEADLINE_S = 300


def test_signals_are_handled_as_before_afterwards():
    before = signal.getsignal(signal.SIGINT)
    assert list(run_workers(lambda n: n + 1, [1], 1, Stop(), lambda _: None)) == [2]
    assert signal.getsignal(signal.SIGINT) is before


def test_an_exception_is_raised_when_the_other_workers_are_done():
    results = []

    def job(number):
        if number == 3:
            raise ZeroDivisionError(number)
        time.sleep(0.05)
        return number

    with pytest.raises(ZeroDivisionError):
        results.extend(run_workers(job, range(1, 1_000), 4, Stop(), lambda _: None))
    assert sorted(results)[:2] == [1, 2]
    assert len(results) < 100


def test_items_are_taken_as_workers_become_free():
    """There may be millions of items."""
    taken = []

    def things():
        for number in range(1_000):
            taken.append(number)
            yield number

    def job(number):
        time.sleep(0.01)
        return number

    stop = Stop()
    for result in run_workers(job, things(), 2, stop, lambda _: None):
        if result == 10:
            stop.request()
    assert len(taken) < 1_000


def test_a_pause_ends_with_the_run():
    stop = Stop()
    threading.Timer(0.1, stop.request).start()
    begin = time.monotonic()
    assert stop.pause(DEADLINE_S)
    assert time.monotonic() - begin < DEADLINE_S
    assert not Stop().pause(0.0)
