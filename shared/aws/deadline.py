"""The time left in an invocation: for its requests to S3, and for another job."""

import math
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from threading import Lock
from typing import Any

_SLOWER = 1.5
"""Allowance for the next job over the longest one so far: days differ in length."""

_RESERVE_S = 1.0
"""Reserve for the reply. When an invocation times out, AWS redelivers all its messages, as if none
had been processed."""

_RESERVED_SHARE = 1 / 8
"""Share of the invocation's time to answer after the last read. A day that arrives at last still
has to be corrected and written, and the windows that arrived have to be put into the reply."""

_WRITE_RESERVE_S = 0.3
"""Seconds for the reply after the last write, which is the last step of every invocation."""


class TimeLeft:
    """The remaining time of one invocation, compared with its longest job.

    Args:
        context: Lambda's context object; one without a clock sets no limit.
    """

    def __init__(self, context: Any) -> None:
        self._remaining_ms = getattr(context, "get_remaining_time_in_millis", None)
        self._longest_s: float | None = None

    def suffices(self) -> bool:
        """Return whether another job would end in time; the first one always may start."""
        if self._longest_s is None or self._remaining_ms is None:
            return True
        remaining_s: float = self._remaining_ms() / 1000
        return remaining_s > self._longest_s * _SLOWER + _RESERVE_S

    @contextmanager
    def job(self) -> Iterator[None]:
        """Measure how long a job takes."""
        start = time.monotonic()
        try:
            yield
        finally:
            self.note(time.monotonic() - start)

    def note(self, seconds: float) -> None:
        """Take account of the time that a job took."""
        self._longest_s = max(self._longest_s or 0.0, seconds)


class _Invocation:
    """The times, on the monotonic clock, by which an invocation's reads and writes must end.

    Args:
        remaining_ms: Lambda's clock. It is read once, at first need: most replies from a warm
            container's memory and most refusals need no time from S3.
    """

    def __init__(self, remaining_ms: Callable[[], float]) -> None:
        self._remaining_ms = remaining_ms
        self._ends: tuple[float, float] | None = None
        self._started = 0.0
        self._lock = Lock()

    def last_read(self) -> float:
        return self._last_read_and_write()[0]

    def last_write(self) -> float:
        return self._last_read_and_write()[1]

    def total_s(self) -> float:
        return self.last_write() - self._started

    def _last_read_and_write(self) -> tuple[float, float]:
        with self._lock:
            if self._ends is None:
                total = max(0.0, self._remaining_ms() / 1000)
                self._started = time.monotonic()
                end = self._started + total
                # A caller may give less time than both reserves.
                reserve = min(max(_RESERVE_S, total * _RESERVED_SHARE), total / 2)
                self._ends = end - reserve, end - min(_WRITE_RESERVE_S, total / 4)
            return self._ends


def _never() -> float:
    return math.inf


_end: ContextVar[Callable[[], float]] = ContextVar("end", default=_never)
"""The time by which the current request to S3 must end."""

_last_write: ContextVar[Callable[[], float]] = ContextVar("last_write", default=_never)

_total_s: ContextVar[Callable[[], float]] = ContextVar("total_s", default=_never)


@contextmanager
def invocation(context: Any) -> Iterator[None]:
    """Make the requests to S3 within the block end before Lambda ends the invocation.

    Args:
        context: Lambda's context object; one without a clock sets no limit.
    """
    remaining_ms = getattr(context, "get_remaining_time_in_millis", None)
    clock = _Invocation(remaining_ms) if remaining_ms else None
    tokens = (
        _end.set(clock.last_read if clock else _never),
        _last_write.set(clock.last_write if clock else _never),
        _total_s.set(clock.total_s if clock else _never),
    )
    try:
        yield
    finally:
        _end.reset(tokens[0])
        _last_write.reset(tokens[1])
        _total_s.reset(tokens[2])


@contextmanager
def writing() -> Iterator[None]:
    """Let the requests within the block use time that is reserved for writes."""
    token = _end.set(_last_write.get())
    try:
        yield
    finally:
        _end.reset(token)


@contextmanager
def within(seconds: float) -> Iterator[None]:
    """Make the requests to S3 within the block end after some seconds, or earlier as before."""
    end = min(_end.get()(), time.monotonic() + seconds)
    token = _end.set(lambda: end)
    try:
        yield
    finally:
        _end.reset(token)


def left_s() -> float:
    """Return the seconds left for requests to S3, negative if over; infinite without a deadline."""
    return _end.get()() - time.monotonic()


def total_s() -> float:
    """Return the seconds that the invocation had for all of its work; infinite without an end."""
    return _total_s.get()()
