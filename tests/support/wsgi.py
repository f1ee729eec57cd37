"""A WSGI application behind a real HTTP server."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from local.cloud.wsgi_server import WsgiServer


@contextmanager
def listening(application: Any) -> Iterator[str]:
    """Serve an application on a free port; yield its URL."""
    with WsgiServer(application) as server:
        yield f"http://127.0.0.1:{server.port}"
