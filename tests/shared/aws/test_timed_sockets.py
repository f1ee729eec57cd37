"""Connections that keep the deadline, plain and by TLS: slow answers, slow readers, reuse."""

import datetime as dt
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from local.cloud.s3_server import OUTPUT_BUCKET
from shared.aws import _attempts, _clients, deadline, s3_client, s3_read, s3_write
from shared.errors import S3Error
from tests.support.s3_failures import OBJECT
from tests.support.tiny_server import BODY, CREDENTIALS

ANSWER = (
    b'HTTP/1.1 206 Partial Content\r\nETag: "0"\r\nContent-Length: 1024\r\n'
    b"Content-Range: bytes 0-1023/1024\r\n\r\n" + BODY
)  # fmt: skip

Talk = Callable[[socket.socket], None]


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate for localhost, with its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    now = dt.datetime.now(dt.timezone.utc)
    signed = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("tls") / "localhost.pem"
    path.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        + signed.public_bytes(serialization.Encoding.PEM)
    )
    return path


class Listener:
    """A server that talks over each connection as a test says."""

    def __init__(self, certificate: Path | None, talk: Talk) -> None:
        self._talk = talk
        self._tls = None
        if certificate:
            self._tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            self._tls.load_cert_chain(certificate)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.connections = 0
        scheme = "https" if certificate else "http"
        self.url = f"{scheme}://localhost:{self._listener.getsockname()[1]}"

    def __enter__(self) -> "Listener":
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._listener.close()

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        try:
            if self._tls:
                connection = self._tls.wrap_socket(connection, server_side=True)
            with connection:
                self._talk(connection)
        except OSError:
            pass


@pytest.fixture(params=["http", "https"])
def listen(
    request: pytest.FixtureRequest, certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[[Talk], Listener]]:
    """A function that runs a server in place of S3, plain or by TLS."""

    def start(talk: Talk) -> Listener:
        server = Listener(certificate if request.param == "https" else None, talk)
        monkeypatch.setenv("AWS_ENDPOINT_URL_S3", server.url)
        s3_client.forget_clients()
        return server

    for name, value in CREDENTIALS.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("AWS_CA_BUNDLE", str(certificate))
    yield start
    s3_client.forget_clients()


def left(seconds: float) -> Any:
    return deadline.invocation(SimpleNamespace(get_remaining_time_in_millis=lambda: seconds * 1000))


def request_of(connection: socket.socket) -> bytes:
    received = b""
    while b"\r\n\r\n" not in received:
        chunk = connection.recv(65536)
        if not chunk:
            raise OSError
        received += chunk
    return received


def test_connections_are_reused(listen: Callable[[Talk], Listener]) -> None:
    def talk(connection: socket.socket) -> None:
        while True:
            request_of(connection)
            connection.sendall(ANSWER)

    with listen(talk) as server:
        for _ in range(5):
            assert s3_read.read_part(OBJECT, 0).content == BODY
        with left(8):
            assert s3_read.read_part(OBJECT, 0).content == BODY
        assert server.connections == 1


@pytest.mark.parametrize("begin", [0, ANSWER.index(BODY)], ids=["headers", "body"])
def test_drip_counts_as_stalled(
    listen: Callable[[Talk], Listener], monkeypatch: pytest.MonkeyPatch, begin: int
) -> None:
    """Also without a deadline; the rate is that of the longest wait."""
    monkeypatch.setattr(_clients, "_READ_TIMEOUT_S", 0.2)
    monkeypatch.setattr(_attempts, "_FIRST_PAUSE_S", 0.01)
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")

    def talk(connection: socket.socket) -> None:
        request_of(connection)
        connection.sendall(ANSWER[:begin])
        for number in range(begin, len(ANSWER)):
            time.sleep(0.05)
            connection.sendall(ANSWER[number : number + 1])

    with listen(talk) as server:
        s3_client.client(signed=False, region="us-west-2")
        start = time.monotonic()
        with pytest.raises(S3Error, match="S3 took too long, at each of 3 attempts"):
            s3_read.read_part(OBJECT, 0)
        assert time.monotonic() - start < 8
        assert server.connections == 3


def test_slow_but_steady_answer_is_read(
    listen: Callable[[Talk], Listener], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_clients, "_READ_TIMEOUT_S", 0.3)

    def talk(connection: socket.socket) -> None:
        request_of(connection)
        for begin in range(0, len(ANSWER), 200):
            connection.sendall(ANSWER[begin : begin + 200])
            time.sleep(0.05)

    with listen(talk) as server:
        assert s3_read.read_part(OBJECT, 0).content == BODY
        assert server.connections == 1


def test_steady_answer_that_takes_too_long(listen: Callable[[Talk], Listener]) -> None:
    def talk(connection: socket.socket) -> None:
        request_of(connection)
        connection.sendall(ANSWER.replace(b"1024", b"9000000").replace(b"1023", b"8999999"))
        while True:
            connection.sendall(b"x" * 4096)
            time.sleep(0.1)

    with listen(talk):
        s3_client.client(signed=False, region="us-west-2")
        start = time.monotonic()
        with left(1), pytest.raises(S3Error, match=f"{OBJECT.uri}: S3 took too long"):
            s3_read.read_part(OBJECT, 0)
        assert time.monotonic() - start < 2


def test_server_that_does_not_read(listen: Callable[[Talk], Listener]) -> None:
    def talk(connection: socket.socket) -> None:
        request_of(connection)
        time.sleep(5)

    with listen(talk):
        s3_client.client(signed=True)
        start = time.monotonic()
        with left(1), pytest.raises(S3Error, match="s3://corrected-waveforms/key: "):
            s3_write.upload(bytes(40_000_000), OUTPUT_BUCKET, "key", "text/plain")
        assert time.monotonic() - start < 2


def test_server_that_never_shakes_hands(
    listen: Callable[[Talk], Listener], request: pytest.FixtureRequest
) -> None:
    with listen(lambda _: None) as server:
        server._accept = lambda: time.sleep(9)  # type: ignore[method-assign]
    # The kernel accepts connections as long as the listener exists, and nothing else happens.
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        scheme = server.url.partition(":")[0]
        with pytest.MonkeyPatch.context() as environment:
            environment.setenv("AWS_ENDPOINT_URL_S3", f"{scheme}://localhost:{port}")
            s3_client.forget_clients()
            s3_client.client(signed=False, region="us-west-2")
            start = time.monotonic()
            with left(1), pytest.raises(S3Error, match=OBJECT.uri):
                s3_read.read_part(OBJECT, 0)
            assert time.monotonic() - start < 2
