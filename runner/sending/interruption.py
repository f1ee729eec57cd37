"""Ctrl-C, and SIGTERM: what is under way is awaited, nothing new begins; twice ends at once."""

import os
import signal
import time
from collections.abc import Callable
from types import FrameType, TracebackType

_POLL_S = 0.05


class Stop:
    """Whether a run is to end early, and why.

    It is a plain flag, as a signal may arrive at any moment, also while a lock is held.

    Attributes:
        signal: the number of the signal that asked for it; 0 if none did.
    """

    def __init__(self) -> None:
        self.signal = 0
        self._asked = False

    def ask(self) -> None:
        """Let nothing new begin."""
        self._asked = True

    @property
    def asked(self) -> bool:
        """Whether nothing new is to begin."""
        return self._asked

    @property
    def exit_status(self) -> int:
        """As shells have it: 130 after Ctrl-C, 143 after SIGTERM."""
        return 128 + self.signal

    def pause(self, seconds: float) -> bool:
        """Wait, but not beyond the moment at which nothing new is to begin; returns `asked`."""
        end = time.monotonic() + seconds
        while not self._asked and (left := end - time.monotonic()) > 0:
            time.sleep(min(_POLL_S, left))
        return self._asked


class Interruption:
    """While entered, the first signal stops a run gently, and the second ends the program.

    Args:
        stop: what the run looks at.
        told: called at the first signal, from within the signal's handler.
    """

    def __init__(self, stop: Stop, told: Callable[[], object]) -> None:
        self._stop = stop
        self._told = told

    def __enter__(self) -> "Interruption":
        self._former = {
            number: signal.signal(number, self._interrupt)
            for number in (signal.SIGINT, signal.SIGTERM)
        }
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        for number, former in self._former.items():
            signal.signal(number, former)

    def _interrupt(self, number: int, frame: FrameType | None) -> None:  # noqa: ARG002
        if self._stop.signal:
            os._exit(128 + number)  # calls under way cannot be ended otherwise
        self._stop.signal = number
        self._stop.ask()
        self._told()
