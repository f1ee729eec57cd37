"""Functions of this project behind AWS's Runtime Interface Emulator.

The emulator runs `awslambdaric`, AWS's runtime, with the function's handler, as the container
images do. Each function has an emulator of its own; one server in front passes the calls on.
"""

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import IO

from local.cloud.function_names import folder
from local.cloud.invocations import InvocationServer, Runtime
from local.project import PROJECT

TIMEOUT_S = 900
"""The longest timeout that Lambda allows, so that a slow machine changes no result."""

MEMORY_MB = 2048
"""The memory size in the function's environment. The emulator enforces the timeout alone."""

_START_S = 60  # for the emulator to listen


class EmulatorError(Exception):
    """The emulator cannot be started."""


class Emulator:
    """One or more functions behind the emulator, all on one port.

    Args:
        functions: short names, such as "response"; one alone need not be in a sequence.
        environment: the functions' environment variables.
        port: the port to listen on; 0 takes any free port.
        log: receives the log lines of emulator and functions; None discards them.
        timeout_s: the functions' timeout in seconds.
        copies: the emulators of a function, if it has more than one, by its short name.

    Attributes:
        process: the emulator of the first function, which leads a process group.
        runtimes: the functions by their short names.

    Raises:
        EmulatorError: on entering, the port is taken or the emulator does not start.
    """

    def __init__(
        self,
        functions: str | Sequence[str],
        environment: Mapping[str, str],
        port: int = 0,
        log: IO[bytes] | None = None,
        timeout_s: int = TIMEOUT_S,
        copies: Mapping[str, int] | None = None,
    ) -> None:
        self._functions = [functions] if isinstance(functions, str) else list(functions)
        self._environment = environment
        self._port = port
        self._log = log
        self._timeout_s = timeout_s
        self._copies = copies or {}
        self._processes: list[subprocess.Popen[bytes]] = []

    def __enter__(self) -> "Emulator":
        names = [name for name in self._functions for _ in range(self._copies.get(name, 1))]
        ports = _free_ports(2 * len(names))
        own, apis = ports[::2], ports[1::2]
        of_functions: dict[str, list[int]] = {}
        for name, port in zip(names, own, strict=True):
            of_functions.setdefault(name, []).append(port)
        self.runtimes = {
            name: Runtime(listening, self._timeout_s) for name, listening in of_functions.items()
        }
        try:
            self._server = InvocationServer(self._port, self.runtimes)
        except (OSError, OverflowError) as error:
            raise EmulatorError(f"cannot listen on port {self._port}: {error}") from error
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        try:
            for name, port, api_port in zip(names, own, apis, strict=True):
                self._processes.append(self._start(name, port, api_port))
            for process, port in zip(self._processes, own, strict=True):
                _await_port(port, process)
        except BaseException:
            self.__exit__(None, None, None)
            raise
        self.process = self._processes[0]
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        for process in self._processes:
            _end_group(process)
        self._server.shutdown()
        self._server.server_close()

    @property
    def url(self) -> str:
        """The URL that takes events for the first function by POST."""
        return self.url_of(self._functions[0])

    def url_of(self, function: str) -> str:
        """Return the URL that takes events for a function by POST."""
        return f"{self.endpoint_url}{self._server.path(function)}"

    @property
    def endpoint_url(self) -> str:
        """The endpoint for boto3's Lambda client; the name of a single function is "function"."""
        return f"http://127.0.0.1:{self._server.server_port}"

    def _start(self, function: str, port: int, api_port: int) -> subprocess.Popen[bytes]:
        binary = Path(sys.executable).parent / "aws-lambda-rie"
        environment = {
            "PATH": os.environ["PATH"],
            "PYTHONPATH": f"{PROJECT / folder(function)}{os.pathsep}{PROJECT}",
            "LAMBDA_TASK_ROOT": str(PROJECT),
            "AWS_LAMBDA_FUNCTION_NAME": function,
            "AWS_LAMBDA_FUNCTION_TIMEOUT": str(self._timeout_s),
            "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(MEMORY_MB),
            **self._environment,
        }
        command = [
            str(binary),
            "--runtime-interface-emulator-address",
            f"127.0.0.1:{port}",
            "--runtime-api-address",
            f"127.0.0.1:{api_port}",
            "--log-level",
            "error",
            sys.executable,
            "-m",
            "awslambdaric",
            "app.handler",
        ]
        output = self._log or subprocess.DEVNULL
        # In its own session: Ctrl-C reaches this process alone, which then ends the whole group.
        return subprocess.Popen(
            command, env=environment, stdout=output, stderr=output, start_new_session=True
        )


def _free_ports(count: int) -> list[int]:
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [int(server.getsockname()[1]) for server in sockets]
    for server in sockets:
        server.close()
    return ports


def _await_port(port: int, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + _START_S
    while time.monotonic() < deadline and process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise EmulatorError(f"the emulator does not listen on port {port} after {_START_S} s")


def _end_group(process: subprocess.Popen[bytes]) -> None:
    for signal_number in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.killpg(process.pid, signal_number)
            process.wait(timeout=3)
        except (ProcessLookupError, subprocess.TimeoutExpired):
            continue
