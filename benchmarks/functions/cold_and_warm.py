"""Measure cold start, first and warm invocation of both functions on one processor.

Each round is a new process, which stands for a new container. Every invocation reads another
station, so nothing about the channel is cached. S3 is a server on this machine.
"""

import json
import statistics
import sys
from collections.abc import Mapping, Sequence
from typing import Any

from benchmarks import events
from benchmarks.markdown import table
from benchmarks.processes import run_module
from benchmarks.servers.server_process import ServerProcess
from local.cloud.s3_server import function_environment
from shared.archive.scedc import SCEDC

_ROUNDS = 11  # they vary by a third
_STATIONS = 3  # invocations in each round
_SAMPLING_RATE = 100.0  # Hz

SIDES = {
    "response": f"response, a day at {_SAMPLING_RATE:g} Hz",
    "timewindow": f"timewindow, five minutes at {events.WINDOW_HZ:g} Hz",
    "libraries": "ObsPy, boto3 and an S3 client alone",
}
"""The columns of the table; the last is the lower bound of a cold start."""


def main() -> None:
    """Measure, and print the table."""
    with archive_server(events.WINDOW_HZ, _SAMPLING_RATE) as server:
        sys.stdout.write(result_table(measure(server, _ROUNDS, _SAMPLING_RATE)))


def archive_server(*rates: float) -> ServerProcess:
    """Return an S3 server with days at these sampling rates, in Hz, for all events of a round."""
    arguments = map(str, (_STATIONS, "--rates", *sorted(set(rates))))
    return ServerProcess("benchmarks.servers.generated_archive", "127.0.0.1", *arguments)


def measure(
    server: ServerProcess, rounds: int, sampling_rate: float
) -> dict[str, list[dict[str, Any]]]:
    """Measure all sides in turn.

    Args:
        server: the S3 server.
        rounds: the number of processes for each side; one more, which compiles, does not count.
        sampling_rate: of the response function's days, in Hz.

    Returns:
        For each of `SIDES`, the output of `one_container` in each round.
    """
    variables = {**function_environment(server.url), "AWS_DEFAULT_REGION": SCEDC.region}
    requests = {
        "response": events.channel_day(sampling_rate),
        "timewindow": events.windows(events.FIVE_MINUTES, _STATIONS),
    }
    measured: dict[str, list[dict[str, Any]]] = {side: [] for side in SIDES}
    for number in range(rounds + 1):
        sys.stderr.write(f"cold and warm, round {number} of {rounds}\n")
        for side, results in measured.items():
            invocations = map(requests[side], range(_STATIONS)) if side in requests else ()
            content = json.dumps(list(invocations))
            module = "benchmarks.functions.one_container"
            result = run_module(module, side, content=content, **variables)
            if number:
                results.append(result)
    return measured


def result_table(measured: Mapping[str, Sequence[Mapping[str, Any]]]) -> str:
    """Return the medians over all rounds, in Markdown.

    Args:
        measured: from `measure`.
    """

    def row(name: str, values: Sequence[Sequence[float]]) -> list[str]:
        return [name, *(f"{statistics.median(side):.3f} s" if side else "" for side in values)]

    rounds = measured.values()
    rows = [
        row("cold start: modules and S3 client", [_each(side, "start_s") for side in rounds]),
        row("processor time of the start", [_each(side, "start_cpu_s") for side in rounds]),
        row("first invocation", [_invocations(side, 0, 1) for side in rounds]),
        row("warm invocation", [_invocations(side, 1, None) for side in rounds]),
    ]
    return table(["measure", *SIDES.values()], rows)


def _each(side: Sequence[Mapping[str, Any]], member: str) -> list[float]:
    return [result[member] for result in side]


def _invocations(side: Sequence[Mapping[str, Any]], first: int, end: int | None) -> list[float]:
    return [seconds for result in side for seconds in result["invocations_s"][first:end]]


if __name__ == "__main__":
    main()
