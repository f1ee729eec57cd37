"""`make try`: a day of an archive corrected, a window of it read, and both drawn."""

import json
import re
import sys
from pathlib import Path

import numpy as np
import obspy
import pytest

from local.cloud.s3_server import S3Server
from local.try_out import main
from tests.support.builders import make_trace, mseed, noise, put_station
from tests.support.commands import DemoRun, free_port, run_command

NPTS = 40_000


@pytest.fixture
def own(tmp_path: Path) -> Path:
    folder = tmp_path / "own"
    folder.mkdir()
    traces = [
        make_trace("CI.BOM.BHZ.", "2024-01-01T02:00:00", noise(NPTS)),
        make_trace("CI.BOM.BHZ.", "2024-01-01T02:20:00", noise(NPTS, seed=2)),
    ]
    (folder / "day").write_bytes(mseed(*traces))
    (folder / "no.txt").write_text("text")
    return folder


def try_out(own: Path, tmp_path: Path, *options: str) -> DemoRun:
    port = str(free_port())
    command = [sys.executable, "-m", "local.try_out", "--archive", str(own), "--port", port]
    folders = ["--results", str(tmp_path / "results"), "--output", str(tmp_path)]
    done = run_command(*command, *folders, *options)
    output = tmp_path / "output.json"
    windows = json.loads(output.read_text()) if output.exists() else []
    return DemoRun(done.returncode, done.stdout, done.stderr, tmp_path, windows)


def test_a_day_with_a_gap(own: Path, tmp_path: Path, archive: S3Server) -> None:
    (own / "BOM.xml").write_bytes(put_station(archive, "CI", "BOM", BHZ=40.0))
    done = try_out(own, tmp_path)
    assert (done.status, done.stderr) == (0, "")
    assert f"note: {own}/no.txt: neither miniSEED nor StationXML" in done.stdout
    assert f"recorded   CI.BOM..BHZ, 2024,001, {2 * NPTS:,} samples" in done.stdout
    opened = re.search(r"open it with obspy\.read\('(.*)'\)", done.stdout)
    assert opened
    assert [len(trace) for trace in obspy.read(opened[1])] == [NPTS, NPTS]
    (window,) = done.windows
    middle = NPTS // 2 - 30 * 40
    expected = noise(NPTS).astype(np.int32)[middle : middle + 60 * 40 + 1]
    assert np.abs(len(window["data"]) - len(expected)) <= 1
    assert window["data"][1:-1] == expected[: len(window["data"])][1:-1].tolist()
    assert (tmp_path / "try.png").read_bytes().startswith(b"\x89PNG")


def test_a_folder_without_stationxml(own: Path, tmp_path: Path) -> None:
    done = try_out(own, tmp_path)
    assert (done.status, done.stderr) == (0, "")
    assert "no StationXML, so time windows in counts only" in done.stdout
    assert len(done.windows) == 1
    assert (tmp_path / "try.png").is_file()
    assert not list((tmp_path / "results").rglob("*.ms"))


def test_a_day_that_is_not_there(own: Path, tmp_path: Path) -> None:
    done = try_out(own, tmp_path, "--day", "2024,002", "--nscl", "CI.BOM.BHZ.")
    assert done.status == 1
    assert done.stderr.startswith("error: CI.BOM.BHZ. on 2024,002: the archive answers ")
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--day", "2024,001"], "DAY and NSCL: give both, or neither"),
        (["--day", "2024,400", "--nscl", "CI.BOM.BHZ."], "2024 has days 001 to 366"),
    ],
)
def test_a_wrong_day_is_named(
    own: Path,
    tmp_path: Path,
    options: list[str],
    message: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    port = ["--port", str(free_port())]
    words = ["try", "--archive", str(own), "--output", str(tmp_path), *port, *options]
    monkeypatch.setattr(sys, "argv", words)
    with pytest.raises(SystemExit, match=f"error: .*{message}"):
        main()
