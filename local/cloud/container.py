"""A function's image in a container, with AWS's emulator in front of the function."""

import json
import subprocess
import time
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException
from types import TracebackType
from typing import Any

from local.cloud.docker import DockerError, docker
from local.cloud.emulator import TIMEOUT_S
from local.cloud.invocations import INVOCATIONS

USER = "993:990"
"""User and group of the function's process: like Lambda's, they own nothing in the image."""

_START_S = 300


class Container:
    """A function's container; a context manager.

    As on Lambda, its file system is read-only and its user owns nothing in the image. The emulator
    takes one call at a time and crashes if two arrive at once.

    Args:
        image: the image's name or ID.
        environment: the function's environment variables.
        options: more options of `docker run`, such as those that make /tmp writable.

    Attributes:
        id: the container's ID.
    """

    def __init__(
        self, image: str, environment: Mapping[str, str], options: Sequence[str] = ()
    ) -> None:
        self._image = image
        self._options = ["--read-only", "--user", USER, *options]
        for name, value in environment.items():
            self._options += ["--env", f"{name}={value}"]
        self.id = ""

    def __enter__(self) -> "Container":
        port = ("--publish", "127.0.0.1::8080")  # the engine chooses a free one
        self.id = docker("run", "--detach", *port, *self._options, self._image).strip()
        try:
            self._port = int(docker("port", self.id, "8080").split(":")[-1])
            self._await_emulator()
        except BaseException:
            self.__exit__(None, None, None)
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        docker("rm", "--force", "--volumes", self.id)

    def invoke(self, event: Any) -> Any:
        """Invoke the function and return its reply; an exception is an object with `errorType`.

        Raises:
            OSError, HTTPException: the emulator does not answer.
            DockerError: the emulator reports an error of its own, such as a timeout.
        """
        status, body = self.post(event)
        if status != HTTPStatus.OK:
            raise DockerError(f"status {status}: {body.decode()}\n{''.join(self.logs())}")
        return json.loads(body)

    def post(self, event: Any) -> tuple[int, bytes]:
        """Invoke the function and return the emulator's HTTP status and the reply as JSON.

        Raises:
            OSError, HTTPException: the emulator does not answer.
        """
        return self._request("POST", INVOCATIONS, json.dumps(event))

    def execute(self, program: str, user: str = USER) -> str:
        """Run a Python program in the container and return its output.

        Args:
            program: the source code.
            user: the user that runs it; "0" is root.

        Raises:
            DockerError: the program failed.
        """
        return docker("exec", "--user", user, self.id, "python3", "-c", program)

    def logs(self) -> tuple[str, str]:
        """Return the function's log and the emulator's own log."""
        done = subprocess.run(
            ["docker", "logs", self.id], capture_output=True, text=True, check=True
        )
        return done.stdout, done.stderr

    def _await_emulator(self) -> None:
        """Wait for any reply: the engine accepts connections before the emulator does."""
        deadline = time.monotonic() + _START_S
        while True:
            try:
                self._request("GET", "/", "")
            except (OSError, HTTPException) as error:
                if time.monotonic() > deadline:
                    raise DockerError(f"the emulator does not start: {error}") from error
                time.sleep(0.1)
            else:
                return

    def _request(self, method: str, path: str, body: str) -> tuple[int, bytes]:
        connection = HTTPConnection("127.0.0.1", self._port, timeout=TIMEOUT_S + 10)
        try:
            connection.request(method, path, body)
            response = connection.getresponse()
            return response.status, response.read()
        finally:
            connection.close()
