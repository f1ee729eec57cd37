"""A gate before the S3 server, to stall a function in the middle of a request."""

import socket
import threading
from contextlib import suppress

from local.cloud.s3_server import S3Server


class Gate:
    """A TCP proxy to the S3 server that swallows all bytes until it is opened.

    Attributes:
        opened: set it to let later connections through.
        reached: set once there is a connection.
    """

    def __init__(self, server: S3Server) -> None:
        host, port = server.endpoint_url.removeprefix("http://").split(":")
        self._target = host, int(port)
        self.opened, self.reached = threading.Event(), threading.Event()
        self._sockets: list[socket.socket] = []

    def __enter__(self) -> "Gate":
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._listener.close()
        for each in self._sockets:
            with suppress(OSError):  # closed by the other side
                each.shutdown(socket.SHUT_RDWR)  # a thread that receives would keep it open
            each.close()

    def _accept(self) -> None:
        while True:
            try:
                caller, _ = self._listener.accept()
            except OSError:
                return
            self._sockets.append(caller)
            self.reached.set()
            if self.opened.is_set():
                server = socket.create_connection(self._target)
                self._sockets.append(server)
                for source, sink in ((caller, server), (server, caller)):
                    threading.Thread(target=self._pump, args=(source, sink), daemon=True).start()

    def _pump(self, source: socket.socket, sink: socket.socket) -> None:
        with suppress(OSError):
            while chunk := source.recv(65536):
                sink.sendall(chunk)
        with suppress(OSError):
            sink.shutdown(socket.SHUT_WR)
