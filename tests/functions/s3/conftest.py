"""S3 with faults behind the functions' own settings, and invocations with little time."""

import time
from collections.abc import Callable, Iterator
from functools import cache
from types import SimpleNamespace
from typing import Any

import pytest

from local.cloud.s3_server import S3Server
from shared.aws import _buckets, s3_client
from tests.support.builders import make_trace, mseed, noise, put_station
from tests.support.commands import load_app
from tests.support.faulty_s3 import FaultyS3, faulty_s3
from tests.support.invoked import DAY, NSCL, STATIONXML, Invoke, Invoked


@pytest.fixture(scope="session")
def invoke() -> Invoke:
    """A function that invokes a function's handler with some seconds left."""
    handlers = {name: load_app(name).handler for name in ("response", "timewindow")}

    def call(
        function: str, event: Any, left_s: float | None = None, clock: Any = time.monotonic
    ) -> Invoked:
        start = clock()
        context = SimpleNamespace()
        if left_s is not None:
            context.get_remaining_time_in_millis = lambda: int((start + left_s - clock()) * 1000)
        try:
            answer = handlers[function](event, context)
        except Exception as error:  # noqa: BLE001
            answer = error
        return Invoked(answer, clock() - start)

    return call


@pytest.fixture(scope="session")
def proxy(s3_server: S3Server) -> Iterator[FaultyS3]:
    """The proxy before S3."""
    with faulty_s3(s3_server) as proxy:
        yield proxy


@pytest.fixture(scope="session")
def kept_clients() -> Callable[..., Any]:
    """A function that returns clients for the proxy, made once for all tests.

    Clients take most of a short test's time. Forgetting them forgets only their knowledge here.
    """
    make = cache(s3_client._client.__wrapped__)

    def client(signed: bool, region: str) -> Any:
        return make(signed, region)

    client.cache_clear = _buckets._known.clear  # type: ignore[attr-defined]
    return client


@pytest.fixture(scope="session")
def content(s3_server: S3Server) -> tuple[bytes, bytes]:
    """A day of CI.BOM.BHZ, and its StationXML."""
    day = mseed(make_trace(NSCL, "2024-01-01", noise(12_000)))
    return day, put_station(s3_server, "CI", "BOM", BHZ=40.0)


@pytest.fixture
def s3(
    archive: S3Server,
    monkeypatch: pytest.MonkeyPatch,
    invoke: Invoke,
    proxy: FaultyS3,
    kept_clients: Callable[..., Any],
    content: tuple[bytes, bytes],
) -> Iterator[FaultyS3]:
    """S3 without faults yet, with a day of CI.BOM.BHZ and its StationXML."""
    archive.put(DAY, content[0])
    archive.put(STATIONXML, content[1])
    monkeypatch.setenv("AWS_ENDPOINT_URL_S3", proxy.url)
    monkeypatch.setattr(s3_client, "_client", kept_clients)
    s3_client.forget_clients()
    proxy.begin()
    for signed in (True, False):
        s3_client.client(signed)
    yield proxy
    proxy.end()
