"""Commands of the project, run by tests in an environment without an AWS account."""

import contextlib
import importlib.util
import os
import random
import re
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
"""The environment of a user without an AWS account."""

Measured = Callable[[str], None]


def load_app(function: str) -> ModuleType:
    """Import a function's app.py under a unique name, because both are named `app`."""
    path = PROJECT / f"{function}_lambda" / "app.py"
    spec = importlib.util.spec_from_file_location(f"{function}_app", path)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def free_port() -> int:
    """Return a free port, as are the two after it.

    It lies below the range that Linux uses for outgoing connections, which could take it.
    """
    while True:
        port = random.randrange(20_000, 30_000)
        with contextlib.suppress(OSError):
            for number in (port, port + 1, port + 2):
                socket.create_server(("127.0.0.1", number)).close()
            return port


def sam_path() -> str | None:
    """Return the path of AWS's SAM CLI, None without it."""
    return shutil.which("sam", path=f"{PROJECT / '.venv-sam' / 'bin'}:{os.environ['PATH']}")


def clients_program(name: str) -> str | None:
    """Return the path of a program in the environment of the clients, None without that."""
    folder = PROJECT / ".venv-clients"
    return str(folder / "bin" / name) if (folder / "ready").exists() else None


def sam_cli() -> str:
    """Return the path of AWS's SAM CLI; skip the test without it."""
    sam = sam_path()
    if sam is None:
        pytest.skip("the SAM CLI is not installed; install it with: make sam")
    return sam


def curl_signs() -> bool:
    """Return whether curl can sign requests for API Gateway, as it does from 7.87 on."""
    if not shutil.which("curl"):
        return False
    printed = subprocess.run(["curl", "-V"], capture_output=True, text=True, check=False).stdout
    version = re.match(r"curl (\d+)\.(\d+)", printed)
    return version is not None and tuple(map(int, version.groups())) >= (7, 87)


def is_checkout() -> bool:
    """Return whether git can clone the project's folder."""
    return (PROJECT / ".git").exists() and shutil.which("git") is not None


def command_environment(**members: str) -> dict[str, str]:
    """Return the environment of a command: the user's, without settings of AWS and make.

    Inside `make test`, make's own variables would make a nested make print more.
    """
    removed = ("AWS_", "S3_", "MAKE", "MFLAGS")
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(removed)}
    return {**inherited, **NO_ACCOUNT, **members}


def run_command(*command: str, cwd: Path = PROJECT) -> "subprocess.CompletedProcess[str]":
    """Run a command in `command_environment`, and return its output and status."""
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
    """The result of a run of the demo.

    Attributes:
        status: the exit status.
        stdout: standard output.
        stderr: standard error.
        folder: the folder with its picture and logs.
        windows: the content of output.json.
    """

    status: int
    stdout: str
    stderr: str
    folder: Path
    windows: list[dict[str, Any]]
