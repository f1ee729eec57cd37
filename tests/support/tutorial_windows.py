"""The tutorial's two windows: their request, their samples, and checks of replies to it."""

import base64
import json
import urllib.parse
from typing import Any

import numpy as np

from tests.support.builders import http_event, noise
from tests.support.commands import PROJECT

REQUEST = json.loads((PROJECT / "request.json").read_text())
"""The tutorial's request, for five minutes of BHZ and of BHN."""

BHZ, BHN = noise(20_000), noise(20_000, 2)
"""Samples of the days; those of BHN from 4,000 to 4,799 are missing in the archive."""

START = "2024-01-01T00:00:00.019500Z"
BHN_PIECES = [BHN[:4_000], BHN[4_800:12_000]]


def check(windows: list[dict[str, Any]]) -> None:
    """Check the two windows of a JSON reply, to the last field."""
    bhz, bhn = windows
    assert list(bhz) == [
        "network",
        "station",
        "channel",
        "location",
        "delta",
        "sampling_rate",
        "starttime",
        "endtime",
        "gaps",
        "data",
    ]
    assert bhz["data"] == BHZ[:12_000].tolist()
    assert {**bhz, "data": 0} == {
        "network": "CI",
        "station": "BOM",
        "channel": "BHZ",
        "location": "",
        "delta": 0.025,
        "sampling_rate": 40.0,
        "starttime": "2024-01-01T00:00:00.019500Z",
        "endtime": "2024-01-01T00:04:59.994500Z",
        "gaps": [],
        "data": 0,
    }
    assert bhn["data"] == [*BHN[:4_000].tolist(), *[None] * 800, *BHN[4_800:12_000].tolist()]
    assert bhn["gaps"] == [
        {
            "starttime": "2024-01-01T00:01:40.019500Z",
            "endtime": "2024-01-01T00:01:59.994500Z",
            "samples": 800,
            "why": "absent",
        }
    ]


def content_of(reply: dict[str, Any]) -> bytes:
    """Return the body of an HTTP reply as a client decodes it."""
    assert reply["isBase64Encoded"] is True
    return base64.b64decode(reply["body"], validate=True)


def check_pieces(stream: Any, dtype: str) -> None:
    """Check the segments of a file with the two windows, in any order of channels."""
    pieces = sorted(stream, key=lambda trace: (trace.id, trace.stats.starttime))
    assert [trace.id for trace in pieces] == ["CI.BOM..BHN", "CI.BOM..BHN", "CI.BOM..BHZ"]
    for trace, samples in zip(pieces, [*BHN_PIECES, BHZ[:12_000]], strict=True):
        np.testing.assert_array_equal(trace.data, samples)
        assert trace.data.dtype == dtype
    starts = [START, "2024-01-01T00:02:00.019500Z", START]
    assert [str(trace.stats.starttime) for trace in pieces] == starts


def get_event(version: str, **parameters: str) -> dict[str, Any]:
    """Return a GET event of HTTP API (2.0) or REST API (1.0) with a query."""
    if version == "2.0":
        context = {"http": {"method": "GET"}}
        query = urllib.parse.urlencode(parameters)
        return http_event(None, version, rawQueryString=query, requestContext=context)
    multiple = {name: [value] for name, value in parameters.items()}
    return http_event(None, version, httpMethod="GET", multiValueQueryStringParameters=multiple)
