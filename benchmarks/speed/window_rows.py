"""The rows of time windows."""

import random
import statistics
import subprocess
from typing import Any

from benchmarks import events
from benchmarks.servers.generated_archive import DAY, odd_channel
from benchmarks.servers.server_process import ServerProcess
from benchmarks.speed.function import (
    Measured,
    archive,
    invoke,
    lasting_archive,
    odd_archive,
)
from benchmarks.speed.target import Row

_WHOLE_DAY = ("2024-01-01T00:00:00", "2024-01-01T23:59:59.99")
_ROUNDS = 30
_MANY, _OBJECTS, _SECONDS = 20_000, 30, 10
_ENOUGH = {"MAX_PROCESSOR_SECONDS": "10000"}
_LOADED = {"AWS_LAMBDA_INITIALIZATION_TYPE": "provisioned-concurrency"}
"""With this setting, a process has loaded ObsPy before its first invocation."""


def segments() -> Row:
    """Measure a window of a whole day in many segments."""
    with odd_archive() as server:
        one, many = (
            invoke("timewindow", [_odd_day(kind)] * 2, server, **_ENOUGH)[-1]["cpu_seconds"]
            for kind in ("SOUND", "PARTS")
        )
    compared = "17,280 segments, processor time (and the same of one segment)"
    return Row("24 h window", compared, (many,), (5,), "s", detail=f"{many:.2f} / {one:.2f} s")


def many_windows() -> Row:
    """Measure a request for as many windows as there may be, of known objects."""
    at = random.Random(1)
    windows = []
    for number in range(_MANY):
        second = at.uniform(1, 86_000)
        times = str(DAY.starttime + second), str(DAY.starttime + second + _SECONDS)
        windows += events.windows(times, _OBJECTS)(number)["Windows"]
    request = {"Windows": windows}
    with archive(_OBJECTS, "--rates", "100") as server:
        (_, known), accepted = _within_limits([request] * 2, server)
    each_ms = 1000 * known["cpu_seconds"] / _MANY
    compared = (
        f"each of {_MANY:,} windows of {_SECONDS} s of {_OBJECTS} known objects, processor time"
    )
    detail = f"{'accepted' if accepted else 'refused'} by the default limits"
    measure = f"{_MANY:,} windows"
    return Row(measure, compared, (each_ms,), (1.5,), "ms", detail=detail, extra=accepted)


def small_window() -> Row:
    """Measure a window of five minutes of an object whose record times are known."""
    request = events.over_http(events.windows(events.FIVE_MINUTES, 1)(0))
    with lasting_archive(1, 100.0) as server:
        _, *known = invoke("timewindow", [request] * (_ROUNDS + 1), server)
    milliseconds = 1000 * min(each["cpu_seconds"] for each in known)
    compared = "known object, over HTTP, processor time"
    return Row("5 minute window", compared, (milliseconds,), (4,), "ms")


def files() -> Row:
    """Measure whole days as files."""
    figures = []
    with archive(1, "--rates", "100") as server:
        for name in ("sac", "mseed"):
            request = events.windows(_WHOLE_DAY, 1, Format=name)(0)
            _, *known = invoke("timewindow", [request] * 4, server)
            figures.append(min(each["cpu_seconds"] for each in known))
    compared = "as SAC / as miniSEED, known object, processor time"
    return Row("24 h window at 100 Hz", compared, tuple(figures), (0.3, 0.2), "s")


def motion() -> Row:
    """Measure the first window of ground motion in a new process."""
    request = events.windows(events.FIVE_MINUTES, 1, Output="VEL")(0)
    with lasting_archive(1, 100.0) as server:
        firsts = [
            invoke("timewindow", [request], server, **_LOADED)[0]["seconds"] for _ in range(5)
        ]
    compared = "first invocation of a new process, 5 minutes at 100 Hz"
    return Row("window of ground motion", compared, (statistics.median(firsts),), (0.3,), "s")


def _odd_day(kind: str) -> dict[str, Any]:
    return {"Windows": [events.window(odd_channel(kind), _WHOLE_DAY)]}


def _within_limits(requests: list[Any], server: ServerProcess) -> tuple[list[Measured], bool]:
    """Invoke with the default limits, or else without one; return which of these it was, too."""
    try:
        return invoke("timewindow", requests, server), True
    except subprocess.CalledProcessError:
        return invoke("timewindow", requests, server, **_ENOUGH), False
