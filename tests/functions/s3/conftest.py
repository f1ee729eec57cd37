"""S3 with faults behind the functions' own settings, and invocations with little time."""

import time
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest

from local.cloud.s3_server import S3Server
from shared.aws import s3_client
from tests.support.builders import make_trace, noise, put_day, put_station
from tests.support.commands import load_app
from tests.support.faulty_s3 import FaultyS3, faulty_s3
from tests.support.invoked import NSCL, Invoke, Invoked


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


@pytest.fixture
def s3(archive: S3Server, monkeypatch: pytest.MonkeyPatch, invoke: Invoke) -> Iterator[FaultyS3]:
    """S3 without faults yet, with a day of CI.BOM.BHZ and its StationXML."""
    put_day(archive, NSCL, "2024,001", make_trace(NSCL, "2024-01-01", noise(12_000)))
    put_station(archive, "CI", "BOM", BHZ=40.0)
    with faulty_s3(archive) as proxy:
        monkeypatch.setenv("AWS_ENDPOINT_URL_S3", proxy.url)
        s3_client.forget_clients()
        for signed in (True, False):
            s3_client.client(signed)
        yield proxy
