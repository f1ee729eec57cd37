"""Days with known gaps, and a function that asks the service for them."""

import json
from collections.abc import Callable
from functools import cache
from typing import Any, NamedTuple

import pytest
from obspy import Trace

from local.cloud.s3_server import S3Server
from shared.archive.channel_id import ChannelId
from shared.archive.day import Day
from shared.archive.scedc import SCEDC
from tests.support.builders import make_trace, mseed, noise

Get = Callable[..., "Answer"]


class Answer(NamedTuple):
    """An answer over HTTP."""

    status: int
    headers: dict[str, str]
    text: str

    @property
    def rows(self) -> list[list[str]]:
        """The fields of each line of text, without comments."""
        return [line.split() for line in self.text.splitlines() if not line.startswith("#")]

    @property
    def json(self) -> Any:
        """The JSON."""
        return json.loads(self.text)


def event(path: str, query: str = "", body: str | None = None) -> dict[str, Any]:
    """Return the event of an HTTP API."""
    method = "POST" if body is not None else "GET"
    return {
        "version": "2.0",
        "routeKey": "$default",
        "rawPath": f"/fdsnws/availability/1/{path}",
        "rawQueryString": query,
        "headers": {"host": "example.org"},
        "requestContext": {
            "http": {"method": method, "path": f"/fdsnws/availability/1/{path}"},
            "stage": "$default",
        },
        "isBase64Encoded": False,
        "body": body,
    }


@pytest.fixture
def get(timewindow_handler: Callable[[Any], Any], archive: S3Server) -> Get:
    """A function that asks the service: path with its query, or with a body."""

    def ask(url: str, body: str | None = None) -> Answer:
        path, _, query = url.partition("?")
        reply = timewindow_handler(event(path, query, body))
        return Answer(reply["statusCode"], reply["headers"], reply.get("body") or "")

    return ask


@cache
def objects() -> dict[str, bytes]:
    """Return the day objects by key."""
    bhz, bhn, hnz = "CI.BOM.BHZ.", "CI.BOM.BHN.00", "CE.13884.HNZ.10"

    def trace(nscl: str, start: str, npts: int, rate: float = 1.0, quality: str = "D") -> Trace:
        made = make_trace(nscl, start, noise(npts), rate)
        made.stats.mseed.dataquality = quality
        return made

    return {
        SCEDC.waveform_key(ChannelId.parse(nscl), Day.parse(day)): mseed(*traces)
        for nscl, day, *traces in (
            (bhz, "2024,001", trace(bhz, "2024-01-01T00:00:00.5", 86_400)),
            (
                *(bhz, "2024,002", trace(bhz, "2024-01-02T00:00:00.5", 3_600)),
                trace(bhz, "2024-01-02T02:00:00.25", 7_200),
            ),
            (bhz, "2024,004", trace(bhz, "2024-01-04T12:00:00", 600)),
            (
                *(bhn, "2024,001", trace(bhn, "2024-01-01T01:00:00", 400)),
                trace(bhn, "2024-01-01T01:06:40", 400, quality="R"),
                trace(bhn, "2024-01-01T01:13:20", 4_000, 10.0),
            ),
            (
                *(hnz, "2024,001", trace(hnz, "2024-01-01T00:00:00", 600)),
                trace(hnz, "2024-01-01T00:05:00", 600),
                trace(hnz, "2024-01-01T00:20:00", 600),
            ),
        )
    }


@pytest.fixture
def days(archive: S3Server) -> S3Server:
    """Three days of CI.BOM..BHZ, continuous at the first midnight, and a day of two others."""
    for key, content in objects().items():
        archive.put(key, content)
    return archive
