"""A server of a benchmark in its own process, so that its time and memory are not the function's.

The server prints its port as a line of JSON, then answers each line of standard input with its
counts. It ends with standard input, that is, when the benchmark ends for any reason.
"""

import json
import subprocess
import sys
from collections.abc import Callable
from types import TracebackType
from typing import Any

from local.project import PROJECT


class ServerProcess:
    """A running server; a context manager.

    Args:
        module: the server's module, such as "benchmarks.servers.object_server"; its `main` calls
            `report`.
        arguments: its command line.

    Attributes:
        port: where it listens on 127.0.0.1.
    """

    def __init__(self, module: str, *arguments: str) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", module, *arguments],
            cwd=PROJECT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.port = 0

    def __enter__(self) -> "ServerProcess":
        try:
            self.port = self._read_line()["port"]
        except RuntimeError:
            self._end()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._end()

    @property
    def url(self) -> str:
        """The server's endpoint URL for boto3."""
        return f"http://127.0.0.1:{self.port}"

    def counts(self) -> dict[str, Any]:
        """Return the server's counts so far.

        Raises:
            RuntimeError: the server has ended.
        """
        if self._process.stdin:
            self._process.stdin.write("\n")
            self._process.stdin.flush()
        return self._read_line()

    def _end(self) -> None:
        self._process.kill()
        self._process.communicate()  # closes both pipes

    def _read_line(self) -> dict[str, Any]:
        line = self._process.stdout.readline() if self._process.stdout else ""
        if not line:
            raise RuntimeError(f"{self._process.args!r} has ended")
        values: dict[str, Any] = json.loads(line)
        return values


def report(port: int, counts: Callable[[], dict[str, Any]]) -> None:
    """Report the port, then the counts on request, until standard input ends.

    Args:
        port: where the server listens.
        counts: returns the server's counts as values of JSON.
    """
    line: dict[str, Any] = {"port": port}
    while True:
        sys.stdout.write(json.dumps(line) + "\n")
        sys.stdout.flush()
        if not sys.stdin.readline():
            break
        line = counts()
