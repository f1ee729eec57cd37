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

import boto3
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
    errors = (tmp_path / "serve.log").read_text()
    assert "Traceback" not in errors
    assert "KeyboardInterrupt" not in errors


def test_the_response_function_has_a_queue(log: IO[bytes]) -> None:
    with serving(log, FUNCTION="response") as served:
        (line,) = [line for line in served.lines if line.startswith("Queues local-jobs")]
        session = boto3.Session("local", "local", region_name="us-west-2")
        endpoint = line.split()[-1]
        assert endpoint == f"http://127.0.0.1:{served.port + 1}"
        sqs, s3 = (session.client(name, endpoint_url=endpoint) for name in ("sqs", "s3"))
        jobs, dead_letters = (
            sqs.get_queue_url(QueueName=f"local-{name}")["QueueUrl"]
            for name in ("jobs", "dead-letters")
        )
        for day in ("2024,001", "2024,002"):  # the demo's archive lacks the second day
            body = json.dumps({"day": day, "nscl": "CI.BOM.BHZ."})
            sqs.send_message(QueueUrl=jobs, MessageBody=body)

        (dead,) = received(sqs, dead_letters)
        assert json.loads(dead["Body"])["day"] == "2024,002"
        assert dead["MessageAttributes"]["ErrorType"]["StringValue"] == "NoWaveformError"
        (written,) = s3.list_objects_v2(Bucket="corrected-waveforms")["Contents"]
        assert written["Key"] == "noresp/2024/2024_001/CIBOM__BHZ___2024001.ms"


def received(sqs: Any, queue_url: str) -> list[Any]:
    """Wait for the next messages of a queue."""
    deadline = time.monotonic() + START_S
    while time.monotonic() < deadline:
        response = sqs.receive_message(
            QueueUrl=queue_url, WaitTimeSeconds=1, MessageAttributeNames=["All"]
        )
        if messages := response.get("Messages"):
            return list(messages)
    return []


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


def test_an_unknown_function_is_named(log: IO[bytes], tmp_path: Path) -> None:
    process = make_serve(free_port(), log, FUNCTION="peak")
    process.communicate(timeout=START_S)
    assert process.returncode == 2
    errors = (tmp_path / "serve.log").read_text()
    assert "error: there is no function 'peak': must be of response, timewindow" in errors
    assert "Traceback" not in errors
