"""A network with a round trip time and a bandwidth, between a client and a server of this machine.

It is a TCP proxy. What is modelled:

- Each direction takes half of the round trip time.
- A new connection costs one round trip more before its first bytes are on their way, as TCP's
  handshake does. TLS, which would cost one or two more, is not modelled: the endpoint is http.
- Each direction has a bandwidth that all its connections share, in turns of a few milliseconds:
  a token bucket. A sender that is faster is held back, as by a full window.

What is not: TCP's slow start and loss, both of which make many bytes slower than few; and what a
real S3 takes to find an object, 10 to 30 ms of each request.
"""

import argparse
import queue
import socket
import threading
import time
from collections.abc import Callable
from functools import partial
from types import TracebackType

from local.cloud import helper_process

# Bytes go through in portions that take the line this long, in s, within bounds: in smaller ones
# the proxy is at its own limit, in larger ones connections wait for each other.
_TURN_S = 2e-3
_PORTION = (4 * 1024, 64 * 1024)
# What the line may catch up with after this process slept too long, in s of its bandwidth.
_BURST_S = 5e-3
# Portions of one connection under way, at most: 16 MB, more than any modelled line holds.
_UNDER_WAY = 256


class SlowNetwork:
    """A proxy in threads of this process; a context manager.

    Args:
        server_port: where the server listens, on 127.0.0.1.
        round_trip_s: in s.
        bandwidth: in bytes/s, of each direction; infinite if unbounded.

    Attributes:
        port: where clients connect to, on 127.0.0.1.
        connections: how many there have been.
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
        """Connections, and bytes to the server ("up") and from it ("down"), headers included."""
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
    """One direction of the network, which all connections share."""

    def __init__(self, bandwidth: float) -> None:
        self._bandwidth = bandwidth
        self._lock = threading.Lock()
        self._free_at = 0.0
        self.bytes_passed = 0
        smallest, largest = _PORTION
        self.portion = int(min(max(smallest, bandwidth * _TURN_S), largest))

    def send(self, size: int) -> float:
        """Wait until so many bytes have been put on the line; returns when that was."""
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
        self._under_way: queue.Queue[tuple[float, bytes]] = queue.Queue(_UNDER_WAY)
        target.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def start(self) -> tuple[threading.Thread, threading.Thread]:
        return _in_thread(self._take), _in_thread(self._deliver)

    def _take(self) -> None:
        content = b"first"
        while content:
            try:
                content = self._source.recv(self._line.portion)
            except OSError:  # reset, which the other side learns as an end
                content = b""
            _sleep_until(self._not_before)
            sent = self._line.send(len(content))
            self._under_way.put((sent + self._delay, content))

    def _deliver(self) -> None:
        while True:
            due, content = self._under_way.get()
            _sleep_until(due)
            try:
                if not content:
                    self._target.shutdown(socket.SHUT_WR)
                    return
                self._target.sendall(content)
            except OSError:  # the receiver has gone: nothing more need be taken for it
                self._end()
                return

    def _end(self) -> None:
        try:
            self._source.shutdown(socket.SHUT_RDWR)
        except OSError:
            return  # it has ended already
        finally:
            while self._under_way.get()[1]:
                pass


def _in_thread(target: Callable[[], None]) -> threading.Thread:
    thread = threading.Thread(target=target, daemon=True)
    thread.start()
    return thread


def _sleep_until(moment: float) -> None:
    """Sleep until `time.monotonic` says so; Linux wakes us some 0.1 ms late."""
    if (left := moment - time.monotonic()) > 0:
        time.sleep(left)


def main() -> None:
    """Be the network in front of a server, until standard input ends."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("server_port", type=int)
    parser.add_argument("round_trip_s", type=float)
    parser.add_argument("bandwidth", type=float, help="bytes/s of each direction, or inf")
    arguments = parser.parse_args()
    with SlowNetwork(arguments.server_port, arguments.round_trip_s, arguments.bandwidth) as network:
        helper_process.run(network.port, network.counts)


if __name__ == "__main__":
    main()
