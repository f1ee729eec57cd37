"""Compare response removal with ObsPy's: time, memory, and a whole invocation step by step.

Each figure is measured in its own process, on the same arrays and in one run.
"""

import argparse
import importlib
import io
import json
import os
import resource
import statistics
import sys
import time
from collections.abc import Callable
from contextlib import redirect_stdout
from typing import Any

import numpy as np
from obspy import Inventory, Stream, Trace

from benchmarks.generated_day import HEADER, counts, inventory
from benchmarks.markdown import table
from benchmarks.processes import run_module
from benchmarks.servers.server_process import ServerProcess
from local.cloud.s3_server import function_environment
from local.project import PROJECT
from shared.response.parameters import RemovalParameters
from shared.response.removal import remove_response

ROUNDS = 5


def main() -> None:
    """Measure everything, or one figure in this process."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--measure", choices=sorted(MEASUREMENTS), help="only this, as JSON")
    name = parser.parse_args().measure
    if name:
        sys.stdout.write(json.dumps(MEASUREMENTS[name]()))
    else:
        sys.stdout.write(_table({name: _in_own_process(name) for name in MEASUREMENTS}))


def by_obspy() -> dict[str, float]:
    """Measure ObsPy on a 100 Hz day: seconds and peak memory."""
    data, metadata = counts(8_640_000), inventory(100.0)

    def run() -> None:
        stream = Stream([Trace(data.copy(), {**HEADER, "sampling_rate": 100.0})])
        stream.remove_response(metadata)

    return _timed(run, rounds=3)


def by_us() -> dict[str, float]:
    """Measure this project on the same day, each time with another channel's response."""
    return _ours(8_640_000, warm=False)


def by_us_again() -> dict[str, float]:
    """Measure this project on the same day with the inverse response in its cache."""
    return _ours(8_640_000, warm=True)


def by_us_one_more() -> dict[str, float]:
    """Measure a day of 8,640,001 samples, for which ObsPy doubles the length of the FFT."""
    return _ours(8_640_001, warm=False)


def two_ffts() -> dict[str, float]:
    """Measure the lower bound: an FFT of the padded day and its inverse."""
    samples = counts(8_640_000).astype(np.float64)

    def run() -> None:
        np.fft.irfft(np.fft.rfft(samples, 2 * samples.size), 2 * samples.size)

    return _timed(run)


def whole_invocation() -> dict[str, Any]:
    """Measure two invocations with a 200 Hz day on one core, from S3 to S3."""
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    with ServerProcess("benchmarks.servers.archive_server") as server:
        os.environ.update(function_environment(server.url))
        sys.path.insert(0, str(PROJECT / "response_lambda"))
        handler = importlib.import_module("app").handler
        calls = []
        for _ in range(2):
            start = time.perf_counter()
            with redirect_stdout(io.StringIO()):  # the log line
                reply = handler({"day": "2024,001", "nscl": "CI.BOM.HNZ.2C"}, None)
            calls.append({"seconds": time.perf_counter() - start, "steps": reply["seconds"]})
    return {"first": calls[0], "next": calls[1], "peak_mb": _peak_mb()}


MEASUREMENTS: dict[str, Callable[[], dict[str, Any]]] = {
    function.__name__: function
    for function in (by_obspy, by_us, by_us_again, by_us_one_more, two_ffts, whole_invocation)
}


def _ours(npts: int, warm: bool) -> dict[str, float]:
    data, metadata = counts(npts), inventory(100.0)

    def run() -> None:
        if not warm:
            _make_new(metadata)
        stream = Stream([Trace(data.copy(), {**HEADER, "sampling_rate": 100.0})])
        remove_response(stream, metadata, RemovalParameters())

    return _timed(run)


def _make_new(metadata: Inventory) -> None:
    """Make the response differ from all before, without an effect on the result."""
    first_stage = metadata[0][0][0].response.response_stages[0]
    first_stage.name = f"{first_stage.name} again"


def _timed(run: Callable[[], None], rounds: int = ROUNDS) -> dict[str, float]:
    """Return the median seconds of several rounds after a first one, and the peak memory in MB."""
    run()
    seconds = []
    for _ in range(rounds):
        start = time.perf_counter()
        run()
        seconds.append(time.perf_counter() - start)
    return {"seconds": statistics.median(seconds), "peak_mb": _peak_mb()}


def _peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _in_own_process(name: str) -> dict[str, Any]:
    sys.stderr.write(f"measuring {name} ...\n")
    result: dict[str, Any] = run_module("benchmarks.response.against_obspy", "--measure", name)
    return result


def _table(measured: dict[str, dict[str, Any]]) -> str:
    """Return the README's table, in Markdown."""
    ours, peer, floor = measured["by_us"], measured["by_obspy"], measured["two_ffts"]
    longer, again = measured["by_us_one_more"], measured["by_us_again"]
    whole = measured["whole_invocation"]
    comparisons = [
        ("100 Hz day, ObsPy / ours", peer, ours),
        ("100 Hz day, ours / an FFT of the padded length and back", ours, floor),
        ("8,640,001 samples / 8,640,000, ours", longer, ours),
        ("100 Hz day, the same channel again / the first time", again, ours),
    ]
    rows = []
    for name, one, other in comparisons:
        seconds = one["seconds"], other["seconds"]
        rows.append([name, f"{seconds[0] / seconds[1]:.2f}", "{:.2f} / {:.2f} s".format(*seconds)])
    peaks = ours["peak_mb"], peer["peak_mb"]
    rows.append(
        [
            "100 Hz day, peak memory of the process, ours / ObsPy",
            f"{peaks[0] / peaks[1]:.2f}",
            "{:,.0f} / {:,.0f} MB".format(*peaks),
        ]
    )
    for kind in ("first", "next"):
        call = whole[kind]
        steps = ", ".join(f"{name} {seconds:.2f}" for name, seconds in call["steps"].items())
        rows.append([f"200 Hz day, {kind} invocation", "", f"{call['seconds']:.2f} s ({steps})"])
    rows.append(["200 Hz day, peak memory", "", f"{whole['peak_mb']:,.0f} MB"])
    return table(["measure", "ratio", "measured"], rows)


if __name__ == "__main__":
    main()
