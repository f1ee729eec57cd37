"""Many cases of a fuzzer in forked children, and the smallest case of each fault."""

from collections.abc import Iterator
from types import ModuleType
from typing import Any

import numpy as np

from tests.fuzz.children import Limits, call, call_each
from tests.fuzz.judge import Fault
from tests.fuzz.memory_s3 import MemoryS3

LIMITS = Limits(seconds=10.0)
_CASES_OF_A_CHILD = 500


def run(
    fuzzer: ModuleType, seed: int, numbers: range, s3: MemoryS3
) -> Iterator[tuple[int, Any, Fault]]:
    """Run cases of a fuzzer; yield the number, the case made small, and a fault.

    Args:
        fuzzer: a module with `generate`, `run` and `smaller`.
        seed: of all cases; each has its own random numbers.
        numbers: of the cases.
        s3: the S3 that children inherit.
    """
    for start in range(0, len(numbers), _CASES_OF_A_CHILD):
        part = numbers[start : start + _CASES_OF_A_CHILD]
        ends = call_each(lambda number: fuzzer.run(case(fuzzer, seed, number), s3), part, LIMITS)
        for number, end in zip(part, ends, strict=True):
            for fault in (*(end.value or ()), *_death(end.fault)):
                yield number, shrunk(fuzzer, case(fuzzer, seed, number), fault.kind, s3), fault


def case(fuzzer: ModuleType, seed: int, number: int) -> Any:
    """Return a case by its number."""
    return fuzzer.generate(np.random.default_rng([seed, number]))


def shrunk(fuzzer: ModuleType, large: Any, kind: str, s3: MemoryS3) -> Any:
    """Return the smallest case found that has a fault of the same kind."""
    for small in fuzzer.smaller(large):
        end = call(lambda small=small: fuzzer.run(small, s3), LIMITS)  # type: ignore[misc]
        if any(fault.kind == kind for fault in (*(end.value or ()), *_death(end.fault))):
            return shrunk(fuzzer, small, kind, s3)
    return large


def _death(fault: str) -> list[Fault]:
    return [Fault(fault.split(":")[0], fault[:300])] if fault else []
