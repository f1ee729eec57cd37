"""S3 with faults behind the functions' own settings, and invocations with little time."""

import json
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import pytest

from local.cloud.s3_server import S3Server
from shared.aws import s3_client
from tests.support.builders import http_event, make_trace, noise, put_day, put_station
from tests.support.commands import load_app
from tests.support.faulty_s3 import FaultyS3, faulty_s3

NSCL = "CI.BOM.BHZ."
DAY = "continuous_waveforms/2024/2024_001/CIBOM__BHZ___2024001.ms"
STATIONXML = "FDSNstationXML/CI/CI_BOM.xml"
JOB = {"day": "2024,001", "nscl": NSCL}
WINDOWS = {
    "Windows": [
        {
            "Network": "CI",
            "Station": "BOM",
            "Channel": "BHZ",
            "Starttime": "2024-01-01T00:00:01",
            "Endtime": "2024-01-01T00:00:11",
        }
    ]
}


@dataclass
class Invoked:
    """An invocation.

    Attributes:
        answer: the reply, or the error of a direct one.
        seconds: the time that it took.
    """

    answer: Any
    seconds: float

    @property
    def error(self) -> dict[str, Any]:
        """The only error in the answer, as JSON."""
        answer = self.answer
        if isinstance(answer, Exception):
            return answer.as_dict()
        if isinstance(answer, dict) and "body" in answer:
            answer = json.loads(answer["body"])
        if isinstance(answer, list):
            (answer,) = answer
        return answer["error"]


Invoke = Callable[..., Invoked]


@pytest.fixture(scope="session")
def invoke() -> Invoke:
    """A function that invokes a function's handler with some seconds left."""
    handlers = {name: load_app(name).handler for name in ("response", "timewindow")}

    def call(function: str, event: Any, left_s: float | None = None) -> Invoked:
        start = time.monotonic()
        context = SimpleNamespace()
        if left_s is not None:
            context.get_remaining_time_in_millis = lambda: int(
                (start + left_s - time.monotonic()) * 1000
            )
        try:
            answer = handlers[function](event, context)
        except Exception as error:  # noqa: BLE001
            answer = error
        return Invoked(answer, time.monotonic() - start)

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


def sqs_event(*requests: Any) -> dict[str, Any]:
    """Return an event with one message for each request."""
    return {
        "Records": [
            {"messageId": f"m{number}", "body": json.dumps(request), "eventSource": "aws:sqs"}
            for number, request in enumerate(requests)
        ]
    }


EVENTS = {
    "a direct job": ("response", JOB),
    "a job over HTTP": ("response", http_event(json.dumps(JOB))),
    "direct windows": ("timewindow", WINDOWS),
    "windows over HTTP": ("timewindow", http_event(json.dumps(WINDOWS))),
}
