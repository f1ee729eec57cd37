"""The benchmarks' slow network: its delay and bandwidth, and unchanged bytes."""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from benchmarks.servers.server_process import ServerProcess
from benchmarks.servers.slow_network import SlowNetwork

CONTENT = bytes(range(256)) * 4096  # 1 MiB


@contextmanager
def serving(serve: Callable[[socket.socket], None]) -> Iterator[int]:
    """Run a server that passes each connection to `serve`; yield its port."""

    def accept() -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            threading.Thread(target=answer, args=(connection,), daemon=True).start()

    def answer(connection: socket.socket) -> None:
        with connection:
            serve(connection)

    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=accept, daemon=True).start()
        yield listener.getsockname()[1]
        listener.shutdown(socket.SHUT_RDWR)


def echo(connection: socket.socket) -> None:
    while content := connection.recv(65536):
        connection.sendall(content)


def connected(server: SlowNetwork | ServerProcess) -> socket.socket:
    return socket.create_connection(("127.0.0.1", server.port), timeout=30)


def received(server: SlowNetwork | ServerProcess, content: bytes = b"x") -> bytes:
    """Send some bytes, and return the whole reply."""
    with connected(server) as client:
        sender = threading.Thread(target=lambda: (client.sendall(content), end(client)))
        sender.start()
        parts = list(iter(lambda: client.recv(65536), b""))
        sender.join()
    return b"".join(parts)


def end(client: socket.socket) -> None:
    client.shutdown(socket.SHUT_WR)


def test_bytes_pass_unchanged_and_are_counted() -> None:
    with serving(echo) as server, SlowNetwork(server, 0.002, 200e6) as network:
        assert received(network, CONTENT) == CONTENT
        assert network.counts() == {"connections": 1, "up": len(CONTENT), "down": len(CONTENT)}
        assert received(network, b"again") == b"again"
        assert network.counts()["connections"] == 2
        assert network.counts()["down"] == len(CONTENT) + 5


def test_many_connections_at_once_keep_their_bytes() -> None:
    contents = [bytes([number]) * 100_000 for number in range(8)]
    replies: dict[int, bytes] = {}
    with serving(echo) as server, SlowNetwork(server, 0.01, 50e6) as network:

        def ask(number: int) -> None:
            replies[number] = received(network, contents[number])

        threads = [threading.Thread(target=ask, args=(number,)) for number in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert [replies[number] for number in range(8)] == contents


def test_a_connection_costs_one_round_trip_and_each_answer_another() -> None:
    seconds = []
    with (
        serving(echo) as server,
        SlowNetwork(server, 0.1, 1e9) as network,
        connected(network) as client,
    ):
        for _ in range(2):
            begun = time.monotonic()
            client.sendall(b"x")
            assert client.recv(1) == b"x"
            seconds.append(time.monotonic() - begun)
    first, second = seconds
    assert first > 0.195
    assert second > 0.095


@pytest.mark.parametrize("clients", [1, 2])
def test_bandwidth_is_shared_by_all_connections(clients: int) -> None:
    def send(connection: socket.socket) -> None:
        connection.recv(1)
        connection.sendall(CONTENT)

    with serving(send) as server, SlowNetwork(server, 0.0, 4e6) as network:
        begun = time.monotonic()
        threads = [threading.Thread(target=received, args=(network,)) for _ in range(clients)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        seconds = time.monotonic() - begun
    assert seconds > 0.95 * clients * len(CONTENT) / 4e6


def test_a_sender_is_held_back() -> None:
    """Otherwise the proxy would count bytes that no client reads."""
    sent = 0

    def send(connection: socket.socket) -> None:
        nonlocal sent
        connection.recv(1)
        connection.settimeout(0.2)
        try:
            while sent < 200e6:
                sent += connection.send(CONTENT)
        except TimeoutError:
            return

    with (
        serving(send) as server,
        SlowNetwork(server, 0.0, 1e6) as network,
        connected(network) as client,
    ):
        begun = time.monotonic()
        client.sendall(b"x")
        assert client.recv(1)
        time.sleep(0.5)
        passed = network.counts()["down"]
        assert passed < 1e6 * (time.monotonic() - begun) + 100_000
    assert sent < 100e6


def test_a_client_that_leaves_is_no_harm() -> None:
    with serving(echo) as server, SlowNetwork(server, 0.0, 1e9) as network:
        with connected(network) as client:
            client.sendall(CONTENT[:1000])
        assert received(network, b"next") == b"next"


def test_without_a_server_the_connection_ends() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        nobody = listener.getsockname()[1]
    with SlowNetwork(nobody, 0.0, 1e9) as network, connected(network) as client:
        assert client.recv(1) == b""


def test_in_its_own_process_it_reports_its_counts() -> None:
    with (
        serving(echo) as server,
        ServerProcess("benchmarks.servers.slow_network", str(server), "0.001", "inf") as network,
    ):
        assert received(network, CONTENT) == CONTENT
        assert network.counts() == {"connections": 1, "up": len(CONTENT), "down": len(CONTENT)}
