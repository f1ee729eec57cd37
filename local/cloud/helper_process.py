"""A helper of a benchmark in a process of its own, so that its time is not the function's.

It says in one line of JSON where it is, then answers each line that it is sent with its counts,
and ends when nobody can send any more: when whoever started it ends, however that happens.
"""

import json
import subprocess
import sys
from collections.abc import Callable
from types import TracebackType
from typing import Any

from local.cloud.emulator import PROJECT


class Service:
    """A running helper; a context manager.

    Args:
        module: such as "benchmarks.servers.object_server"; its `main` calls `run`.
        arguments: of its command line.

    Attributes:
        port: where it listens, on 127.0.0.1.
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

    def __enter__(self) -> "Service":
        try:
            self.port = self._line()["port"]
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
        """Where it listens, as boto3 wants it."""
        return f"http://127.0.0.1:{self.port}"

    def counts(self) -> dict[str, Any]:
        """What it has counted so far."""
        if self._process.stdin:
            self._process.stdin.write("\n")
            self._process.stdin.flush()
        return self._line()

    def _end(self) -> None:
        self._process.kill()
        self._process.communicate()  # closes both pipes

    def _line(self) -> dict[str, Any]:
        line = self._process.stdout.readline() if self._process.stdout else ""
        if not line:
            raise RuntimeError(f"{self._process.args!r} has ended")
        found: dict[str, Any] = json.loads(line)
        return found


def run(port: int, counts: Callable[[], dict[str, Any]]) -> None:
    """The helper's side, once it listens: say where, and answer with counts until the end."""
    answer: dict[str, Any] = {"port": port}
    while True:
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()
        if not sys.stdin.readline():
            break
        answer = counts()
