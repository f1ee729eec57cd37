"""The rows of single requests to the FDSN web services."""

import json
import statistics
import time
from typing import Any

from benchmarks import events
from benchmarks.processes import run_module
from benchmarks.servers.generated_archive import channel
from benchmarks.speed.function import invoke, lasting_archive
from benchmarks.speed.target import Row

_ROUNDS = 5
_KNOWN_ROUNDS = 30


def wadl() -> Row:
    """Measure a new process until it has answered a WADL, which ObsPy's client asks for first."""
    event = _event("/fdsnws/station/1/application.wadl")
    seconds = []
    for _ in range(_ROUNDS):
        begun = time.perf_counter()
        first, second = run_module(
            "benchmarks.speed.one_container", "timewindow", content=json.dumps([event] * 2)
        )
        seconds.append(time.perf_counter() - begun)
    detail = f"the invocation {_ms(first)}, the next one {_ms(second)}"
    compared = "start of a process, import, first invocation"
    return Row("WADL", compared, (statistics.median(seconds),), (0.5,), "s", detail=detail)


def dataselect() -> Row:
    """Measure a request for five minutes of an object whose record times are known."""
    name, (start, end) = channel(events.WINDOW_HZ, 0), events.FIVE_MINUTES
    codes = f"net={name.network}&sta={name.station}&loc=--&cha={name.channel}"
    event = _event("/fdsnws/dataselect/1/query", f"{codes}&start={start}&end={end}")
    with lasting_archive(1, events.WINDOW_HZ) as server:
        _, *known = invoke("timewindow", [event] * (_KNOWN_ROUNDS + 1), server)
    milliseconds = 1000 * min(each["cpu_seconds"] for each in known)
    compared = "5 minutes at 100 Hz, known object, processor time"
    return Row("dataselect", compared, (milliseconds,), (4,), "ms")


def _event(path: str, query: str = "") -> dict[str, Any]:
    return {
        "version": "2.0",
        "routeKey": "$default",
        "rawPath": path,
        "rawQueryString": query,
        "headers": {"host": "localhost"},
        "requestContext": {"http": {"method": "GET"}, "stage": "$default"},
    }


def _ms(measured: dict[str, float]) -> str:
    return f"{1000 * measured['seconds']:.1f} ms"
