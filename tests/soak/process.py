"""Invocations in one warm process, which is measured after each of them."""

import ctypes
import gc
import math
import resource
import tempfile
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from tests.fuzz.children import Ended, Limits, call, call_each
from tests.fuzz.memory_s3 import MemoryS3
from tests.soak.answers import invoke
from tests.soak.invocations import Invocation, mix

LIMITS = Limits(seconds=60.0)
_EVERY = 10
_WARM = 0.3
"""Share of a run after which caches are full and memory no longer grows."""


@dataclass(frozen=True)
class State:
    """A process after an invocation.

    Attributes:
        answer: the digest of the answer.
        memory: resident, in MB (10^6 bytes), after the garbage collection; NaN if not measured.
        descriptors: the number of open files.
        threads: their number.
        files: entries of the folder for temporary files.
    """

    answer: str
    memory: float
    descriptors: int
    threads: int
    files: int


def order(count: int, seed: int, kinds: Sequence[Invocation] = ()) -> list[Invocation]:
    """Return invocations in random order; each kind comes as often as any other.

    Args:
        count: their number.
        seed: of the order.
        kinds: the kinds; () for all of the mix.
    """
    rng = np.random.default_rng(seed)
    known = kinds or mix()
    rounds = -(-count // len(known))
    return [known[index] for _ in range(rounds) for index in rng.permutation(len(known))][:count]


def run(invocations: Sequence[Invocation], s3: MemoryS3) -> list[Ended[State]]:
    """Invoke in turn, in one child; one that dies is replaced.

    Every tenth time the garbage is collected, and the memory measured.
    """
    with tempfile.TemporaryDirectory() as folder:

        def step(numbered: tuple[int, Invocation]) -> State:
            number, invocation = numbered
            tempfile.tempdir = folder
            return _state(invoke(invocation, s3), number % _EVERY == 0)

        return list(call_each(step, list(enumerate(invocations)), LIMITS))


def fresh_answers(invocations: Sequence[Invocation], s3: MemoryS3) -> Iterator[Ended[str]]:
    """Invoke each in a child of its own, which has the caches of this process alone."""
    for invocation in invocations:
        yield call(lambda invocation=invocation: invoke(invocation, s3), LIMITS)  # type: ignore[misc]


def growth(values: Sequence[float]) -> float:
    """Return how much a value grows over a run after its warm-up, by a straight line.

    Args:
        values: after each invocation; NaN where it was not measured.
    """
    warm = np.asarray(values[int(_WARM * len(values)) :], dtype=np.float64)
    warm = warm[np.isfinite(warm)]
    slope, _ = np.polyfit(np.arange(warm.size), warm, 1)
    return float(slope * warm.size)


def _memory() -> float:
    gc.collect()
    ctypes.CDLL(None).malloc_trim(0)  # pages that the allocator keeps are no growth
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize() / 1e6


def _state(answer: str, has_memory: bool) -> State:
    return State(
        answer,
        _memory() if has_memory else math.nan,
        len(list(Path("/proc/self/fd").iterdir())),
        threading.active_count(),
        len(list(Path(tempfile.gettempdir()).iterdir())),
    )
