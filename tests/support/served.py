"""`make serve` in its own process group, as a shell starts it."""

import contextlib
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from tests.support.commands import PROJECT, command_environment, free_port

INVOCATIONS = "2015-03-31/functions/function/invocations"
START_S = 600
"""Time-out of a start, in s; it may have to generate the archive first."""


@dataclass
class Served:
    """A running `make serve`.

    Attributes:
        process: the process, which leads its own group.
        port: the function's port.
        lines: the output so far.
    """

    process: subprocess.Popen[str]
    port: int
    lines: list[str]

    @property
    def url(self) -> str:
        """The function's URL, as in AWS's documentation."""
        return f"http://localhost:{self.port}/{INVOCATIONS}"

    def url_of(self, function: str) -> str:
        """Return the URL of one of several functions."""
        return f"http://localhost:{self.port}/2015-03-31/functions/{function}/invocations"

    @property
    def http_url(self) -> str:
        """The URL of the HTTP API."""
        return f"http://localhost:{self.port + 2}"

    def interrupt(self) -> None:
        """Press Ctrl-C: the terminal sends SIGINT to the whole process group."""
        os.killpg(self.process.pid, signal.SIGINT)
        self.lines += self.process.communicate(timeout=300)[0].splitlines()


def make_serve(port: int, log: IO[bytes], **variables: object) -> "subprocess.Popen[str]":
    """Start `make serve` in a process group of its own and in the tests' environment.

    Its results go beside the log, unless a variable names another folder.
    """
    environment = ["-o", f"{sys.prefix}/ready", f"VENV={sys.prefix}"]
    given = {"PORT": port, "RESULTS": Path(log.name).with_name("results"), **variables}
    return subprocess.Popen(
        ["make", *environment, "serve", *(f"{name}={value}" for name, value in given.items())],
        cwd=PROJECT,
        env=command_environment(),
        stdout=subprocess.PIPE,
        stderr=log,
        text=True,
        start_new_session=True,
    )


@contextlib.contextmanager
def serving(log: IO[bytes], **variables: object) -> Iterator[Served]:
    """Run `make serve` on a free port with variables of make; yield it once it is ready."""
    port = free_port()
    process = make_serve(port, log, **variables)
    served = Served(process, port, [])
    end = threading.Timer(START_S, os.killpg, (process.pid, signal.SIGTERM))
    end.start()
    try:
        assert process.stdout
        for line in process.stdout:
            served.lines.append(line.rstrip("\n"))
            if "Ctrl-C" in line:
                break
        end.cancel()
        assert "Ctrl-C" in served.lines[-1], (served.lines, Path(log.name).read_text())
        yield served
    finally:
        end.cancel()
        end.join()
        if process.poll() is None:
            served.interrupt()
        process.communicate()
