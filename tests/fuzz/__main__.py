"""Run the fuzzers: `python -m tests.fuzz --help`."""

import argparse
import sys
import time
from collections import Counter, defaultdict
from types import ModuleType

from tests.fuzz import campaign, events, examine, records, stationxml
from tests.fuzz.memory_s3 import MemoryS3

FUZZERS: dict[str, ModuleType] = {
    "records": records,
    "stationxml": stationxml,
    "events": events,
}


def main() -> int:
    """Run cases; print each kind of fault with its smallest case. Return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument(
        "fuzzers", nargs="*", default=list(FUZZERS), metavar="FUZZER", help=f"of {list(FUZZERS)}"
    )
    parser.add_argument("--cases", type=int, default=10_000, help="in all, shared by the fuzzers")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--first", type=int, default=0, help="number of the first case")
    parser.add_argument("--kinds", type=int, default=3, help="cases to print for each kind")
    arguments = parser.parse_args()
    total: Counter[str] = Counter()
    with MemoryS3().serving() as s3:
        examine.warm_up(s3)
        for name in arguments.fuzzers:
            share = arguments.cases // len(arguments.fuzzers)
            cases = range(arguments.first, arguments.first + share)
            total += _run(name, arguments.seed, cases, arguments.kinds, s3)
    return 1 if total else 0


def _run(name: str, seed: int, cases: range, kinds: int, s3: MemoryS3) -> "Counter[str]":
    started = time.monotonic()
    found: defaultdict[str, list[str]] = defaultdict(list)
    for number, case, fault in campaign.run(FUZZERS[name], seed, cases, s3):
        known = found[fault.kind]
        known.append(f"    {number}: {fault.detail}\n      {case!r}")
        if len(known) == 1:
            print(f"{name}: {fault.kind}\n{known[0]}", flush=True)
    minutes = (time.monotonic() - started) / 60
    print(f"{name}: {len(cases)} cases from seed {seed} in {minutes:.1f} min")
    for kind, texts in sorted(found.items()):
        print(f"  {len(texts)} x {kind}", *texts[:kinds], sep="\n")
    return Counter({kind: len(texts) for kind, texts in found.items()})


if __name__ == "__main__":
    sys.exit(main())
