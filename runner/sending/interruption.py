"""Stop a run after Ctrl-C or SIGTERM: finish running calls, start no new ones."""

import os
import signal
import time
from collections.abc import Callable
from types import FrameType, TracebackType

_POLL_S = 0.05


class Stop:
    """A flag that stops a run early.

    It is a plain attribute, as a signal may arrive at any moment, even while a lock is held.

    Attributes:
        signal: number of the signal that stopped the run; 0 if none did.
    """

    def __init__(self) -> None:
        self.signal = 0
        self._requested = False

    def request(self) -> None:
        """Stop the run: no new work starts."""
        self._requested = True

    @property
    def requested(self) -> bool:
        """Whether the run is stopping."""
        return self._requested

    @property
    def exit_status(self) -> int:
        """Exit status after a signal, as in shells: 130 for Ctrl-C, 143 for SIGTERM."""
        return 128 + self.signal

    def pause(self, seconds: float) -> bool:
        """Sleep, at most until the run is stopping; return whether it is."""
        end = time.monotonic() + seconds
        while not self._requested and (left := end - time.monotonic()) > 0:
            time.sleep(min(_POLL_S, left))
        return self._requested


class StopOnSignal:
    """While entered, the first signal stops the run and the second exits the program.

    Args:
        stop: the run's flag.
        on_signal: called in the signal handler at the first signal.
    """

    def __init__(self, stop: Stop, on_signal: Callable[[], object]) -> None:
        self._stop = stop
        self._on_signal = on_signal

    def __enter__(self) -> "StopOnSignal":
        self._previous = {
            number: signal.signal(number, self._handle)
            for number in (signal.SIGINT, signal.SIGTERM)
        }
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        for number, handler in self._previous.items():
            signal.signal(number, handler)

    def _handle(self, number: int, frame: FrameType | None) -> None:  # noqa: ARG002
        if self._stop.signal:
            os._exit(128 + number)  # nothing else ends the calls that are running
        self._stop.signal = number
        self._stop.request()
        self._on_signal()
