"""The time left in an invocation, and whether another job fits into it."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

_SLOWER = 1.5
"""Allowance for the next job over the longest one so far: days differ in length."""

_RESERVE_S = 1.0
"""Reserve for the reply. When an invocation times out, AWS redelivers all its messages, as if none
had been processed."""


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
            self._longest_s = max(self._longest_s or 0.0, time.monotonic() - start)
