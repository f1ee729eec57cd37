"""How long both functions take at each memory size, in their images with what Lambda gives there.

Each function runs in a container with a memory size's memory and share of a processor, against an
S3 server on this machine. Every invocation is of other stations than the one before, so that
nothing that depends on the channel is at hand from it. At each size the first invocation is the
cold start, and the others are the rounds. ObsPy's way is measured in the same run.

Needs Linux with a Docker engine, and AWS's base image in it or within reach. Takes half an hour
at most, in which the machine should do nothing else.
"""

import argparse
import json
import os
import platform
import shlex
import signal
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from benchmarks.memory.sweep_archive import SAMPLING_RATES
from benchmarks.memory.sweep_cells import LARGEST_CHANNELS, Cell, Sweep
from benchmarks.memory.tables import tables
from local.cloud.container import (
    MB_PER_VCPU,
    DockerError,
    base_digest,
    bridge_address,
    build,
    docker,
)
from local.cloud.helper_process import Service
from runner.costs.measurement import MEASUREMENT

RESPONSE_MB = (512, 768, 1024, 1280, 1536, 1769, 2048, 2560, 3008, 3538)
TIMEWINDOW_MB = (256, 512, 768, 1024, 1280, 1536, 1769, 2048, 2560, 3008)
"""The sizes that are tried, in MB. At 3,538 MB a function has two processors."""

OBSPY_HZ = (40.0, 100.0, 200.0)

_ROUNDS = 5


def main() -> None:
    """Measure, print the tables, and write everything if asked to."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=_ROUNDS, help="warm invocations each")
    parser.add_argument(
        "--write", action="store_true", help=f"write runner/costs/{MEASUREMENT.name}"
    )
    parser.add_argument(
        "--windows-only", action="store_true", help="time windows anew, beside what was measured"
    )
    parser.add_argument("--python-version", default="3.10", choices=("3.10", "3.13"))
    arguments = parser.parse_args()
    most = max(*RESPONSE_MB, *TIMEWINDOW_MB)
    if most > len(os.sched_getaffinity(0)) * MB_PER_VCPU:
        sys.exit(f"{most:,} MB is {most / MB_PER_VCPU:.2g} processors: this machine has fewer")
    # Ended by whom it may be, it takes its container with it.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("terminated"))
    try:
        before = circumstances(arguments.rounds)
        with running_sweep(arguments.rounds, arguments.python_version) as sweep:
            found = (
                _windows_anew(before["command"], sweep)
                if arguments.windows_only
                else _all_anew(before, arguments.python_version, sweep)
            )
    except DockerError as error:
        sys.exit(f"the memory sweep needs a Docker engine with AWS's base image: {error}")
    sys.stdout.write(tables(found))
    if arguments.write:
        MEASUREMENT.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")


@contextmanager
def running_sweep(rounds: int, python_version: str) -> Iterator[Sweep]:
    """Both images built, and an archive to read from.

    Raises:
        DockerError: no Docker engine answers, or an image cannot be built.
    """
    host, stations = bridge_address(), max(rounds + 1, 2 * LARGEST_CHANNELS)
    images = {function: build(function, python_version) for function in ("response", "timewindow")}
    with Service("benchmarks.sweep_archive", host, str(stations)) as archive:
        yield Sweep(images, archive, host, stations, rounds)


def measure(
    sweep: Sweep, response_mb: Sequence[int], timewindow_mb: Sequence[int], rates: Sequence[float]
) -> dict[str, list[Cell]]:
    """Measure everything.

    Args:
        sweep: with what.
        response_mb: the response function's memory sizes, in MB.
        timewindow_mb: those of the time-window function.
        rates: the sampling rates of the response function's days, in Hz.

    Raises:
        DockerError: a function failed, but not for want of memory.
    """
    requests = (sweep.five_minutes, sweep.largest, sweep.largest_motion)
    return {
        "days": [sweep.day(max(response_mb), rate) for rate in rates],
        "response": [
            _said(sweep.response(memory_mb, rate)) for memory_mb in response_mb for rate in rates
        ],
        "timewindow": [
            _said(request(memory_mb)) for memory_mb in timewindow_mb for request in requests
        ],
        "obspy": [sweep.obspy(rate) for rate in OBSPY_HZ if rate in rates],
    }


def _all_anew(before: dict[str, Any], python_version: str, sweep: Sweep) -> dict[str, Any]:
    """A measurement of everything, with the circumstances in which it was begun."""
    found = {**before, "image_bytes": image_bytes(sweep.images["response"])}
    found["versions"]["base_image"] = base_digest(python_version)
    found |= measure(sweep, RESPONSE_MB, TIMEWINDOW_MB, SAMPLING_RATES)
    found["versions"] |= [cell.pop("versions") for cell in found["obspy"]][-1]
    found["machine"]["load_after"] = round(os.getloadavg()[0], 2)
    return found


def _windows_anew(command: str, sweep: Sweep) -> dict[str, Any]:
    """The last measurement, with other time windows in it."""
    found = json.loads(MEASUREMENT.read_text(encoding="utf-8"))
    found["command"] = f"{found['command']}` and then `{command}"
    return {**found, "timewindow": measure(sweep, (), TIMEWINDOW_MB, ())["timewindow"]}


def circumstances(rounds: int) -> dict[str, Any]:
    """When, where and how this is measured.

    Raises:
        DockerError: no Docker engine answers.
    """
    lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    models = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return {
        "date": f"{datetime.now(timezone.utc):%Y-%m-%d}",
        "command": shlex.join(["python", "-m", "benchmarks.memory.memory_sweep", *sys.argv[1:]]),
        "rounds": rounds,
        "mb_per_vcpu": MB_PER_VCPU,
        "machine": {
            "processor": models[0] if models else platform.machine(),
            "processors": len(os.sched_getaffinity(0)),
            "memory_mb": os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 1024**2,
            "load_before": round(os.getloadavg()[0], 2),
        },
        "versions": {
            "kernel": platform.release(),
            "docker": docker("version", "--format", "{{.Server.Version}}").strip(),
        },
    }


def image_bytes(image: str) -> int:
    """The size of an image, in bytes, of which a registry stores less: it compresses layers.

    Raises:
        DockerError: no Docker engine answers, or it has no such image.
    """
    return int(docker("image", "inspect", "--format", "{{.Size}}", image))


def _said(cell: Cell) -> Cell:
    took = "too little" if cell["out_of_memory"] else f"{cell['billed_seconds']:.3f} s"
    sys.stderr.write(f"{cell['request']} with {cell['memory_mb']:,} MB: {took}\n")
    return cell


if __name__ == "__main__":
    main()
