"""A function of this project behind AWS's Runtime Interface Emulator.

The emulator runs `awslambdaric`, AWS's runtime, with the function's handler, as the container
images do. It crashes if two calls arrive at once, so a proxy in front of it queues them.
"""

import http.client
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from typing import IO

from local.project import PROJECT

INVOCATIONS = "/2015-03-31/functions/function/invocations"
"""The only path that the emulator serves."""

TIMEOUT_S = 900
"""The longest timeout that Lambda allows, so that a slow machine changes no result."""

MEMORY_MB = 2048
"""The memory size in the function's environment. The emulator enforces the timeout alone."""

_START_S = 60  # for the emulator to listen


class EmulatorError(Exception):
    """The emulator cannot be started."""


class Emulator:
    """One function behind the emulator.

    Args:
        function: "response" or "timewindow".
        environment: the function's environment variables.
        port: the port to listen on; 0 takes any free port.
        log: receives the log lines of emulator and function; None discards them.
        timeout_s: the function's timeout in seconds.

    Raises:
        EmulatorError: on entering, the port is taken or the emulator does not start.
    """

    def __init__(
        self,
        function: str,
        environment: Mapping[str, str],
        port: int = 0,
        log: IO[bytes] | None = None,
        timeout_s: int = TIMEOUT_S,
    ) -> None:
        self._function = function
        self._environment = environment
        self._port = port
        self._log = log
        self._timeout_s = timeout_s

    def __enter__(self) -> "Emulator":
        self._inner_port, api_port = _free_ports(2)
        try:
            self._queue = _Queue(("127.0.0.1", self._port), self._inner_port, self._timeout_s)
        except OSError as error:
            raise EmulatorError(f"cannot listen on port {self._port}: {error}") from error
        threading.Thread(target=self._queue.serve_forever, args=(0.05,), daemon=True).start()
        self.process = self._start(api_port)
        try:
            _await_port(self._inner_port, self.process)
        except EmulatorError:
            self.__exit__(None, None, None)
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        _end_group(self.process)
        self._queue.shutdown()
        self._queue.server_close()

    @property
    def url(self) -> str:
        """The URL that takes events by POST."""
        return f"{self.endpoint_url}{INVOCATIONS}"

    @property
    def endpoint_url(self) -> str:
        """The endpoint for boto3's Lambda client; the function's name is "function"."""
        return f"http://127.0.0.1:{self._queue.server_port}"

    def _start(self, api_port: int) -> subprocess.Popen[bytes]:
        folder = PROJECT / f"{self._function}_lambda"
        binary = Path(sys.executable).parent / "aws-lambda-rie"
        environment = {
            "PATH": os.environ["PATH"],
            "PYTHONPATH": f"{folder}{os.pathsep}{PROJECT}",
            "LAMBDA_TASK_ROOT": str(PROJECT),
            "AWS_LAMBDA_FUNCTION_NAME": self._function,
            "AWS_LAMBDA_FUNCTION_TIMEOUT": str(self._timeout_s),
            "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(MEMORY_MB),
            **self._environment,
        }
        command = [
            str(binary),
            "--runtime-interface-emulator-address",
            f"127.0.0.1:{self._inner_port}",
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


class _Queue(ThreadingHTTPServer):
    """An HTTP proxy that passes calls to the emulator one at a time."""

    daemon_threads = True

    def __init__(self, address: tuple[str, int], emulator_port: int, timeout_s: int) -> None:
        super().__init__(address, _Call)
        self.emulator_port = emulator_port
        self.timeout_s = timeout_s
        self.turn = threading.Lock()


class _Call(BaseHTTPRequestHandler):
    server: _Queue

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        with self.server.turn:
            status, content_type, reply = self._forward(body)
        with suppress(BrokenPipeError, ConnectionResetError):  # the caller hung up
            self.send_response(status)
            self.send_header("Content-Type", content_type)
            self.send_header("Content-Length", str(len(reply)))
            self.end_headers()
            self.wfile.write(reply)

    def _forward(self, body: bytes) -> tuple[int, str, bytes]:
        port, limit = self.server.emulator_port, self.server.timeout_s + 10
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=limit)
        try:
            connection.request("POST", self.path, body)
            response = connection.getresponse()
            content_type = response.getheader("Content-Type", "application/json")
            return response.status, content_type, response.read()
        except (OSError, http.client.HTTPException) as error:
            return 502, "text/plain", f"the emulator does not answer: {error}\n".encode()
        finally:
            connection.close()

    def log_message(self, *arguments: object) -> None:
        """Log nothing: the emulator logs each call."""


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
