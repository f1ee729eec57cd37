"""A TCP proxy that simulates a network's round trip time and bandwidth in front of a local server.

It models:

- Delay: each direction takes half of the round trip time.
- Connections: a new one costs one more round trip before its first bytes leave, like TCP's
  handshake. It does not model TLS, which would cost one or two more: the endpoint is HTTP.
- Bandwidth: all connections share that of each direction, in turns of a few milliseconds (a token
  bucket). A faster sender has to wait, as with a full TCP window.

It does not model TCP's slow start and packet loss, which slow down large transfers, nor the 10 to
30 ms that S3 takes to find an object.
"""

import argparse
import queue
import socket
import threading
import time
from collections.abc import Callable
from functools import partial
from types import TracebackType

from benchmarks.servers import server_process

# The time that the line takes for one chunk, in s, and the bounds of a chunk in bytes. Smaller
# chunks would measure the proxy itself; with larger ones, connections would wait for each other.
_TURN_S = 2e-3
_CHUNK = (4 * 1024, 64 * 1024)
# After this process slept too long, the line may catch up this much, in s of its bandwidth.
_BURST_S = 5e-3
# The most chunks of one connection in flight: 16 MB, more than any modelled line holds.
_IN_FLIGHT = 256


class SlowNetwork:
    """A proxy in threads of this process; a context manager.

    Args:
        server_port: where the server listens on 127.0.0.1.
        round_trip_s: round trip time in s.
        bandwidth: of each direction, in bytes/s; may be infinite.

    Attributes:
        port: where clients connect on 127.0.0.1.
        connections: the number of connections so far.
    """

    def __init__(self, server_port: int, round_trip_s: float, bandwidth: float) -> None:
        self._server_port = server_port
        self._round_trip_s = round_trip_s
        self._up, self._down = _Line(bandwidth), _Line(bandwidth)
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=128)
        self.port: int = self._listener.getsockname()[1]
        self.connections = 0

    def __enter__(self) -> "SlowNetwork":
        _in_thread(self._accept)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)  # wakes the thread that accepts
        self._listener.close()

    def counts(self) -> dict[str, int]:
        """Return the connections, and the bytes to ("up") and from the server ("down").

        Bytes include HTTP headers.
        """
        return {
            "connections": self.connections,
            "up": self._up.bytes_passed,
            "down": self._down.bytes_passed,
        }

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:  # closed
                return
            self.connections += 1
            connected = time.monotonic() + self._round_trip_s
            _in_thread(partial(self._serve, client, connected))

    def _serve(self, client: socket.socket, connected: float) -> None:
        try:
            server = socket.create_connection(("127.0.0.1", self._server_port))
        except OSError:
            client.close()
            return
        with client, server:
            delay = self._round_trip_s / 2
            up = _Direction(client, server, self._up, delay, not_before=connected)
            down = _Direction(server, client, self._down, delay)
            for thread in (*up.start(), *down.start()):
                thread.join()


class _Line:
    """One direction of the network, shared by all connections."""

    def __init__(self, bandwidth: float) -> None:
        self._bandwidth = bandwidth
        self._lock = threading.Lock()
        self._free_at = 0.0
        self.bytes_passed = 0
        smallest, largest = _CHUNK
        self.chunk_bytes = int(min(max(smallest, bandwidth * _TURN_S), largest))

    def send(self, size: int) -> float:
        """Wait until the line has taken `size` bytes; return the time when it had."""
        now = time.monotonic()
        with self._lock:
            begun = max(self._free_at, now - _BURST_S)
            self._free_at = begun + size / self._bandwidth
            sent = max(now, self._free_at)
            self.bytes_passed += size
        _sleep_until(sent)
        return sent


class _Direction:
    """One direction of one connection."""

    def __init__(
        self,
        source: socket.socket,
        target: socket.socket,
        line: _Line,
        delay: float,
        not_before: float = 0.0,
    ) -> None:
        self._source, self._target, self._line = source, target, line
        self._delay, self._not_before = delay, not_before
        self._in_flight: queue.Queue[tuple[float, bytes]] = queue.Queue(_IN_FLIGHT)
        target.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def start(self) -> tuple[threading.Thread, threading.Thread]:
        return _in_thread(self._receive), _in_thread(self._deliver)

    def _receive(self) -> None:
        content = b"first"
        while content:
            try:
                content = self._source.recv(self._line.chunk_bytes)
            except OSError:  # reset: the other side sees the connection end
                content = b""
            _sleep_until(self._not_before)
            sent = self._line.send(len(content))
            self._in_flight.put((sent + self._delay, content))

    def _deliver(self) -> None:
        while True:
            due, content = self._in_flight.get()
            _sleep_until(due)
            try:
                if not content:
                    self._target.shutdown(socket.SHUT_WR)
                    return
                self._target.sendall(content)
            except OSError:  # the receiver hung up: stop reading for it
                self._end()
                return

    def _end(self) -> None:
        try:
            self._source.shutdown(socket.SHUT_RDWR)
        except OSError:
            return  # it has ended already
        finally:
            while self._in_flight.get()[1]:
                pass


def _in_thread(target: Callable[[], None]) -> threading.Thread:
    thread = threading.Thread(target=target, daemon=True)
    thread.start()
    return thread


def _sleep_until(moment: float) -> None:
    """Sleep until a time of `time.monotonic`; Linux wakes the thread about 0.1 ms late."""
    if (left := moment - time.monotonic()) > 0:
        time.sleep(left)


def main() -> None:
    """Serve as the network in front of a server until standard input ends."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("server_port", type=int, help="the server's port on 127.0.0.1")
    parser.add_argument("round_trip_s", type=float, help="round trip time in s")
    parser.add_argument("bandwidth", type=float, help="bytes/s of each direction, or inf")
    arguments = parser.parse_args()
    with SlowNetwork(arguments.server_port, arguments.round_trip_s, arguments.bandwidth) as network:
        server_process.report(network.port, network.counts)


if __name__ == "__main__":
    main()
