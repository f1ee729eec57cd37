"""A WSGI application behind an HTTP server of this machine."""

import logging
import socket
from threading import Thread
from types import TracebackType
from typing import TYPE_CHECKING

from werkzeug.serving import WSGIRequestHandler, make_server

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication


class PortError(Exception):
    """A port cannot be listened on."""


def listen(host: str, port: int) -> socket.socket:
    """Return a socket that listens on a port.

    Raises:
        PortError: the port is taken or does not exist.
    """
    try:
        return socket.create_server((host, port))
    except (OSError, OverflowError) as error:
        raise PortError(f"cannot listen on port {port}: {error}") from error


class WsgiServer:
    """An HTTP server for an application, with a thread for each request; a context manager.

    Args:
        application: answers the requests.
        port: the port to listen on; 0 takes any free port.
        host: the address to listen on.
        request_handler: reads the requests.

    Attributes:
        port: where it listens.

    Raises:
        PortError: on entering, the port is taken or does not exist.
    """

    def __init__(
        self,
        application: "WSGIApplication",
        port: int = 0,
        host: str = "127.0.0.1",
        request_handler: type[WSGIRequestHandler] = WSGIRequestHandler,
    ) -> None:
        self._application = application
        self._host = host
        self._request_handler = request_handler
        self.port = port

    def __enter__(self) -> "WsgiServer":
        logging.getLogger("werkzeug").setLevel(logging.ERROR)  # it logs every request
        with listen(self._host, self.port) as listening:
            self._server = make_server(
                self._host,
                self.port,
                self._application,
                threaded=True,
                request_handler=self._request_handler,
                fd=listening.fileno(),
            )
        self.port = self._server.port
        self._thread = Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._server.shutdown()
        self._thread.join()
