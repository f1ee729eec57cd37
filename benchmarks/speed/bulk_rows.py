"""The row of ObsPy's clients: windows of many channels over HTTP, and from local files."""

import os
import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from unittest.mock import patch

from obspy import Stream
from obspy.clients.fdsn import Client
from obspy.clients.filesystem.sds import Client as LocalClient

from benchmarks.generated_day import HEADER
from benchmarks.servers.generated_archive import DAY, channel, fill
from benchmarks.servers.server_process import ServerProcess
from benchmarks.speed.function import environment
from benchmarks.speed.target import Row
from shared.archive.channel_id import ChannelId
from shared.archive.scedc import SCEDC

_WINDOWS, _RATE, _SECONDS, _ROUNDS = 20, 100.0, 300, 7
_BEGIN = HEADER["starttime"] + 36_000
"""A sample of all days, so that both clients deliver the same samples."""


@dataclass(frozen=True)
class Times:
    """The times of one client, in s.

    Attributes:
        first: of the first round, wall clock.
        seconds: median of the others, wall clock.
        cpu_seconds: median of the others, processor time of the client and of the function.
    """

    first: float
    seconds: float
    cpu_seconds: float


def bulk() -> Row:
    """Measure `get_waveforms_bulk` of both clients in turn.

    Raises:
        RuntimeError: their waveforms differ.
    """
    served, local = measure(_WINDOWS, _RATE, _ROUNDS)
    figures = served.seconds / local.seconds, served.cpu_seconds / local.cpu_seconds
    compared = (
        f"`get_waveforms_bulk` of {_WINDOWS} channels, {_SECONDS} s each of a known 100 Hz day,"
        " over HTTP / ObsPy's filesystem client on local files, wall clock / processor time"
    )
    each = (
        f"{1000 * served.seconds:.0f} / {1000 * local.seconds:.0f} ms",
        f"{1000 * served.cpu_seconds:.0f} / {1000 * local.cpu_seconds:.0f} ms",
        f"the first request in a new process {served.first:.2f} s",
    )
    return Row("ObsPy, 20 windows", compared, figures, (1, 1), detail=", ".join(each))


def measure(windows: int, sampling_rate: float, rounds: int) -> tuple[Times, Times]:
    """Measure both clients, one round of each in turn.

    Args:
        windows: the number of windows, each of another channel.
        sampling_rate: of the channels, in Hz.
        rounds: how often, after a first round.

    Returns:
        The times of the client over HTTP, and of that on local files.

    Raises:
        RuntimeError: their waveforms differ.
    """
    channels = [channel(sampling_rate, number) for number in range(windows)]
    asked = [
        (name.network, name.station, name.location, name.channel, _BEGIN, _BEGIN + _SECONDS)
        for name in channels
    ]
    with TemporaryDirectory() as folder:
        _fill(Path(folder), channels, sampling_rate)
        with _front(folder) as front:
            served, local = Client(front.url), LocalClient(str(Path(folder, "sds")))
            turns: list[list[tuple[float, float, Stream]]] = [[], []]
            for _ in range(rounds + 1):
                turns[0].append(_round(served, asked, lambda: front.counts()["cpu_seconds"]))
                turns[1].append(_round(local, asked, float))
    _check_same(*(each[-1][2] for each in turns))
    over_http, on_files = map(_times, turns)
    return over_http, on_files


@contextmanager
def _front(folder: str) -> Iterator[ServerProcess]:
    """Serve the archive in a folder, and the function in front of it."""
    with ServerProcess("benchmarks.servers.object_server", folder) as server:
        with patch.dict(os.environ, environment(server)):
            front = ServerProcess("benchmarks.speed.function_front", "timewindow")
        with front:
            yield front


def _fill(folder: Path, channels: Sequence[ChannelId], sampling_rate: float) -> None:
    """Write the archive's objects, and the same files in the layout of ObsPy's client."""

    def put(key: str, content: bytes) -> None:
        path = folder / SCEDC.bucket / key
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)

    fill(put, len(channels), [sampling_rate])
    for name in channels:
        codes = f"{name.network}.{name.station}.{name.location}.{name.channel}"
        year, day = DAY.starttime.year, DAY.starttime.julday
        path = folder / "sds" / str(year) / name.network / name.station / f"{name.channel}.D"
        path.mkdir(parents=True)
        file = path / f"{codes}.D.{year}.{day:03d}"
        file.hardlink_to(folder / SCEDC.bucket / SCEDC.waveform_key(name, DAY))


def _round(
    client: Any, asked: list[Any], server_seconds: Callable[[], float]
) -> tuple[float, float, Stream]:
    """Return the wall clock and the processor time of one request in s, and the waveforms."""
    before = server_seconds()
    begun, computed = time.perf_counter(), time.process_time()
    stream = client.get_waveforms_bulk(asked)
    seconds, cpu_seconds = time.perf_counter() - begun, time.process_time() - computed
    return seconds, cpu_seconds + server_seconds() - before, stream


def _times(turns: list[tuple[float, float, Stream]]) -> Times:
    first, *known = turns
    return Times(first[0], *(statistics.median(turn[at] for turn in known) for at in (0, 1)))


def _check_same(served: Stream, local: Stream) -> None:
    pairs = zip(served.sort(), local.sort(), strict=True)
    same = all(
        (one.id, one.stats.starttime) == (other.id, other.stats.starttime)
        and one.data.tobytes() == other.data.tobytes()
        for one, other in pairs
    )
    if not same:
        raise RuntimeError("the waveforms of both clients differ")
