"""Measure both functions at each memory size, in their images, with Lambda's share of resources.

Each function runs in a container with the memory and processor share of a memory size, against an
S3 server on this machine. Every invocation reads other stations than the one before, so nothing
about the channel is cached. At each size the first invocation is the cold start; the others are
the rounds. ObsPy alone is measured in the same run.

Needs Linux and a Docker engine that has, or can pull, AWS's base image. Takes some ten minutes, in
which the machine should do nothing else.
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

from benchmarks.events import LARGEST_CHANNELS
from benchmarks.memory.cells import Cell, Sweep
from benchmarks.memory.lambda_container import MB_PER_VCPU
from benchmarks.memory.tables import tables
from benchmarks.servers.generated_archive import SAMPLING_RATES
from benchmarks.servers.server_process import ServerProcess
from local.cloud.docker import (
    DockerError,
    base_digest,
    bridge_address,
    build,
    docker,
    image_bytes,
)
from local.project import PROJECT
from runner.costs.measurement import MEASUREMENT

RESPONSE_MB = (768, 1024, 1769, 2048, 3538)
TIMEWINDOW_MB = (1280, 1536, 1769, 2048)
"""The measured memory sizes, in MB: those that may be recommended, and some on either side. At
3,538 MB a function has two vCPUs."""

OBSPY_HZ = (40.0, 100.0, 200.0)

_ROUNDS = 3


def main() -> None:
    """Measure, print the tables, and write the measurement on request."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument(
        "--rounds", type=int, default=_ROUNDS, help="warm invocations at each memory size"
    )
    parser.add_argument(
        "--write", action="store_true", help=f"write {MEASUREMENT.relative_to(PROJECT)}"
    )
    parser.add_argument(
        "--windows-only",
        action="store_true",
        help="measure only time windows, and keep the rest of the stored measurement",
    )
    parser.add_argument("--python-version", default="3.10", choices=("3.10", "3.13"))
    arguments = parser.parse_args()
    largest_mb = max(*RESPONSE_MB, *TIMEWINDOW_MB)
    if largest_mb > len(os.sched_getaffinity(0)) * MB_PER_VCPU:
        needed = largest_mb / MB_PER_VCPU
        sys.exit(f"{largest_mb:,} MB needs {needed:.2g} processors: this machine has fewer")
    # Exit through the context managers, which remove the containers.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("terminated"))
    try:
        before = circumstances(arguments.rounds)
        with running_sweep(arguments.rounds, arguments.python_version) as sweep:
            measurement = (
                _measure_windows(before["command"], sweep)
                if arguments.windows_only
                else _measure_all(before, arguments.python_version, sweep)
            )
    except DockerError as error:
        sys.exit(f"the memory sweep needs a Docker engine with AWS's base image: {error}")
    sys.stdout.write(tables(measurement))
    if arguments.write:
        MEASUREMENT.write_text(json.dumps(measurement, indent=1) + "\n", encoding="utf-8")


@contextmanager
def running_sweep(rounds: int, python_version: str) -> Iterator[Sweep]:
    """Build both images, start the S3 server, and yield a sweep that uses them.

    Args:
        rounds: the number of warm invocations at each memory size.
        python_version: the images' Python version, such as "3.10".

    Raises:
        DockerError: no Docker engine answers, or an image cannot be built.
    """
    host, stations = bridge_address(), max(rounds + 1, 2 * LARGEST_CHANNELS)
    images = {function: build(function, python_version) for function in ("response", "timewindow")}
    with ServerProcess("benchmarks.servers.generated_archive", host, str(stations)) as archive:
        yield Sweep(images, archive, host, stations, rounds)


def measure(
    sweep: Sweep, response_mb: Sequence[int], timewindow_mb: Sequence[int], rates: Sequence[float]
) -> dict[str, list[Cell]]:
    """Measure all cells.

    Args:
        sweep: the setup.
        response_mb: the response function's memory sizes, in MB.
        timewindow_mb: the time-window function's memory sizes, in MB.
        rates: the sampling rates of the response function's days, in Hz.

    Raises:
        DockerError: a function failed for another reason than memory.
    """
    requests = (sweep.five_minutes, sweep.largest, sweep.largest_motion)
    return {
        "days": [sweep.day(max(response_mb), rate) for rate in rates],
        "response": [
            _log(sweep.response(memory_mb, rate)) for memory_mb in response_mb for rate in rates
        ],
        "timewindow": [
            _log(request(memory_mb)) for memory_mb in timewindow_mb for request in requests
        ],
        "obspy": [sweep.obspy(rate) for rate in OBSPY_HZ if rate in rates],
    }


def _measure_all(before: dict[str, Any], python_version: str, sweep: Sweep) -> dict[str, Any]:
    """Measure everything; return it with the circumstances from before and after."""
    measurement = {**before, "image_bytes": image_bytes(sweep.images["response"])}
    measurement["versions"]["base_image"] = base_digest(python_version)
    measurement |= measure(sweep, RESPONSE_MB, TIMEWINDOW_MB, SAMPLING_RATES)
    measurement["versions"] |= [cell.pop("versions") for cell in measurement["obspy"]][-1]
    measurement["machine"]["load_after"] = round(os.getloadavg()[0], 2)
    return measurement


def _measure_windows(command: str, sweep: Sweep) -> dict[str, Any]:
    """Measure time windows; return them in place of those in the stored measurement."""
    measurement = json.loads(MEASUREMENT.read_text(encoding="utf-8"))
    measurement["command"] = f"{measurement['command']}` and then `{command}"
    return {**measurement, "timewindow": measure(sweep, (), TIMEWINDOW_MB, ())["timewindow"]}


def circumstances(rounds: int) -> dict[str, Any]:
    """Return the date, the command, the machine and the versions of a measurement.

    Raises:
        DockerError: no Docker engine answers.
    """
    lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    models = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return {
        "date": f"{datetime.now(timezone.utc):%Y-%m-%d}",
        "command": shlex.join(["python", "-m", "benchmarks.memory.sweep", *sys.argv[1:]]),
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


def _log(cell: Cell) -> Cell:
    took = "out of memory" if cell["out_of_memory"] else f"{cell['billed_seconds']:.3f} s"
    sys.stderr.write(f"{cell['request']} with {cell['memory_mb']:,} MB: {took}\n")
    return cell


if __name__ == "__main__":
    main()
