"""Commands."""

import contextlib
import importlib.util
import os
import random
import shutil
import socket
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

PROJECT = Path(__file__).parents[2]


NO_ACCOUNT = {
    "AWS_EC2_METADATA_DISABLED": "true",
    "AWS_CONFIG_FILE": "/nonexistent/config",
    "AWS_SHARED_CREDENTIALS_FILE": "/nonexistent/credentials",
}
"""The environment of somebody who has no account on AWS."""


Measured = Callable[[str], None]


def load_app(function: str) -> ModuleType:
    """A function's app.py, under a name of its own, as both are named `app`."""
    path = PROJECT / f"{function}_lambda" / "app.py"
    spec = importlib.util.spec_from_file_location(f"{function}_app", path)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def free_port() -> int:
    """Choose a port that is free, as is the next one.

    It lies below the ports that Linux gives to outgoing connections, which come and go.
    """
    while True:
        port = random.randrange(20_000, 30_000)
        with contextlib.suppress(OSError):
            for number in (port, port + 1):
                socket.create_server(("127.0.0.1", number)).close()
            return port


def sam_cli() -> str:
    """AWS's SAM CLI; without it, the test is skipped."""
    sam = shutil.which("sam", path=f"{PROJECT / '.venv-sam' / 'bin'}:{os.environ['PATH']}")
    if sam is None:
        pytest.skip("there is no SAM CLI: make sam")
    return sam


def command_environment(**members: str) -> dict[str, str]:
    """The environment of a command: the user's, without what it says of AWS.

    And without what a `make test` around it says of itself, as one make in another prints more.
    """
    ours = ("AWS_", "S3_", "MAKE", "MFLAGS")
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    return {**inherited, **NO_ACCOUNT, **members}


def run_command(*command: str, cwd: Path = PROJECT) -> "subprocess.CompletedProcess[str]":
    """Run a command in `command_environment` to its end, whatever that is."""
    return subprocess.run(
        command,
        cwd=cwd,
        env=command_environment(),
        capture_output=True,
        text=True,
        timeout=1200,
        check=False,
    )


@dataclass(frozen=True)
class DemoRun:
    """What a run of the demo printed and made; `windows` is what it left in output.json."""

    status: int
    stdout: str
    stderr: str
    folder: Path
    windows: list[dict[str, Any]]
