"""Compare time windows with the tutorial's function: bytes, seconds, JSON encoding.

Both functions read the same generated days from the same S3 server through the same slow network,
each in its own process. The S3 server is `object_server`, because moto's own time per request
would count as the network's.
"""

import json
import random
import statistics
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from obspy import UTCDateTime

from benchmarks import markdown
from benchmarks.processes import run_module
from benchmarks.servers.server_process import ServerProcess
from benchmarks.windows import archive, server_speed
from benchmarks.windows.archive import DAY, EARTHQUAKE, ORDINARY, SHAKEN
from shared.archive.channel_id import ChannelId

WINDOW_S = 300.0
HUNDRED_S = 60.0  # a hundred windows of five minutes would not fit into one reply

# Start times: in s after midnight, and in s after the earthquake's onset.
TIMES_OF_DAY = (0, 11_111, 25_000, 37_020, 43_200, 61_234, 75_000, 86_100)
AROUND_EARTHQUAKE = (-7200, -280, -10, 600, 3600, 30_000)

Windows = list[dict[str, str]]


@dataclass(frozen=True)
class Network:
    """The network between a function and S3: round trip time in s, bandwidth in bytes/s."""

    name: str
    round_trip_s: float
    bandwidth: float

    def before(self, server: ServerProcess) -> ServerProcess:
        """Return the network in front of a server."""
        arguments = (server.port, self.round_trip_s, self.bandwidth)
        return ServerProcess("benchmarks.servers.slow_network", *map(str, arguments))


REGION = Network("in the region, 20 ms, 80 MB/s", 0.020, 80e6)
HOME = Network("home line, 40 ms, 2.5 MB/s", 0.040, 2.5e6)
UNBOUNDED = Network("unbounded", 0.0, float("inf"))


@dataclass(frozen=True)
class Row:
    """A row of the table; `ratio` is the first measured figure divided by the second."""

    measure: str
    ratio: float
    measured: str


def main() -> None:
    """Measure everything, and print the table."""
    folder = archive.write_archive(_log)
    with ServerProcess("benchmarks.servers.object_server", str(folder)) as server:
        with UNBOUNDED.before(server) as endpoint:
            for name, process in (("server", server), ("server and network", endpoint)):
                _log(f"{name} alone: {server_speed.describe(process.port)}")
        rows = [
            *fetched(server),
            one_window(server, REGION, rounds=9),
            one_window(server, HOME, rounds=3),
            hundred_windows(server, rounds=3),
        ]
    sys.stdout.write(table([*rows, *encoding()]))


def fetched(server: ServerProcess) -> Iterator[Row]:
    """Measure the share of an object that a five-minute window reads, counted by the server."""
    cases = [
        (
            "5 minutes at any time of day, bytes",
            ORDINARY,
            [DAY.starttime + after for after in TIMES_OF_DAY],
        ),
        (
            "5 minutes near an earthquake, bytes",
            SHAKEN,
            [EARTHQUAKE + a for a in AROUND_EARTHQUAKE],
        ),
    ]
    for name, channels, starts in cases:
        _log(name)
        # Each from another station's object, so that none is cached.
        pairs = list(zip(channels, starts, strict=False))
        before = server.counts()
        invoke("ours", server, [[window(channel, start)] for channel, start in pairs])
        after = server.counts()
        reads, shares = [], []
        for channel, start in pairs:
            key = archive.object_name(channel)
            requests, size = (
                now - then for now, then in zip(after[key], before.get(key, (0, 0)), strict=True)
            )
            reads.append(requests)
            shares.append(size / archive.path_of(channel).stat().st_size)
            _log(f"  {start}: {requests} reads, {size:,} bytes, {shares[-1]:.2%}")
        measured = (
            f"100% / {max(shares):.1%} of the object at most, {statistics.median(shares):.1%} in"
            f" the median; {' to '.join(map(str, sorted({min(reads), max(reads)})))} reads"
        )
        yield Row(name, 1 / max(shares), measured)


def one_window(server: ServerProcess, network: Network, rounds: int) -> Row:
    """Measure one window of five minutes."""
    windows = [window(ORDINARY[0], DAY.starttime + TIMES_OF_DAY[3])]
    return _compare(f"5 minutes, {network.name}", server, network, windows, rounds)


def hundred_windows(server: ServerProcess, rounds: int) -> Row:
    """Measure a request for a hundred windows of one minute on thirty objects."""
    channels, at = [*ORDINARY, *SHAKEN], random.Random(1)
    windows = [
        window(channels[number % 30], DAY.starttime + at.uniform(1, 86_000), HUNDRED_S)
        for number in range(100)
    ]
    name = "100 windows of 30 objects, in the region"
    return _compare(name, server, REGION, windows, rounds)


def encoding() -> Iterator[Row]:
    """Measure encoding six hours at 100 Hz as JSON."""
    _log("JSON")
    seconds = run_module("benchmarks.windows.json_encoding")
    for kind, name in (("whole", "without gaps"), ("gaps", "with gaps")):
        ours, peer = seconds[kind]["ours"], seconds[kind]["tutorial"]
        measured = f"{peer:.3f} / {ours:.3f} s of processor time"
        yield Row(f"6 hours at 100 Hz as JSON, {name}", peer / ours, measured)


def window(channel: ChannelId, start: UTCDateTime, length_s: float = WINDOW_S) -> dict[str, str]:
    """Return a window of a request."""
    return {
        "Network": channel.network,
        "Station": channel.station,
        "Channel": channel.channel,
        "Location": channel.location.ljust(2),
        "Starttime": str(start),
        "Endtime": str(start + length_s),
    }


def invoke(side: str, endpoint: ServerProcess, requests: Sequence[Windows]) -> list[dict[str, Any]]:
    """Invoke one side with each request in a new process; see `invocations`."""
    results: list[dict[str, Any]] = run_module(
        "benchmarks.windows.invocations",
        side,
        content=json.dumps(requests),
        AWS_ENDPOINT_URL_S3=endpoint.url,
        AWS_ACCESS_KEY_ID="local",
        AWS_SECRET_ACCESS_KEY="local",
        AWS_EC2_METADATA_DISABLED="true",
    )
    return results


def table(rows: Sequence[Row]) -> str:
    """Return the rows as a table in Markdown."""
    cells = [[row.measure, f"{row.ratio:.2f}", row.measured] for row in rows]
    return markdown.table(["measure (the tutorial's / ours)", "ratio", "measured"], cells)


def _compare(
    name: str, server: ServerProcess, network: Network, windows: Windows, rounds: int
) -> Row:
    """Send one request to both functions in turn, and compare the median seconds.

    Raises:
        RuntimeError: their samples differ.
    """
    seconds: dict[str, list[float]] = {"tutorial": [], "ours": []}
    down: dict[str, int] = {}
    digests = set()
    with network.before(server) as endpoint:
        for number in range(rounds):
            for side in seconds:
                before = endpoint.counts()["down"]
                (reply,) = invoke(side, endpoint, [windows])
                down[side] = endpoint.counts()["down"] - before
                seconds[side].append(reply["seconds"])
                digests.add(reply["digest"])
                _log(f"{name}, round {number + 1}: {side} {reply['seconds']:.3f} s")
    if len(digests) > 1:
        raise RuntimeError(f"{name}: the samples differ")
    peer, ours = (statistics.median(seconds[side]) for side in ("tutorial", "ours"))
    megabytes = f"{down['tutorial'] / 1e6:,.1f} / {down['ours'] / 1e6:,.1f} MB"
    return Row(name, peer / ours, f"{peer:.2f} / {ours:.2f} s, {megabytes}")


def _log(text: str) -> None:
    sys.stderr.write(f"{text}\n")


if __name__ == "__main__":
    main()
