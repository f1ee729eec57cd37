"""The row of the FDSN web services' front door."""

import json
import statistics
import time

from benchmarks.processes import run_module
from benchmarks.speed.target import Row

_ROUNDS = 5
_EVENT = {
    "version": "2.0",
    "routeKey": "$default",
    "rawPath": "/fdsnws/station/1/application.wadl",
    "headers": {"host": "localhost"},
    "requestContext": {"http": {"method": "GET"}, "stage": "$default"},
}


def wadl() -> Row:
    """Measure a new process until it has answered a WADL, which ObsPy's client asks for first."""
    seconds = []
    for _ in range(_ROUNDS):
        begun = time.perf_counter()
        first, second = run_module(
            "benchmarks.speed.one_container", "timewindow", content=json.dumps([_EVENT] * 2)
        )
        seconds.append(time.perf_counter() - begun)
    detail = f"the invocation {_ms(first)}, the next one {_ms(second)}"
    compared = "start of a process, import, first invocation"
    return Row("WADL", compared, (statistics.median(seconds),), (0.5,), "s", detail=detail)


def _ms(measured: dict[str, float]) -> str:
    return f"{1000 * measured['seconds']:.1f} ms"
