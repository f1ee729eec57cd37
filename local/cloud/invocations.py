"""Lambda's Invoke API for the functions of this machine; each emulator takes one call at a time.

https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html
"""

import http.client
import json
import re
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from queue import Empty, LifoQueue, Queue
from urllib.parse import unquote

from local.cloud.function_names import ANY, short_name, similar
from shared.errors import BadRequestError
from shared.invocation import http_event

INVOCATIONS = f"/2015-03-31/functions/{ANY}/invocations"
"""The only path that the emulator serves."""

_PATIENCE_S = 1.0

_PATH = re.compile(r"/2015-03-31/functions/([^/]+)/invocations/?(?:\?.*)?")


class Runtime:
    """One or more emulators that run a function, as Lambda's containers do.

    An emulator crashes if two calls arrive at once, so each call has one to itself. A call waits a
    little for one that was called before: to load the function in another takes longer.

    Args:
        ports: where the emulators listen.
        timeout_s: the function's timeout in s.
        patience_s: how long a call waits, in s.
    """

    def __init__(
        self, ports: Sequence[int], timeout_s: int, patience_s: float = _PATIENCE_S
    ) -> None:
        self._timeout_s = timeout_s
        self._patience_s = patience_s
        self._cold = Queue[int]()
        self._warm = LifoQueue[int]()
        for port in ports:
            self._cold.put(port)
        self._is_used = False

    def call(
        self, event: bytes, begin: Callable[[], object] = lambda: None
    ) -> tuple[int, str, bytes]:
        """Call the function once one of its emulators is idle.

        Args:
            event: as JSON.
            begin: called when the call's turn comes.

        Returns:
            The emulator's HTTP status, the media type, and the function's reply.
        """
        port = self._take()
        begin()
        limit = self._timeout_s + 10
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=limit)
        try:
            connection.request("POST", INVOCATIONS, event)
            response = connection.getresponse()
            content_type = response.getheader("Content-Type", "application/json")
            return response.status, content_type, response.read()
        except (OSError, http.client.HTTPException) as error:
            text = f"the emulator does not answer: {error}\n"
            return HTTPStatus.BAD_GATEWAY, "text/plain", text.encode()
        finally:
            connection.close()
            self._warm.put(port)

    def _take(self) -> int:
        """Return the port of an emulator that is idle, and will have no other call."""
        with suppress(Empty):
            return self._warm.get(timeout=self._patience_s if self._is_used else 0.0)
        with suppress(Empty):
            port = self._cold.get_nowait()
            self._is_used = True
            return port
        return self._warm.get()


class UnknownFunctionError(Exception):
    """A path names no function that is served."""


class InvocationServer(ThreadingHTTPServer):
    """An HTTP server that passes calls on to emulators.

    Args:
        port: the port to listen on; 0 takes any free port.
        runtimes: by the function's short name.

    Raises:
        OSError: the port is taken.
        OverflowError: there is no such port.
    """

    daemon_threads = True

    def __init__(self, port: int, runtimes: Mapping[str, Runtime]) -> None:
        super().__init__(("127.0.0.1", port), _Call)
        self._runtimes = runtimes

    def path(self, function: str) -> str:
        """Return the path of a function."""
        name = function if len(self._runtimes) > 1 else ANY
        return INVOCATIONS.replace(f"/{ANY}/", f"/{name}/")

    def find(self, path: str) -> Runtime:
        """Return the runtime that a path names.

        Raises:
            UnknownFunctionError: it names none, or any of several.
        """
        wanted = _PATH.fullmatch(path)
        served = " or ".join(self.path(name) for name in self._runtimes)
        if not wanted:
            raise UnknownFunctionError(f"the path {path} is none of Lambda's: POST to {served}")
        name = short_name(unquote(wanted[1]))
        if name == ANY and len(self._runtimes) == 1:
            return next(iter(self._runtimes.values()))
        if name not in self._runtimes:
            why = "is not served here"
            if name == ANY:
                why = "may be any of several (`run_lambda.py --local` names one)"
            else:
                why += similar(name, self._runtimes)
            raise UnknownFunctionError(
                f"the function {unquote(wanted[1])!r} {why}: POST to {served}"
            )
        return self._runtimes[name]


class _Call(BaseHTTPRequestHandler):
    server: InvocationServer

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        try:
            runtime = self.server.find(self.path)
        except UnknownFunctionError as error:
            self._refuse(HTTPStatus.NOT_FOUND, str(error))
            return
        if problem := _not_json(body):
            self._refuse(HTTPStatus.BAD_REQUEST, problem, "InvalidRequestContentException")
            return
        status, content_type, reply = runtime.call(body)
        self._reply(status, {"Content-Type": content_type}, reply)

    def do_GET(self) -> None:
        try:
            self.server.find(self.path)
            message = "send the event as the body of a POST"
        except UnknownFunctionError as error:
            message = str(error)
        self._refuse(HTTPStatus.METHOD_NOT_ALLOWED, message)

    do_HEAD = do_PUT = do_DELETE = do_PATCH = do_OPTIONS = do_GET  # noqa: N815  # by the method

    def _refuse(
        self, status: HTTPStatus, message: str, kind: str = "ResourceNotFoundException"
    ) -> None:
        """Reply as Lambda does, so that boto3 raises the error by its name."""
        headers = {"Content-Type": "application/json", "x-amzn-ErrorType": kind}
        self._reply(
            status, headers, f"{json.dumps({'Type': 'User', 'Message': message})}\n".encode()
        )

    def _reply(self, status: int, headers: Mapping[str, str], content: bytes) -> None:
        with suppress(BrokenPipeError, ConnectionResetError):  # the caller hung up
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(content)

    def log_message(self, *arguments: object) -> None:
        """Log nothing: the emulator logs each call."""


def _not_json(body: bytes) -> str:
    """Return the reason why Lambda would not take a body as an event; "" if it would."""
    with suppress(ValueError, RecursionError):
        json.loads(body)
        return ""
    try:
        http_event.json_value(body)
    except BadRequestError as error:
        return error.message
    return ""
