"""`make serve`, started from a shell and stopped with Ctrl-C."""

import contextlib
import json
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

import pytest

from tests.support.commands import PROJECT, command_environment, free_port
from tests.support.served import START_S, make_serve, serving


def descendants(pid: int) -> set[int]:
    """Return a process and all its descendants."""
    parents: dict[int, int] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):  # it has ended
            content = stat.read_text()
            parents[int(stat.parent.name)] = int(content.rpartition(")")[2].split()[1])
    family = {pid}
    while more := {child for child, parent in parents.items() if parent in family} - family:
        family |= more
    return family


def alive(pids: set[int]) -> list[str]:
    """Return the commands of the processes that still run after five seconds."""
    commands = []
    for _ in range(50):
        commands = []
        for pid in pids:
            with contextlib.suppress(OSError):
                if line := Path(f"/proc/{pid}/cmdline").read_bytes():  # a zombie has none
                    commands.append(line.replace(b"\0", b" ").decode())
        if not commands:
            break
        time.sleep(0.1)
    return commands


def curl(url: str, output: Path) -> "subprocess.Popen[str]":
    """Run the README's command."""
    return subprocess.Popen(
        ["curl", "-X", "POST", "-d", "@request.json", url, "-o", str(output)],
        cwd=PROJECT,
        stderr=subprocess.DEVNULL,
        text=True,
    )


@pytest.fixture
def log(tmp_path: Path) -> Iterator[IO[bytes]]:
    with (tmp_path / "serve.log").open("wb") as file:
        yield file


def test_it_serves_until_ctrl_c(log: IO[bytes], tmp_path: Path) -> None:
    with serving(log, FUNCTION="timewindow") as served:
        assert any(
            f"The timewindow function: http://127.0.0.1:{served.port}/" in line
            for line in served.lines
        )

        outputs = [tmp_path / name for name in ("one.json", "two.json", "three.json")]
        assert curl(served.url, outputs[0]).wait(timeout=300) == 0
        # Two at once: without the proxy, the emulator would crash.
        together = [curl(served.url, output) for output in outputs[1:]]
        assert [call.wait(timeout=300) for call in together] == [0, 0]
        replies: list[Any] = [json.loads(output.read_text()) for output in outputs]
        assert [len(window["data"]) for window in replies[0]] == [12_000, 12_000]
        assert replies[1:] == [replies[0], replies[0]]

        pids = descendants(served.process.pid)
        assert len(pids) >= 4  # make, the program, the emulator, the function
        served.interrupt()

    assert alive(pids) == []
    assert "Stopped." in served.lines
    with socket.create_server(("127.0.0.1", served.port)):
        pass  # the port is free again
    # make's own status after Ctrl-C.
    assert served.process.returncode in (-signal.SIGINT, 2, 130)
    (line,) = [line for line in served.lines if line.startswith("The functions' log: ")]
    functions = tmp_path / "results" / f"serve-{served.port}.log"
    assert line.endswith(f": {functions}")
    logged = functions.read_text()
    assert logged.count("REPORT RequestId") == 3
    errors = (tmp_path / "serve.log").read_text()
    assert "RequestId" not in errors  # the lines to type stay in sight
    assert "Traceback" not in errors + logged
    assert "KeyboardInterrupt" not in errors + logged


def test_it_ends_with_sigterm(log: IO[bytes], tmp_path: Path) -> None:
    """SIGTERM is the signal of service managers and of `kill`."""
    options = ["--port", str(free_port()), "--results", str(tmp_path)]
    command = [sys.executable, "-m", "local.serve", *options]
    process = subprocess.Popen(
        command, cwd=PROJECT, env=command_environment(), stdout=subprocess.PIPE, stderr=log
    )
    assert process.stdout
    with process.stdout:
        for line in process.stdout:
            if b"Ctrl-C" in line:
                break
        pids = descendants(process.pid)
        assert len(pids) >= 2
        process.terminate()
        assert process.wait(timeout=300) == 0
    assert alive(pids) == []
    assert (tmp_path / "serve.log").read_text() == ""


def test_a_taken_port_is_named(log: IO[bytes], tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        process = make_serve(port, log)
        process.communicate(timeout=START_S)
    assert process.returncode == 2  # make's own status for a failed recipe
    errors = (tmp_path / "serve.log").read_text()
    assert f"error: cannot listen on port {port}: " in errors
    assert "in use" in errors
    assert "Traceback" not in errors
