"""The SAM CLI with template.yaml on real containers: `sam` commands and `sam local` servers."""

import contextlib
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.config import Config

from shared.archive.scedc import SCEDC
from tests.deployment.support.deployed_stack import template
from tests.support.commands import PROJECT, command_environment, free_port
from tests.support.containers import OUTPUT_BUCKET, PYTHON_VERSION, docker
from tests.support.tutorial_requests import RESPONSE_REQUEST

DEFAULT_PYTHON = str(template()["Parameters"]["PythonVersion"]["Default"])

once = pytest.mark.skipif(
    PYTHON_VERSION != DEFAULT_PYTHON, reason="run with the stack's default Python alone"
)
"""Marks a test that need not be repeated with another Python, for which only the build differs."""

SAM = PROJECT / ".venv-sam" / "bin" / "sam"
IMAGES = {"ResponseFunction": "responsefunction", "TimewindowFunction": "timewindowfunction"}
ABSENT_DAY = {**RESPONSE_REQUEST, "day": "2019,184"}
LOCAL = ("--template", "local.yaml", "--parameter-overrides", f"OutputBucketName={OUTPUT_BUCKET}")
ENVIRONMENT = command_environment(
    AWS_ACCESS_KEY_ID="testing",
    AWS_SECRET_ACCESS_KEY="testing",
    AWS_DEFAULT_REGION=SCEDC.region,
    SAM_CLI_TELEMETRY="0",
)


def sam(*arguments: str, cwd: Path = PROJECT) -> "subprocess.CompletedProcess[str]":
    """Run the SAM CLI, which must succeed."""
    done = subprocess.run(
        [str(SAM), *arguments],
        cwd=cwd,
        env=ENVIRONMENT,
        capture_output=True,
        text=True,
        timeout=900,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return done


def aws_client(service: Any, endpoint: str) -> Any:
    return boto3.client(
        service,
        endpoint_url=endpoint,
        region_name=SCEDC.region,
        aws_access_key_id="testing",
        aws_secret_access_key="testing",
        config=Config(retries={"total_max_attempts": 1}),
    )


@contextlib.contextmanager
def serving(local: Path, command: str) -> Iterator[int]:
    """Run `sam local COMMAND` on a port; its containers end with it."""
    before = containers()
    port = free_port()
    arguments = ["local", command, *LOCAL, "--port", str(port), "--warm-containers", "LAZY"]
    with (local / f"{command}.log").open("w") as log:
        server = subprocess.Popen(
            [str(SAM), *arguments], cwd=local, env=ENVIRONMENT, stdout=log, stderr=log
        )
        try:
            await_port(server, port, Path(log.name))
            yield port
        finally:
            server.send_signal(signal.SIGTERM)
            server.wait(timeout=300)
    assert containers() <= before


def containers() -> set[str]:
    """Return the engine's containers of our functions, running or not."""
    lines = docker("ps", "--all", "--format", "{{.ID}} {{.Image}}").splitlines()
    return {line for line in lines if line.split()[1].startswith(tuple(IMAGES.values()))}


def await_port(server: "subprocess.Popen[bytes]", port: int, log: Path) -> None:
    deadline = time.monotonic() + 600
    while True:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        assert server.poll() is None, log.read_text()
        assert time.monotonic() < deadline, log.read_text()
        time.sleep(0.1)
