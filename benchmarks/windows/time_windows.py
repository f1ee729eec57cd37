"""Time windows against the tutorial's function: bytes, seconds, JSON, cold start.

Both functions read the same generated days from the same S3 server through the same slow network;
each is invoked in a process of its own. The server is a small one of our own, as the time that
moto takes for a request would count as the network's; see `object_server`, `slow_network`.
"""

import json
import os
import random
import statistics
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from obspy import UTCDateTime

from benchmarks.windows import own_limits, window_archive
from benchmarks.windows.window_archive import DAY, EARTHQUAKE, ORDINARY, SHAKEN
from local.cloud.emulator import PROJECT
from local.cloud.helper_process import Service
from shared.archive.channel_id import ChannelId

COLD_ROUNDS = 21  # they differ by a third among themselves
WINDOW_S = 300.0
HUNDRED_S = 60.0  # a hundred windows of five minutes are more than one reply may hold

# Times of day, s after midnight, and times around the earthquake's onset, s after it.
TIMES_OF_DAY = (0, 11_111, 25_000, 37_020, 43_200, 61_234, 75_000, 86_100)
AROUND_EARTHQUAKE = (-7200, -280, -10, 600, 3600, 30_000)

Windows = list[dict[str, str]]


@dataclass(frozen=True)
class Network:
    """Between the functions and S3: round trip time in s, bandwidth in bytes/s."""

    name: str
    round_trip_s: float
    bandwidth: float

    def before(self, server: Service) -> Service:
        """The network in front of a server, in a process of its own."""
        arguments = (server.port, self.round_trip_s, self.bandwidth)
        return Service("benchmarks.servers.slow_network", *map(str, arguments))


REGION = Network("in the region, 20 ms, 80 MB/s", 0.020, 80e6)
HOME = Network("home line, 40 ms, 2.5 MB/s", 0.040, 2.5e6)
UNBOUNDED = Network("unbounded", 0.0, float("inf"))


@dataclass(frozen=True)
class Row:
    """A line of the table; `ratio` is the first of the measured figures by the second."""

    measure: str
    ratio: float
    measured: str


def main() -> None:
    """Measure everything, and print the table."""
    folder = window_archive.write_archive(_say)
    with Service("benchmarks.servers.object_server", str(folder)) as server:
        with UNBOUNDED.before(server) as endpoint:
            for name, service in (("server", server), ("server and network", endpoint)):
                _say(f"{name} alone: {own_limits.of(service.port)}")
        rows = [
            *fetched(server),
            one_window(server, REGION, rounds=9),
            one_window(server, HOME, rounds=3),
            hundred_windows(server, rounds=3),
        ]
    rows += [*encoding(), cold_start()]
    sys.stdout.write(table(rows))


def fetched(server: Service) -> Iterator[Row]:
    """How much of an object five minutes of it take, by the server's own count."""
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
        _say(name)
        # Each from another station's object, so that nothing is known of it yet.
        pairs = list(zip(channels, starts, strict=False))
        before = server.counts()
        invoke("ours", server, [[window(channel, start)] for channel, start in pairs])
        after = server.counts()
        reads, shares = [], []
        for channel, start in pairs:
            key = window_archive.object_name(channel)
            requests, size = (
                now - then for now, then in zip(after[key], before.get(key, (0, 0)), strict=True)
            )
            reads.append(requests)
            shares.append(size / window_archive.path_of(channel).stat().st_size)
            _say(f"  {start}: {requests} reads, {size:,} bytes, {shares[-1]:.2%}")
        measured = (
            f"100% / {max(shares):.1%} of the object at most, {statistics.median(shares):.1%} in"
            f" the median; {' to '.join(map(str, sorted({min(reads), max(reads)})))} reads"
        )
        yield Row(name, 1 / max(shares), measured)


def one_window(server: Service, network: Network, rounds: int) -> Row:
    """Five minutes in one request."""
    windows = [window(ORDINARY[0], DAY.starttime + TIMES_OF_DAY[3])]
    return _against(f"5 minutes, {network.name}", server, network, windows, rounds)


def hundred_windows(server: Service, rounds: int) -> Row:
    """A hundred windows of a minute on thirty objects, in one request."""
    channels, at = [*ORDINARY, *SHAKEN], random.Random(1)
    windows = [
        window(channels[number % 30], DAY.starttime + at.uniform(1, 86_000), HUNDRED_S)
        for number in range(100)
    ]
    name = "100 windows of 30 objects, in the region"
    return _against(name, server, REGION, windows, rounds)


def encoding() -> Iterator[Row]:
    """Six hours at 100 Hz as JSON."""
    _say("JSON")
    found = _in_own_process("benchmarks.windows.window_json")
    for kind, name in (("whole", "without gaps"), ("gaps", "with gaps")):
        ours, peer = found[kind]["ours"], found[kind]["tutorial"]
        measured = f"{peer:.3f} / {ours:.3f} s of computing"
        yield Row(f"6 hours at 100 Hz as JSON, {name}", peer / ours, measured)


def cold_start() -> Row:
    """Our function's modules and S3 client against ObsPy's, boto3's and an S3 client."""
    seconds: dict[str, list[float]] = {"ours": [], "bare": []}
    computing: dict[str, list[float]] = {"ours": [], "bare": []}
    for number in range(COLD_ROUNDS + 1):
        _say(f"cold start, round {number} of {COLD_ROUNDS}")
        for side in seconds:
            found = _in_own_process("benchmarks.windows.cold_start", side)
            if number:  # the first ones compile, and read from disk
                seconds[side].append(found["seconds"])
                computing[side].append(found["cpu_s"])
    ours, bare = (statistics.median(seconds[side]) for side in ("ours", "bare"))
    ours_cpu, bare_cpu = (statistics.median(computing[side]) for side in ("ours", "bare"))
    measured = f"{ours:.3f} / {bare:.3f} s, of that computing {ours_cpu:.3f} / {bare_cpu:.3f} s"
    return Row("cold start, ours / ObsPy and boto3 alone", ours / bare, measured)


def window(channel: ChannelId, start: UTCDateTime, length_s: float = WINDOW_S) -> dict[str, str]:
    """A window of a request."""
    return {
        "Network": channel.network,
        "Station": channel.station,
        "Channel": channel.channel,
        "Location": channel.location.ljust(2),
        "Starttime": str(start),
        "Endtime": str(start + length_s),
    }


def invoke(side: str, endpoint: Service, requests: Sequence[Windows]) -> list[dict[str, Any]]:
    """Answer requests one after the other in a process of its own; see `window_answers`."""
    found: list[dict[str, Any]] = _in_own_process(
        "benchmarks.windows.window_answers",
        side,
        content=json.dumps(requests),
        AWS_ENDPOINT_URL_S3=endpoint.url,
        AWS_ACCESS_KEY_ID="local",
        AWS_SECRET_ACCESS_KEY="local",
        AWS_EC2_METADATA_DISABLED="true",
    )
    return found


def table(rows: Sequence[Row]) -> str:
    """The rows as Markdown."""
    lines = ["| measure (the tutorial's / ours) | ratio | measured |", "| --- | --- | --- |"]
    lines += [f"| {row.measure} | {row.ratio:.2f} | {row.measured} |" for row in rows]
    return "\n".join(lines) + "\n"


def _against(name: str, server: Service, network: Network, windows: Windows, rounds: int) -> Row:
    """One request to both functions in turns; medians of the seconds.

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
                _say(f"{name}, round {number + 1}: {side} {reply['seconds']:.3f} s")
    if len(digests) > 1:
        raise RuntimeError(f"{name}: the samples differ")
    peer, ours = (statistics.median(seconds[side]) for side in ("tutorial", "ours"))
    megabytes = f"{down['tutorial'] / 1e6:,.1f} / {down['ours'] / 1e6:,.1f} MB"
    return Row(name, peer / ours, f"{peer:.2f} / {ours:.2f} s, {megabytes}")


def _in_own_process(module: str, *arguments: str, content: str = "", **environment: str) -> Any:
    """What a module writes as JSON."""
    done = subprocess.run(
        [sys.executable, "-m", module, *arguments],
        cwd=PROJECT,
        input=content,
        stdout=subprocess.PIPE,
        text=True,
        check=True,
        env={**os.environ, **environment},
    )
    return json.loads(done.stdout)


def _say(text: str) -> None:
    sys.stderr.write(f"{text}\n")


if __name__ == "__main__":
    main()
