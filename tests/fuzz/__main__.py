"""Run the fuzzers: `python -m tests.fuzz --help`."""

import argparse
import os
import sys
import time
from collections import defaultdict
from concurrent.futures import ProcessPoolExecutor
from contextlib import redirect_stdout
from multiprocessing import get_context
from pathlib import Path
from types import ModuleType

from tests.fuzz import campaign, events, examine, fdsnws, records, stationxml
from tests.fuzz.damages import PAYLOADS, RECORDS
from tests.fuzz.header_damages import ARCHIVES, NAMES, SAMPLING_RATES, TIMES
from tests.fuzz.memory_s3 import MemoryS3

DAMAGES = "damages"
FUZZERS: dict[str, ModuleType] = {
    "records": records,
    "stationxml": stationxml,
    "events": events,
    "fdsnws": fdsnws,
}
_NAMED = (PAYLOADS, RECORDS, TIMES, SAMPLING_RATES, NAMES, ARCHIVES)
_CASES_OF_A_PART = 250


def main() -> int:
    """Run cases; print each kind of fault with its smallest case. Return the exit status."""
    names = [DAMAGES, *FUZZERS]
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument(
        "fuzzers",
        nargs="*",
        default=names,
        metavar="FUZZER",
        help=f"of {', '.join(names)}; {DAMAGES} asks everything about each damage that has a name",
    )
    parser.add_argument("--cases", type=int, default=10_000, help="in all, shared by the fuzzers")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--first", type=int, default=0, help="number of the first case")
    parser.add_argument("--kinds", type=int, default=3, help="cases to print for each kind")
    parser.add_argument("--jobs", type=int, default=os.cpu_count(), help="processes")
    arguments = parser.parse_args()
    drawn = [name for name in arguments.fuzzers if name != DAMAGES]
    total = 0
    with MemoryS3().serving() as s3:
        with (
            Path(os.devnull).open("w") as silence,
            redirect_stdout(silence),
        ):  # of the functions' log
            examine.warm_up(s3)
        with ProcessPoolExecutor(
            arguments.jobs, get_context("fork"), _adopt, (s3, arguments.seed)
        ) as pool:
            if DAMAGES in arguments.fuzzers:
                total += _run_damages(pool)
            for name in drawn:
                last = arguments.first + arguments.cases // len(drawn)
                total += _run(name, range(arguments.first, last), arguments.kinds, pool)
    return 1 if total else 0


_adopted: list[tuple[MemoryS3, int]] = []


def _adopt(s3: MemoryS3, seed: int) -> None:
    """Keep the S3 that this process has inherited, and the seed."""
    _adopted.append((s3, seed))


def _run_damages(pool: ProcessPoolExecutor) -> int:
    started = time.monotonic()
    faults = [fault for found in pool.map(_examine, range(len(_NAMED))) for fault in found]
    print(f"{DAMAGES}: {sum(map(len, _NAMED))} damages in {_minutes(started)}")
    for fault in faults:
        print(f"  {fault}", flush=True)
    return len(faults)


def _examine(table: int) -> list[str]:
    """Ask everything about the damages of a table; return the faults in words."""
    ((s3, _),) = _adopted
    found = examine.examine(tuple(_NAMED[table]), s3, is_complete=True, is_afterwards=True)
    return [
        f"{name}: {fault}"
        for name, findings in found.items()
        for fault in (*findings.wrong, *findings.lost)
    ]


def _run(name: str, cases: range, kinds: int, pool: ProcessPoolExecutor) -> int:
    started = time.monotonic()
    found: defaultdict[str, list[str]] = defaultdict(list)
    parts = [
        (name, cases[first : first + _CASES_OF_A_PART])
        for first in range(0, len(cases), _CASES_OF_A_PART)
    ]
    for kind, text in (fault for part in pool.map(_faults, parts) for fault in part):
        found[kind].append(text)
        if len(found[kind]) == 1:
            print(f"{name}: {kind}\n{text}", flush=True)
    print(f"{name}: {len(cases)} cases in {_minutes(started)}, {_counted(found)}", flush=True)
    for kind, texts in sorted(found.items()):
        print(f"  {len(texts)} x {kind}", *texts[:kinds], sep="\n", flush=True)
    return sum(map(len, found.values()))


def _faults(part: tuple[str, range]) -> list[tuple[str, str]]:
    """Run cases; return the kind of each fault, and the fault in words."""
    ((s3, seed),) = _adopted
    name, cases = part
    return [
        (fault.kind, f"    {number}: {fault.detail}\n      {case!r}")
        for number, case, fault in campaign.run(FUZZERS[name], seed, cases, s3)
    ]


def _counted(found: dict[str, list[str]]) -> str:
    count = sum(map(len, found.values()))
    return f"{count} faults of {len(found)} kinds" if count else "no fault"


def _minutes(started: float) -> str:
    return f"{(time.monotonic() - started) / 60:.1f} min"


if __name__ == "__main__":
    sys.exit(main())
