"""A stopwatch for the steps of a job."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

from shared import telemetry


class Stopwatch:
    """A stopwatch for the steps of a job.

    Attributes:
        seconds: the duration of each finished step, in milliseconds' precision.
    """

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """Time the enclosed block as a step; one that raises is not recorded."""
        start = time.perf_counter()
        with telemetry.step(name):
            yield
        self.seconds[name] = round(time.perf_counter() - start, 3)
