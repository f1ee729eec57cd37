"""`make serve`, from a shell until Ctrl-C."""

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import boto3
import pytest

from tests.support.commands import PROJECT, command_environment, free_port

INVOCATIONS = "2015-03-31/functions/function/invocations"
START_S = 600  # the archive may have to be made


@dataclass
class Served:
    """A `make serve` that serves."""

    process: subprocess.Popen[str]
    port: int
    said: list[str]

    @property
    def url(self) -> str:
        return f"http://localhost:{self.port}/{INVOCATIONS}"

    def interrupt(self) -> None:
        """What Ctrl-C does: the terminal sends it to the whole process group."""
        os.killpg(self.process.pid, signal.SIGINT)
        self.said += self.process.communicate(timeout=300)[0].splitlines()


def make_serve(function: str, port: int, log: IO[bytes]) -> "subprocess.Popen[str]":
    """Start it as a shell does, in a process group of its own.

    It uses the environment that the tests run in, as it is.
    """
    environment = ["-o", f"{sys.prefix}/ready", f"VENV={sys.prefix}"]
    return subprocess.Popen(
        ["make", *environment, "serve", f"FUNCTION={function}", f"PORT={port}"],
        cwd=PROJECT,
        env=command_environment(),
        stdout=subprocess.PIPE,
        stderr=log,
        text=True,
        start_new_session=True,
    )


@contextlib.contextmanager
def serving(function: str, log: IO[bytes]) -> Iterator[Served]:
    """`make serve` of a function on a free port, from when it says so; ended in any case."""
    port = free_port()
    process = make_serve(function, port, log)
    served = Served(process, port, [])
    end = threading.Timer(START_S, os.killpg, (process.pid, signal.SIGTERM))
    end.start()
    try:
        assert process.stdout
        for line in process.stdout:
            served.said.append(line.rstrip("\n"))
            if "Ctrl-C" in line:
                break
        end.cancel()
        assert "Ctrl-C" in served.said[-1], (served.said, Path(log.name).read_text())
        yield served
    finally:
        end.cancel()
        end.join()
        if process.poll() is None:
            served.interrupt()
        process.communicate()


def descendants(pid: int) -> set[int]:
    """A process and all that it started."""
    parents: dict[int, int] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):  # it ended meanwhile
            content = stat.read_text()
            parents[int(stat.parent.name)] = int(content.rpartition(")")[2].split()[1])
    found = {pid}
    while more := {child for child, parent in parents.items() if parent in found} - found:
        found |= more
    return found


def alive(pids: set[int]) -> list[str]:
    """The commands of those processes that still run, some seconds given to end."""
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
    """The README's line."""
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
    with serving("timewindow", log) as served:
        assert any(
            f"The timewindow function: http://127.0.0.1:{served.port}/" in line
            for line in served.said
        )

        outputs = [tmp_path / name for name in ("one.json", "two.json", "three.json")]
        assert curl(served.url, outputs[0]).wait(timeout=300) == 0
        # Two at the same time: the emulator alone dies of the second one.
        together = [curl(served.url, output) for output in outputs[1:]]
        assert [call.wait(timeout=300) for call in together] == [0, 0]
        replies: list[Any] = [json.loads(output.read_text()) for output in outputs]
        assert [len(window["data"]) for window in replies[0]] == [12_000, 12_000]
        assert replies[1:] == [replies[0], replies[0]]

        pids = descendants(served.process.pid)
        assert len(pids) >= 4  # make, the program, the emulator, the function
        served.interrupt()

    assert alive(pids) == []
    assert "Ended." in served.said
    with socket.create_server(("127.0.0.1", served.port)):
        pass  # the port is free again
    # make ends as a program does that Ctrl-C ends, and says so.
    assert served.process.returncode in (-signal.SIGINT, 2, 130)
    said = (tmp_path / "serve.log").read_text()
    assert "Traceback" not in said
    assert "KeyboardInterrupt" not in said


def test_the_response_function_has_a_queue(log: IO[bytes]) -> None:
    with serving("response", log) as served:
        (line,) = [line for line in served.said if line.startswith("Its queue, local-jobs")]
        session = boto3.Session("local", "local", region_name="us-west-2")
        endpoint = line.split()[-1]
        assert endpoint == f"http://127.0.0.1:{served.port + 1}"
        sqs, s3 = (session.client(name, endpoint_url=endpoint) for name in ("sqs", "s3"))
        jobs, dead_letters = (
            sqs.get_queue_url(QueueName=f"local-{name}")["QueueUrl"]
            for name in ("jobs", "dead-letters")
        )
        for day in ("2024,001", "2024,002"):  # the archive of the demo has no second one
            body = json.dumps({"day": day, "nscl": "CI.BOM.BHZ."})
            sqs.send_message(QueueUrl=jobs, MessageBody=body)

        (dead,) = received(sqs, dead_letters)
        assert json.loads(dead["Body"])["day"] == "2024,002"
        assert dead["MessageAttributes"]["ErrorType"]["StringValue"] == "NoWaveformError"
        (written,) = s3.list_objects_v2(Bucket="corrected-waveforms")["Contents"]
        assert written["Key"] == "noresp/2024/2024_001/CIBOM__BHZ___2024001.ms"


def received(sqs: Any, queue_url: str) -> list[Any]:
    """The next message of a queue, waited for."""
    deadline = time.monotonic() + START_S
    while time.monotonic() < deadline:
        found = sqs.receive_message(
            QueueUrl=queue_url, WaitTimeSeconds=1, MessageAttributeNames=["All"]
        )
        if messages := found.get("Messages"):
            return list(messages)
    return []


def test_it_ends_with_sigterm(log: IO[bytes], tmp_path: Path) -> None:
    """As a service manager, or `kill`, ends it."""
    command = [sys.executable, "-m", "local.serve", "response", "--port", str(free_port())]
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


def test_a_taken_port_is_told(log: IO[bytes], tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        process = make_serve("timewindow", port, log)
        process.communicate(timeout=START_S)
    assert process.returncode == 2  # make's own, for a recipe that failed
    said = (tmp_path / "serve.log").read_text()
    assert f"error: port {port} cannot be had: " in said
    assert "in use" in said
    assert "Traceback" not in said


def test_a_function_that_is_none_is_told(log: IO[bytes], tmp_path: Path) -> None:
    process = make_serve("peak", free_port(), log)
    process.communicate(timeout=START_S)
    assert process.returncode == 2
    said = (tmp_path / "serve.log").read_text()
    assert "invalid choice: 'peak'" in said
    assert "Traceback" not in said
