"""Response removal against ObsPy: time, memory, and the whole invocation step by step.

Each figure is measured in a process of its own, on the same arrays and in one run.
"""

import argparse
import importlib
import io
import json
import os
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from typing import Any

import numpy as np
import obspy
from obspy import Inventory, Stream, Trace, UTCDateTime

from local.cloud.emulator import PROJECT
from local.cloud.s3_server import S3Server
from local.synthetic import instrument
from shared.archive.channel_id import ChannelId
from shared.archive.day import Day
from shared.archive.scedc import SCEDC
from shared.response import _fast
from shared.response.parameters import RemovalParameters
from shared.response.removal import remove_response

SECONDS_PER_DAY = 86400
ROUNDS = 5
WHOLE_DAY_HZ = 200.0
HEADER = {
    "network": "CI",
    "station": "BOM",
    "location": "2C",
    "channel": "HNZ",
    "starttime": UTCDateTime("2024-01-01T00:00:00.003"),
}


def main() -> None:
    """Measure everything, or one thing in this process."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--measure", choices=sorted(MEASUREMENTS))
    name = parser.parse_args().measure
    if name:
        sys.stdout.write(json.dumps(MEASUREMENTS[name]()))
    else:
        _print_table({name: _in_own_process(name) for name in MEASUREMENTS})


def counts(npts: int) -> np.ndarray:
    """Counts that look like a record: int32, random, of some hundreds."""
    steps = np.random.default_rng(1).standard_normal(100_000) * 300
    return np.resize(steps.astype(np.int32), npts)


def inventory(sampling_rate: float) -> Inventory:
    """The metadata of one channel with the demo's instrument.

    At 200 Hz its filter for 100 Hz runs at twice the rate.
    """
    epoch = instrument.ChannelEpoch(
        HEADER["channel"], HEADER["location"], 100.0, HEADER["starttime"] - 1
    )
    content = instrument.stationxml(HEADER["network"], HEADER["station"], [epoch])
    found = obspy.read_inventory(io.BytesIO(content), format="STATIONXML")
    for stage in found[0][0][0].response.response_stages:
        if stage.decimation_input_sample_rate:
            floating = type(stage.decimation_input_sample_rate)  # StationXML takes no plain float
            stage.decimation_input_sample_rate = floating(sampling_rate)
    return found


def by_obspy() -> dict[str, float]:
    """A 100 Hz day by ObsPy: seconds and peak memory."""
    data, metadata = counts(8_640_000), inventory(100.0)

    def run() -> None:
        stream = Stream([Trace(data.copy(), {**HEADER, "sampling_rate": 100.0})])
        stream.remove_response(metadata)

    return _timed(run, rounds=3)


def by_us() -> dict[str, float]:
    """The same by us; nothing kept from one time to the next."""
    return _ours(8_640_000, warm=False)


def by_us_again() -> dict[str, float]:
    """The same by us, the channel's inverse response at hand."""
    return _ours(8_640_000, warm=True)


def by_us_one_more() -> dict[str, float]:
    """A day of 8,640,001 samples, for which ObsPy takes an FFT of twice the length."""
    return _ours(8_640_001, warm=False)


def two_ffts() -> dict[str, float]:
    """The floor: an FFT of a padded day, and back."""
    samples = counts(8_640_000).astype(np.float64)

    def run() -> None:
        np.fft.irfft(np.fft.rfft(samples, 2 * samples.size), 2 * samples.size)

    return _timed(run)


def whole_invocation() -> dict[str, Any]:
    """A 200 Hz day through the handler, on one core, from S3 to S3: the first call and the next."""
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    process = subprocess.Popen(
        [sys.executable, "-m", "benchmarks.servers.archive_server"],
        cwd=PROJECT,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        os.environ.update(json.loads(process.stdout.readline() if process.stdout else "{}"))
        sys.path.insert(0, str(PROJECT / "response_lambda"))
        handler = importlib.import_module("app").handler
        replies = []
        for _ in range(2):
            start = time.perf_counter()
            reply = handler({"day": "2024,001", "nscl": "CI.BOM.HNZ.2C"}, None)
            replies.append({"seconds": time.perf_counter() - start, "steps": reply["seconds"]})
        return {"first": replies[0], "next": replies[1], "peak_mb": _peak_mb()}
    finally:
        process.kill()
        process.wait()


MEASUREMENTS: dict[str, Callable[[], dict[str, Any]]] = {
    function.__name__: function
    for function in (by_obspy, by_us, by_us_again, by_us_one_more, two_ffts, whole_invocation)
}


def _ours(npts: int, warm: bool) -> dict[str, float]:
    data, metadata = counts(npts), inventory(100.0)

    def run() -> None:
        if not warm:
            _fast.forget()
        stream = Stream([Trace(data.copy(), {**HEADER, "sampling_rate": 100.0})])
        remove_response(stream, metadata, RemovalParameters())

    return _timed(run)


def _timed(run: Callable[[], None], rounds: int = ROUNDS) -> dict[str, float]:
    """The median of some rounds after a first one, in seconds, and the peak memory in MB."""
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
    command = [sys.executable, "-m", "benchmarks.response.response_removal", "--measure", name]
    done = subprocess.run(command, cwd=PROJECT, stdout=subprocess.PIPE, text=True, check=True)
    result: dict[str, Any] = json.loads(done.stdout)
    return result


def _print_table(found: dict[str, dict[str, Any]]) -> None:
    ours, peer, floor = found["by_us"], found["by_obspy"], found["two_ffts"]
    longer, again, whole = found["by_us_one_more"], found["by_us_again"], found["whole_invocation"]
    rows = [
        ("100 Hz day, ObsPy / ours", peer["seconds"] / ours["seconds"], peer, ours),
        ("100 Hz day, ours / two FFTs", ours["seconds"] / floor["seconds"], ours, floor),
        ("8,640,001 samples / 8,640,000", longer["seconds"] / ours["seconds"], longer, ours),
        ("100 Hz day again, ours / first", again["seconds"] / ours["seconds"], again, ours),
    ]
    lines = [f"| {'measure':<32} | ratio | seconds |", "| --- | --- | --- |"]
    lines += [
        f"| {name:<32} | {ratio:5.2f} | {one['seconds']:.2f} / {other['seconds']:.2f} |"
        for name, ratio, one, other in rows
    ]
    memory = ours["peak_mb"] / peer["peak_mb"]
    lines.append(
        f"| {'100 Hz day, peak memory':<32} | {memory:5.2f} |"
        f" {ours['peak_mb']:,.0f} / {peer['peak_mb']:,.0f} MB |"
    )
    for kind in ("first", "next"):
        call = whole[kind]
        steps = ", ".join(f"{name} {seconds:.2f}" for name, seconds in call["steps"].items())
        lines.append(f"| 200 Hz day, {kind} call | | {call['seconds']:.2f} ({steps}) |")
    lines.append(f"| 200 Hz day, peak memory | | {whole['peak_mb']:,.0f} MB |")
    sys.stdout.write("\n".join(lines) + "\n")


def fill(server: S3Server) -> None:
    """Put the 200 Hz day into an archive."""
    channel, day = ChannelId.parse("CI.BOM.HNZ.2C"), Day.of(HEADER["starttime"])
    trace = Trace(
        counts(int(SECONDS_PER_DAY * WHOLE_DAY_HZ)), {**HEADER, "sampling_rate": WHOLE_DAY_HZ}
    )
    records = io.BytesIO()
    trace.write(records, format="MSEED", encoding="STEIM2", reclen=512, byteorder=">")
    server.put(SCEDC.waveform_key(channel, day), records.getvalue())
    metadata = io.BytesIO()
    inventory(WHOLE_DAY_HZ).write(metadata, format="STATIONXML")
    server.put(SCEDC.stationxml_keys(channel.network, channel.station)[0], metadata.getvalue())


if __name__ == "__main__":
    main()
