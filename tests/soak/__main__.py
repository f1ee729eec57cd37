"""Run thousands of invocations in one process: `python -m tests.soak --help`."""

import argparse
import math
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import redirect_stdout
from pathlib import Path

from tests.fuzz.memory_s3 import MemoryS3
from tests.soak.answers import invoke
from tests.soak.invocations import mix
from tests.soak.process import State, growth, order, run

GROWTH_MB = 4.0
"""Most that the memory may grow after the warm-up: pages of the allocator, not objects kept."""

_ANSWER = "answer: "


def main() -> int:
    """Run, compare and print the figures. Return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m tests.soak", description=__doc__)
    parser.add_argument("--invocations", type=int, default=2_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--answer", help="print the answer's digest of one invocation, by name")
    arguments = parser.parse_args()
    with MemoryS3().serving() as s3:
        if arguments.answer:
            (invocation,) = (one for one in mix() if one.name == arguments.answer)
            print(f"{_ANSWER}{invoke(invocation, s3)}")
            return 0
        return _soak(arguments.invocations, arguments.seed, s3)


def _soak(count: int, seed: int, s3: MemoryS3) -> int:
    started = time.monotonic()
    invocations = order(count, seed)
    with Path(os.devnull).open("w") as silence, redirect_stdout(silence):
        ends = run(invocations, s3)
    states = [end.value for end in ends if end.value]
    faults = [
        f"{invocation.name}: {end.fault}"
        for invocation, end in zip(invocations, ends, strict=True)
        if end.fault
    ]
    answers: dict[str, set[str]] = {}
    for invocation, end in zip(invocations, ends, strict=True):
        if end.value:
            answers.setdefault(invocation.name, set()).add(end.value.answer)
    faults += _other_answers(answers)
    faults += _report(states)
    print(f"answers: {len(answers)} kinds of invocations, each compared with a fresh process")
    minutes = (time.monotonic() - started) / 60
    print(f"{len(states)} invocations from seed {seed} in {minutes:.1f} min")
    for fault in faults:
        print(f"FAULT {fault}")
    print("FAILED" if faults else "PASSED")
    return 1 if faults else 0


def _other_answers(answers: dict[str, set[str]]) -> list[str]:
    """List the invocations whose answers differ from a fresh process's."""
    found = []
    for name, given in answers.items():
        command = [sys.executable, "-m", "tests.soak", "--answer", name]
        output = subprocess.run(command, capture_output=True, text=True, check=True).stdout
        fresh = output.rsplit(_ANSWER, 1)[1].strip()
        if given != {fresh}:
            found.append(f"{name}: {len(given)} answers, other than a fresh process's")
    return found


def _report(states: Sequence[State]) -> list[str]:
    """Print how the process changed; list the growth beyond the limits."""
    found = []
    figures = {
        "memory, MB": ([state.memory for state in states], GROWTH_MB),
        "descriptors": ([state.descriptors for state in states], 0.5),
        "threads": ([state.threads for state in states], 0.5),
        "temporary files": ([state.files for state in states], 0.5),
    }
    for name, (all_values, limit) in figures.items():
        more = growth(all_values)
        values = [value for value in all_values if math.isfinite(value)]
        print(
            f"{name}: {values[0]:g} after the first, {values[len(values) // 2]:g} in the middle, "
            f"{values[-1]:g} after the last; growth after the warm-up {more:+.2f}"
        )
        if more > limit:
            found.append(f"{name} grow by {more:.2f}: must be at most {limit:g}")
    return found


if __name__ == "__main__":
    sys.exit(main())
