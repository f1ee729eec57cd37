"""The comparison with the tutorial: its archive, and the same samples from both functions."""

import io
import subprocess
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import obspy
import pytest

from benchmarks.servers.server_process import ServerProcess
from benchmarks.servers.slow_network import SlowNetwork
from benchmarks.windows import against_tutorial, archive, json_encoding, server_speed, tutorial
from benchmarks.windows.archive import DAY, EARTHQUAKE, ORDINARY, SHAKEN
from tests.support.builders import make_trace, mseed

START = DAY.starttime + 0.0083


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return an archive with twenty minutes of each of two channels."""
    for seed, channel in enumerate(ORDINARY[:2]):
        data = np.random.default_rng(seed).integers(-500, 500, 120_000)
        path = tmp_path / archive.object_name(channel)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(mseed(make_trace(f"{channel.nscl}", str(START), data, 100.0)))
    return tmp_path


@pytest.fixture
def server(folder: Path) -> Iterator[ServerProcess]:
    with ServerProcess("benchmarks.servers.object_server", str(folder)) as server:
        yield server


def test_both_sides_answer_the_same(server: ServerProcess, folder: Path) -> None:
    windows = [against_tutorial.window(channel, START + 60, 30.0) for channel in ORDINARY[:2]]
    requests = [windows, windows[:1]]
    (ours, our_first), (peers, its_first) = (
        against_tutorial.invoke(side, server, requests) for side in ("ours", "tutorial")
    )
    assert ours["digest"] == peers["digest"] != our_first["digest"] == its_first["digest"]
    assert min(ours["seconds"], peers["seconds"]) > 0


def test_a_window_that_fails_is_no_measurement(server: ServerProcess) -> None:
    with pytest.raises(subprocess.CalledProcessError):
        against_tutorial.invoke("ours", server, [[against_tutorial.window(SHAKEN[0], START)]])


def test_samples_that_differ_are_no_measurement(
    server: ServerProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    replies = iter([{"seconds": 3.0, "digest": "a"}, {"seconds": 1.0, "digest": "b"}])
    monkeypatch.setattr(against_tutorial, "invoke", lambda *_: [next(replies)])
    with pytest.raises(RuntimeError, match="the samples differ"):
        against_tutorial.one_window(server, against_tutorial.UNBOUNDED, rounds=1)


def test_ratios_are_of_medians(server: ServerProcess, monkeypatch: pytest.MonkeyPatch) -> None:
    replies = iter([{"seconds": s, "digest": "a"} for s in (3.0, 1.0, 2.0, 0.1, 9.0, 0.5)])
    monkeypatch.setattr(against_tutorial, "invoke", lambda *_: [next(replies)])
    row = against_tutorial.one_window(server, against_tutorial.REGION, rounds=3)
    head, line, text = against_tutorial.table([row]).splitlines()
    assert text == (
        "| 5 minutes, in the region, 20 ms, 80 MB/s | 6.00 | 3.00 / 0.50 s, 0.0 / 0.0 MB |"
    )
    assert head.count("|") == line.count("|") == text.count("|")


def test_a_hundred_windows_are_of_thirty_objects(monkeypatch: pytest.MonkeyPatch) -> None:
    requests = []
    monkeypatch.setattr(
        against_tutorial, "_compare", lambda *arguments: requests.append(arguments[3])
    )
    against_tutorial.hundred_windows(None, rounds=1)
    (windows,) = requests
    assert len(windows) == 100
    assert len({item["Station"] for item in windows}) == 30
    assert {item["Starttime"][:10] for item in windows} == {"2019-07-06"}
    assert {item["Endtime"][:10] for item in windows} == {"2019-07-06"}


def test_the_tutorials_function_sent_directly(folder: Path, server: ServerProcess) -> None:
    class Client:
        def download_file(self, bucket: str, key: str, path: str) -> None:
            Path(path).write_bytes((folder / bucket / key).read_bytes())

    window = against_tutorial.window(ORDINARY[1], START + 1, 2.0)
    (found,) = tutorial.handler({"Windows": [window]}, Client())
    assert (found["station"], found["starttime"], len(found["data"])) == (
        "ORD01",
        "2019-07-06T00:00:01.008300Z",
        201,
    )


def test_the_archive(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "FOLDER", tmp_path / "windows")
    monkeypatch.setattr(archive, "_NPTS", 2_000_000)  # five and a half hours
    lines: list[str] = []
    folder = archive.write_archive(lines.append)
    assert len(lines) == 2
    assert len(list(folder.rglob("*.ms"))) == 30
    for channel in (ORDINARY[0], ORDINARY[23], SHAKEN[0], SHAKEN[5]):
        content = archive.path_of(channel).read_bytes()
        (trace,) = obspy.read(io.BytesIO(content))
        assert trace.id == channel.seed_id
        assert (trace.stats.npts, trace.stats.sampling_rate) == (2_000_000, 100.0)
        assert trace.stats.starttime == START
        assert (trace.stats.mseed.record_length, trace.stats.mseed.encoding) == (512, "STEIM2")
    rows = np.frombuffer(content, np.uint8).reshape(-1, 512)
    samples = rows[:, 30].astype(int) * 256 + rows[:, 31]  # the number of samples of each record
    onset = np.searchsorted(np.cumsum(samples), (EARTHQUAKE - START) * 100)
    assert samples[onset - 200 : onset - 1].mean() > 2 * samples[onset + 1 : onset + 200].mean()
    archive.write_archive(lines.append)
    assert len(lines) == 2  # it was kept


def test_json_is_measured_on_the_same_samples(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archive, "FOLDER", folder)
    monkeypatch.setattr(json_encoding, "_HOURS", (0.1, 0.2))
    for gaps_s in ({}, {10: 7}):
        found = json_encoding.measure(gaps_s)
        assert found.keys() == {"ours", "tutorial"}
        assert min(found.values()) > 0


def test_the_servers_own_speed_is_described(server: ServerProcess) -> None:
    with SlowNetwork(server.port, 0.0, float("inf")) as network:
        assert server_speed.describe(network.port).endswith(" MB/s")
