"""How much of an invocation's time is left, and whether another job fits into it."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

_SLOWER = 1.5
"""How much longer than the longest one so far the next job may take: days differ in length."""

_RESERVE_S = 1.0
"""Kept for the reply. An invocation that runs into its timeout has done nothing, by AWS's count:
all its messages come again."""


class TimeLeft:
    """Watches the time of one invocation.

    Args:
        context: Lambda's context object; without a clock of its own there is no limit.
    """

    def __init__(self, context: Any) -> None:
        self._remaining_ms = getattr(context, "get_remaining_time_in_millis", None)
        self._longest_s: float | None = None

    def suffices(self) -> bool:
        """Whether another job would end in time; the first one may always begin."""
        if self._longest_s is None or self._remaining_ms is None:
            return True
        remaining_s: float = self._remaining_ms() / 1000
        return remaining_s > self._longest_s * _SLOWER + _RESERVE_S

    @contextmanager
    def job(self) -> Iterator[None]:
        """Around each job: measures how long it takes."""
        start = time.monotonic()
        try:
            yield
        finally:
            self._longest_s = max(self._longest_s or 0.0, time.monotonic() - start)
