"""The rows of response removal."""

import json
import statistics
from functools import cache

from benchmarks import events
from benchmarks.processes import run_module
from benchmarks.servers.generated_archive import DAY, day_keys, odd_channel
from benchmarks.speed.function import Measured, archive, environment, invoke, odd_archive
from benchmarks.speed.target import Row
from shared.archive.scedc import SCEDC

_ROUNDS = {"obspy": 3, "ours": 7, "ffts": 7}
_DAYS = 4  # the first does not count


def removal() -> Row:
    """Measure the removal alone against ObsPy's."""
    compared = "ObsPy's `remove_response` / ours, decoded day to result, two processors"
    return _removal_row("obspy", "ours", compared, 28, at_least=True)


def ffts() -> Row:
    """Measure the removal alone against FFTs of the padded length."""
    compared = "ours / NumPy's `rfft` and `irfft` of the padded length, two processors"
    return _removal_row("ours", "ffts", compared, 0.45)


def _removal_row(one: str, other: str, compared: str, limit: float, at_least: bool = False) -> Row:
    first, second = _removal(one), _removal(other)
    seconds, cpu = (
        f"{first[name]:.2f} / {second[name]:.2f} s" for name in ("seconds", "cpu_seconds")
    )
    ratio = first["seconds"] / second["seconds"]
    detail = f"{seconds}; of all threads {cpu}"
    return Row("100 Hz day, removal", compared, (ratio,), (limit,), "", at_least, detail)


def whole_day() -> Row:
    """Measure warm invocations against ObsPy's way, from S3 to S3."""
    keys = [day_keys(100.0, number) for number in range(2)]
    job = json.dumps({"bucket": SCEDC.bucket, "keys": keys})
    with archive(2, "--rates", "100") as server:
        days = run_module("benchmarks.memory.obspy_day", job, **environment(server))["cpu_seconds"]
    peer = statistics.median(days[1:])
    ours = statistics.median(day["cpu_seconds"] for day in _days()[1:])
    compared = (
        "boto3's download, `obspy.read`, `remove_response`, `write`, boto3's upload"
        " / our warm invocation, processor time"
    )
    detail = f"{peer:.2f} / {ours:.2f} s"
    return Row(
        "100 Hz day, from S3 to S3", compared, (peer / ours,), (22,), at_least=True, detail=detail
    )


def memory() -> Row:
    """Measure the peak memory of warm invocations with a 100 Hz day."""
    peak = max(day["memory_mb"] for day in _days())
    return Row("100 Hz day, memory", "peak of our warm process", (peak,), (300,), "MB")


def one_core() -> Row:
    """Measure a first and further invocations with a 200 Hz day on one core."""
    with archive(_DAYS, "--rates", "200") as server:
        first, *more = invoke("response", _requests(200.0), server)
    figures = first["seconds"], statistics.median(day["seconds"] for day in more)
    compared = "first / next invocation on one core, from S3 to S3"
    return Row("200 Hz day", compared, figures, (2.5, 1.6), "s")


def odd_order() -> Row:
    """Measure a day whose 17,280 records are swapped in pairs, or all there twice."""
    seconds = {}
    with odd_archive() as server:
        for kind in ("SOUND", "SWAP", "TWICE"):
            request = {"day": str(DAY), "nscl": odd_channel(kind).nscl}
            seconds[kind] = invoke("response", [request] * 2, server)[-1]["cpu_seconds"]
    more = tuple(seconds[kind] - seconds["SOUND"] for kind in ("SWAP", "TWICE"))
    compared = "its 17,280 records swapped / doubled, minus the sound day's, processor time"
    return Row("100 Hz day, odd records", compared, more, (1, 1), "s")


@cache
def _removal(way: str) -> dict[str, float]:
    times: dict[str, float] = run_module("benchmarks.speed.removal", way, str(_ROUNDS[way]))
    return times


@cache
def _days() -> list[Measured]:
    """Measure invocations with 100 Hz days of different stations in one process."""
    with archive(_DAYS, "--rates", "100") as server:
        return invoke("response", _requests(100.0), server)


def _requests(sampling_rate: float) -> list[dict[str, str]]:
    return [events.channel_day(sampling_rate)(number) for number in range(_DAYS)]
