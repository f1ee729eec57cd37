"""An AWS account simulated by moto, and stand-ins for other commands."""

import contextlib
import json
import os
import re
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import boto3

from tests.deployment.support import aws_cli
from tests.support.commands import command_environment, free_port

ACCOUNT = "123456789012"
REGION = "us-west-2"
REGISTRY = f"{ACCOUNT}.dkr.ecr.{REGION}.amazonaws.com"

SHIMS = {
    "docker": """
echo "docker $*" >> "$COMMANDS"
case $1 in
  login) read -r password || [[ -n $password ]] ;;
  push) aws ecr put-image --repository-name "${2##*/}" --image-tag latest --image-manifest \
          "$(<"${0%/*}/manifest.json")" > "$COMMANDS.push" ;;
esac
""",
    "make": """
echo "make $*" >> "$COMMANDS"
[[ $DOCKER_DEFAULT_PLATFORM == linux/amd64 && $BUILDX_NO_DEFAULT_ATTESTATIONS == 1 ]]
""",
    "aws": """
case $2 in
  describe-job) printf '%s\\0' "$@" > "$COMMANDS.$2"; exit ;;
  get-account-settings) echo "${UNRESERVED:-10}"; exit ;;
  create-job | start-message-move-task | list-message-move-tasks | describe-image-scan-findings)
    printf '%s\\0' "$@" > "$COMMANDS.$2"
    set -- "$@" --generate-cli-skeleton output ;;
esac
[[ $1 != sqs ]] || set -- "$@" --endpoint-url "$AWS_ENDPOINT_URL"
exec $AWS_CLI "$@"
""",
    "sam": 'echo "sam $*" >> "$COMMANDS"',
    "sleep": 'echo "sleep $*" >> "$COMMANDS"',
    "curl": 'echo "curl $*" >> "$COMMANDS"',
}
"""Stand-ins on the PATH for commands that cannot run here.

Docker's pushes put an image into the registry, because functions need an existing image. make
fails if Docker would build an image that Lambda refuses: of another platform, or with
attestations. AWS CLI commands that moto does not support are recorded and not sent; where
possible, the CLI validates them against AWS's own model. Of the account's settings, they know
UNRESERVED. For SQS, version 1 of the CLI honours only --endpoint-url."""

MANIFEST = {
    "schemaVersion": 2,
    "mediaType": "application/vnd.docker.distribution.manifest.v2+json",
    "config": {"size": 1},
}


class AwsAccount:
    """An account that is empty at first, and the environment of a user who works with it."""

    def __init__(self, folder: Path, endpoint: str, cli: dict[str, str]) -> None:
        self.folder = folder
        self.endpoint = endpoint
        self.environment = command_environment(
            AWS_ENDPOINT_URL=endpoint,
            AWS_ACCESS_KEY_ID="testing",
            AWS_SECRET_ACCESS_KEY="testing",
            COMMANDS=str(folder / "commands"),
            **cli,
            PATH=f"{folder / 'bin'}:{sys.prefix}/bin:{os.environ['PATH']}",
        )

    def client(self, service: str) -> Any:
        return boto3.client(
            service,
            endpoint_url=self.endpoint,
            region_name=REGION,
            aws_access_key_id="testing",
            aws_secret_access_key="testing",
        )

    def commands(self) -> list[str]:
        """Return the command lines that the stand-ins received."""
        return (self.folder / "commands").read_text().splitlines()

    def not_sent(self, operation: str) -> dict[str, str]:
        """Return the options of a command that moto does not support."""
        words = (self.folder / f"commands.{operation}").read_text().split("\0")[2:-1]
        starts = [index for index, word in enumerate(words) if word.startswith("--")]
        return {words[i]: " ".join(words[i + 1 : j]) for i, j in pairwise([*starts, len(words)])}

    def paste(self, lines: str, folder: Path, **environment: str) -> str:
        """Paste lines into bash, in a folder and with further variables, and return stdout.

        The AWS CLI is version 1, the only one with wheels. Version 2 differs in two ways: it pages
        long output, and it expects base64 for payloads that are not read by fileb://.
        """
        script = folder / "pasted.sh"
        script.write_text(f"set -euo pipefail\n{lines}")
        done = subprocess.run(
            ["bash", str(script)],
            cwd=folder,
            env={**self.environment, **environment},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=3600,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        # run_lambda.py says how to open a file, for people alone.
        messages = re.sub(r"^open it with: .*\n", "", done.stderr, flags=re.MULTILINE)
        assert messages == "", messages
        return done.stdout


@contextlib.contextmanager
def aws_account(folder: Path) -> Iterator[AwsAccount]:
    """Yield a new account in moto, which runs in its own process and logs to the folder."""
    port = free_port()
    server_environment = command_environment(
        MOTO_IAM_LOAD_MANAGED_POLICIES="true",
        MOTO_LAMBDA_STUB_ECR="false",
        MOTO_ENABLE_RECORDING="true",
        MOTO_RECORDER_FILEPATH=str(folder / "requests"),
    )
    with (folder / "moto.log").open("wb") as log:
        server = subprocess.Popen(
            [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)],
            env=server_environment,
            stdout=log,
            stderr=log,
        )
    try:
        _await(port)
        endpoint = f"http://127.0.0.1:{port}"
        # Without Docker, moto's functions return their event.
        setting = urllib.request.Request(
            f"{endpoint}/moto-api/config", b'{"lambda": {"use_docker": false}}'
        )
        urllib.request.urlopen(setting, timeout=300).close()
        _write_shims(folder / "bin")
        with aws_cli.serving() as cli:
            yield AwsAccount(folder, endpoint, cli)
    finally:
        server.terminate()
        server.wait(timeout=300)


def _await(port: int) -> None:
    deadline = time.monotonic() + 300
    while True:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=5):
            return
        assert time.monotonic() < deadline, "moto does not listen"
        time.sleep(0.1)


def _write_shims(folder: Path) -> None:
    folder.mkdir()
    for name, script in SHIMS.items():
        (folder / name).write_text(f"#!/usr/bin/env bash\nset -euo pipefail\n{script.strip()}\n")
        (folder / name).chmod(0o755)
    (folder / "manifest.json").write_text(json.dumps(MANIFEST))
