"""The time that the windows of one request may take."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

from shared import limits
from shared.aws import deadline
from shared.aws.time_limit import require_time
from shared.errors import TooLargeError
from shared.windows.cost import Work
from shared.windows.request import Window

_SLOWER = 2
"""Allowance for a processor that is slower than the estimate's."""


class Budget:
    """The time of a request, from its start on: of the processor, and until the function ends.

    The estimate of `shared.windows.cost` refuses most requests that take too long. Unusual data,
    such as days of thousands of segments, may take longer than estimated, and so may S3.
    """

    def __init__(self) -> None:
        self._limit_s = _SLOWER * limits.max_processor_seconds()
        self._start_s = time.thread_time()
        self._longest_s = 0.0
        self._over = ""

    @contextmanager
    def window(self) -> Iterator[None]:
        """Measure how long a window takes."""
        start = time.monotonic()
        try:
            yield
        finally:
            self._longest_s = max(self._longest_s, time.monotonic() - start)

    def is_over(self) -> bool:
        """Return whether no time is left for another window, of the length of the longest so far.

        Once it is over, it stays so.
        """
        if not self._over and time.thread_time() - self._start_s > self._limit_s:
            self._over = f"the request's {self._limit_s:,} s of processor time were over"
        elif not self._over and deadline.left_s() < self._longest_s:
            self._over = "the function's time was over"
        return bool(self._over)

    def check_segments(self, segments: int, window: Window) -> None:
        """Refuse a window with so many segments that joining them would not end in time.

        Args:
            segments: of the window's days.
            window: the window.

        Raises:
            TooLargeError: there are too many.
        """
        if segments < 2:  # there is nothing to join
            return
        work = Work(segments=segments)
        if work.is_too_much:
            raise work.error(str(window))
        require_time(
            work.seconds,
            f"{window}: joining {segments:,} segments",
            "ask for it in a request of its own",
            segments=segments,
        )

    def error(self, done: int, windows: int) -> TooLargeError:
        """Return the error of a window that no time is left for.

        Args:
            done: the number of windows that are done.
            windows: the number of all windows.
        """
        return TooLargeError(
            f"{self._over} after {done:,} of {windows:,} windows: send the rest in another request",
            done=done,
            windows=windows,
        )
