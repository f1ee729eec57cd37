"""Connections to S3 that keep the deadline, whatever S3 does.

A time-out of botocore limits a single wait for the next bytes. A server that sends a byte a second
is never late in that sense, neither with a body nor with headers. So the sockets themselves look
at the deadline, and at the rate. The look-up of a name by DNS alone cannot be interrupted.
"""

import io
import logging
import math
import socket
import time
from typing import Any

from botocore.awsrequest import (
    AWSHTTPConnection,
    AWSHTTPConnectionPool,
    AWSHTTPSConnection,
    AWSHTTPSConnectionPool,
)

from shared.aws import deadline

logger = logging.getLogger(__name__)

MIN_RATE = 1024
"""Bytes a second: an answer that arrives more slowly counts as stalled. S3 sends a function some
50 MB a second, and a poor line still carries ten times this rate."""

_TRIES_IN_TIME = 3
"""A stalled request is repeated so early that there is time for as many tries."""

_SHORTEST_WAIT_S = 0.5
_LEAST_S = 0.001  # a time-out of 0 means not to wait at all, which is another mode of sockets

_ADDRESSES = 8
"""S3's names have up to as many addresses, and all are tried before a connection fails."""

_SENT_AT_ONCE = 64 * 1024
"""Bytes: the time-out of a socket is that of one call, and a call may send a whole day."""


class _TimedSocket:
    """A connected socket whose every wait keeps the deadline; other members are the socket's own.

    Args:
        connected: the socket, plain or TLS.
    """

    def __init__(self, connected: socket.socket) -> None:
        self._socket = connected
        self._timeout = connected.gettimeout()
        self._new_answer()

    def _new_answer(self) -> None:
        self._waited_s, self._received, self._has_begun = 0.0, 0, False

    def __getattr__(self, name: str) -> Any:
        return getattr(self._socket, name)

    def settimeout(self, seconds: float | None) -> None:
        """Set the longest wait; the deadline may shorten it."""
        self._timeout = seconds

    def sendall(self, data: Any) -> None:
        """Send bytes."""
        with memoryview(data) as view, view.cast("B") as content:
            for begin in range(0, len(content), _SENT_AT_ONCE):
                self._limit_wait()
                self._socket.sendall(content[begin : begin + _SENT_AT_ONCE])
        self._new_answer()

    def makefile(self, mode: str, buffering: int | None = None) -> io.IOBase:
        """Return a binary file of the received bytes, as clients of HTTP read them."""
        if mode != "rb":
            raise ValueError(f"mode {mode!r}")
        raw = _TimedFile(self, self._socket.makefile("rb", 0))
        return raw if buffering == 0 else io.BufferedReader(raw)

    def receive(self, raw: io.RawIOBase, buffer: Any) -> int | None:
        """Read some bytes from the raw file of the socket.

        Raises:
            TimeoutError: none came, too few, or the deadline has passed.
        """
        wait_s = self._limit_wait()
        start = time.monotonic()
        count = raw.readinto(buffer)
        # The time between two reads is ours, and the first wait is S3's search for the object.
        self._waited_s += (time.monotonic() - start) * self._has_begun
        self._received += count or 0
        self._has_begun = True
        if count and self._waited_s > wait_s:
            if self._received < MIN_RATE * self._waited_s:
                raise TimeoutError(f"{self._received} bytes in {self._waited_s:.1f} s")
            self._waited_s, self._received = 0.0, 0
        return count

    def _limit_wait(self) -> float:
        """Set the socket's time-out for the next wait; return it in seconds."""
        left_s = deadline.left_s()
        if left_s <= 0:
            raise TimeoutError("the deadline has passed")
        wait_s = min(max(left_s / _TRIES_IN_TIME, _SHORTEST_WAIT_S), left_s)
        if self._timeout is not None:
            wait_s = min(wait_s, self._timeout)
        self._socket.settimeout(wait_s if wait_s < math.inf else None)
        return wait_s


class _TimedFile(io.RawIOBase):
    """The bytes that a timed socket receives.

    Args:
        timed: the socket.
        raw: its raw file.
    """

    def __init__(self, timed: _TimedSocket, raw: io.RawIOBase) -> None:
        self._timed, self._raw = timed, raw

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        return self._timed.receive(self._raw, buffer)

    def close(self) -> None:
        self._raw.close()
        super().close()


class _TimedConnection:
    """A connection whose socket keeps the deadline; mixed into botocore's classes."""

    sock: Any
    timeout: float | None

    def connect(self) -> None:
        left_s = deadline.left_s()
        if left_s < math.inf:
            wait_s = max(left_s / _ADDRESSES, min(_SHORTEST_WAIT_S, left_s), _LEAST_S)
            self.timeout = min(wait_s, self.timeout or wait_s)
        super().connect()  # type: ignore[misc]
        self.sock = _TimedSocket(self.sock)


class _HTTPConnection(_TimedConnection, AWSHTTPConnection):  # type: ignore[misc]
    pass


class _HTTPSConnection(_TimedConnection, AWSHTTPSConnection):  # type: ignore[misc]
    pass


class _HTTPPool(AWSHTTPConnectionPool):
    ConnectionCls = _HTTPConnection


class _HTTPSPool(AWSHTTPSConnectionPool):
    ConnectionCls = _HTTPSConnection


def keep_deadline(client: Any) -> None:
    """Make all connections of a new client keep the deadline of their thread.

    botocore offers no public way to the connections of a client. Should a later version keep them
    elsewhere, its own time-outs remain: a single wait is limited, and each attempt, but not a drip.
    """
    try:
        pools = client._endpoint.http_session._pool_classes_by_scheme  # noqa: SLF001
        known = set(pools) == {"http", "https"}
    except (AttributeError, TypeError):
        known = False
    if known:
        pools.update(http=_HTTPPool, https=_HTTPSPool)
    else:
        logger.error("connections to AWS do not keep the deadline: botocore has changed")
