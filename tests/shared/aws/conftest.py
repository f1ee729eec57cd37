"""S3 servers that fail in every way."""

import threading
from contextlib import contextmanager

import pytest

from shared.aws import _clients, s3_client
from tests.support.tiny_server import CREDENTIALS, TinyServer


@pytest.fixture
def tiny_server(monkeypatch):
    """Return a context manager that runs a server in place of S3."""

    @contextmanager
    def running(respond):
        server = TinyServer(respond)
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        monkeypatch.setenv("AWS_ENDPOINT_URL_S3", server.url)
        s3_client.forget_clients()
        try:
            yield server
        finally:
            server.over.set()
            s3_client.forget_clients()
            server.shutdown()
            thread.join()
            server.server_close()

    for name, value in {
        **CREDENTIALS,
        "AWS_MAX_ATTEMPTS": "1",
        "AWS_RETRY_MODE": "standard",
    }.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(_clients, "_READ_TIMEOUT_S", 0.5)
    monkeypatch.setattr(_clients, "_CONNECT_TIMEOUT_S", 0.5)
    return running
