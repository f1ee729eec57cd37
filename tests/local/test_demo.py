"""The demo, run once as a command: its output, its files, its picture."""

import re
import socket
import struct
import sys
from pathlib import Path

import numpy as np

from tests.support.commands import PROJECT, DemoRun, run_command


def test_it_ends_well(demo_run: DemoRun) -> None:
    assert (demo_run.status, demo_run.stderr) == (0, "")
    last = demo_run.stdout.splitlines()[-1]
    assert "Done: both functions ran, and the ground motion was recovered." in last


def test_it_says_what_came_out(demo_run: DemoRun) -> None:
    """The README shows these lines."""
    for line in (
        r"went in    ground velocity, peak \d\.\d{3}e-05 m/s",
        r"recorded   CI\.SOC\.\.HHZ, 8,640,000 samples, peak [\d,]+ counts",
        r"came out   ground velocity, peak \d\.\d{3}e-05 m/s",
        r"error      \d\.\d\de-\d\d of the true motion \(rms, 0\.05 to 20\.0 Hz\)",
        r"window     CI\.BOM\.\.BHZ, 12,000 samples, 0 of them missing",
        r"window     CI\.BOM\.\.BHN, 12,000 samples, 800 of them missing",
        rf"picture    {re.escape(str(demo_run.folder / 'demo.png'))}",
    ):
        assert len(re.findall(f"^{line}$", demo_run.stdout, re.MULTILINE)) == 1, line


def test_the_true_motion_was_recovered(demo_run: DemoRun) -> None:
    def figure(pattern: str) -> float:
        found = re.search(pattern, demo_run.stdout, re.MULTILINE)
        assert found, pattern
        return float(found[1])

    assert 0 < figure(r"^error +(\S+) of") < 0.01
    went_in, came_out = figure(r"^went in .* peak (\S+)"), figure(r"^came out .* peak (\S+)")
    assert abs(came_out / went_in - 1) < 0.01


def test_it_shows_the_commands_that_it_runs(demo_run: DemoRun) -> None:
    commands = re.findall(r"\] \$ (\S+)", demo_run.stdout)
    assert commands == ["python", "curl"]


def test_windows(demo_run: DemoRun) -> None:
    vertical, north = demo_run.windows
    for window in (vertical, north):
        assert len(window["data"]) == 12_000
        assert window["sampling_rate"] == 40.0
        assert np.ptp([sample for sample in window["data"] if sample is not None]) > 1_000
    assert None not in vertical["data"]
    assert vertical["gaps"] == []
    (gap,) = north["gaps"]
    assert gap["samples"] == north["data"].count(None) == 800


def test_picture(demo_run: DemoRun) -> None:
    check_picture(demo_run.folder / "demo.png")


def test_picture_in_the_readme() -> None:
    check_picture(PROJECT / "docs" / "demo.png")


def check_picture(path: Path) -> None:
    content = path.read_bytes()
    assert content[:8] == b"\x89PNG\r\n\x1a\n"
    assert content[-8:-4] == b"IEND"
    width, height = struct.unpack(">II", content[16:24])
    assert 800 <= width <= 4_000
    assert 500 <= height <= 4_000
    assert 30_000 < len(content) < 1_000_000  # not empty, and small enough for a repository


def test_logs_of_the_functions(demo_run: DemoRun) -> None:
    for function in ("response", "timewindow"):
        log = (demo_run.folder / f"{function}.log").read_text()
        assert "Traceback" not in log


def test_a_taken_port_is_named(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = str(server.getsockname()[1])
        options = ["--port", port, "--output", str(tmp_path)]
        done = run_command(sys.executable, "-m", "local.demo", *options)
    assert done.returncode == 1
    assert done.stderr.startswith(f"error: cannot listen on port {port}: ")
    assert "in use" in done.stderr
    assert done.stderr.count("\n") == 1  # no traceback
