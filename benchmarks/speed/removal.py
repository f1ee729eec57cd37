"""Measure the response removal of a 100 Hz day on one processor: one of three ways, by name."""

import json
import sys
import time
from collections.abc import Callable

import numpy as np
from obspy import Inventory, Stream, Trace

from benchmarks.generated_day import HEADER, counts, inventory
from shared.response.parameters import RemovalParameters
from shared.response.removal import remove_channel_response

NPTS = 8_640_000


def obspy(npts: int) -> Callable[[], None]:
    """Return ObsPy's removal, from a decoded day to the result."""
    data, metadata = counts(npts), inventory(100.0)
    return lambda: _day(data).remove_response(metadata)


def ours(npts: int) -> Callable[[], None]:
    """Return this project's removal of the same day, each time with another channel's response."""
    data, metadata = counts(npts), inventory(100.0)

    def run() -> None:
        _make_new(metadata)
        remove_channel_response(_day(data), metadata, RemovalParameters())

    return run


def ffts(npts: int) -> Callable[[], np.ndarray]:
    """Return NumPy's FFT of the padded day and its inverse."""
    samples = counts(npts).astype(np.float64)
    return lambda: np.fft.irfft(np.fft.rfft(samples, 2 * npts), 2 * npts)


WAYS: dict[str, Callable[[int], Callable[[], object]]] = {
    "obspy": obspy,
    "ours": ours,
    "ffts": ffts,
}


def measure(way: str, rounds: int, npts: int = NPTS) -> dict[str, float]:
    """Return the least times of several rounds after a first one, in s.

    Other work on the machine only adds to them.

    Returns:
        `seconds` of wall clock, and `cpu_seconds` of all threads.
    """
    run = WAYS[way](npts)
    run()
    times = []
    for _ in range(rounds):
        begun, computed = time.perf_counter(), time.process_time()
        run()
        times.append((time.perf_counter() - begun, time.process_time() - computed))
    seconds, cpu_seconds = map(min, zip(*times, strict=True))
    return {"seconds": seconds, "cpu_seconds": cpu_seconds}


def _day(data: np.ndarray) -> Stream:
    return Stream([Trace(data.copy(), {**HEADER, "sampling_rate": 100.0})])


def _make_new(metadata: Inventory) -> None:
    """Make the response differ from all before, without an effect on the result."""
    first_stage = metadata[0][0][0].response.response_stages[0]
    first_stage.name = f"{first_stage.name} again"


if __name__ == "__main__":
    sys.stdout.write(json.dumps(measure(sys.argv[1], int(sys.argv[2]))))
