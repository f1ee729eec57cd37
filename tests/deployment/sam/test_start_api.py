"""`sam local start-api`: the stack's HTTP API."""

import gzip
import http.client
import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import obspy
import pytest

from tests.deployment.support.sam_local import ABSENT_DAY, once, serving
from tests.support.containers import taken
from tests.support.tutorial_requests import (
    RESPONSE_KEY,
    RESPONSE_REQUEST,
    WINDOWS_REQUEST,
    assert_corrected_as_by_obspy,
    assert_windows_as_by_obspy,
)

pytestmark = pytest.mark.docker


@pytest.fixture(scope="module")
def api(local: Path) -> Iterator[int]:
    with serving(local, "start-api") as port:
        yield port


def request(
    port: int, method: str, path: str, body: Any = None, **headers: str
) -> tuple[int, dict[str, str], bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=600)
    try:
        connection.request(method, path, None if body is None else json.dumps(body), headers)
        response = connection.getresponse()
        return response.status, dict(response.getheaders()), response.read()
    finally:
        connection.close()


@once
def test_windows_by_post(api: int, demo_archive: Path) -> None:
    status, headers, body = request(api, "POST", "/windows", WINDOWS_REQUEST)
    assert (status, headers["Content-Type"]) == (200, "application/json")
    assert_windows_as_by_obspy(json.loads(body), demo_archive)


@once
def test_windows_in_gzip(api: int, demo_archive: Path) -> None:
    gzipped = {"Accept-Encoding": "gzip"}
    status, headers, body = request(api, "POST", "/windows", WINDOWS_REQUEST, **gzipped)
    assert (status, headers["Content-Encoding"]) == (200, "gzip")
    assert_windows_as_by_obspy(json.loads(gzip.decompress(body)), demo_archive)


@once
def test_window_by_get(api: int) -> None:
    window = WINDOWS_REQUEST["Windows"][0]
    status, _, body = request(api, "GET", f"/windows?{urlencode({**window, 'Format': 'mseed'})}")
    assert status == 200
    by_get = obspy.read(io.BytesIO(body), format="MSEED")
    _, _, body = request(api, "POST", "/windows", {"Windows": [window], "Format": "mseed"})
    assert by_get == obspy.read(io.BytesIO(body), format="MSEED")
    assert by_get[0].stats.npts > 1_000


@once
def test_response_by_post(api: int, container_s3: Any, demo_archive: Path) -> None:
    status, _, body = request(api, "POST", "/response", RESPONSE_REQUEST)
    assert (status, json.loads(body)["units"]) == (200, "m/s")
    assert_corrected_as_by_obspy(taken(container_s3, RESPONSE_KEY), demo_archive)


@once
def test_errors_over_http(api: int) -> None:
    status, _, body = request(api, "POST", "/response", ABSENT_DAY)
    assert (status, json.loads(body)["error"]["type"]) == (404, "NoWaveformError")
    status, _, body = request(api, "GET", "/windows?Network=CI")
    assert (status, json.loads(body)["error"]["type"]) == (400, "BadRequestError")


@once
def test_no_route(api: int) -> None:
    assert request(api, "GET", "/response")[0] in (403, 404, 405)
    assert request(api, "GET", "/fdsn")[0] in (403, 404)


@once
def test_fdsn_web_services(api: int) -> None:
    """A greedy path reaches the function with all of its methods, and HEAD without a body."""
    status, headers, body = request(api, "GET", "/fdsnws/dataselect/1/version")
    assert (status, headers["Content-Type"]) == (200, "text/plain")
    assert body.decode().startswith("1.1")
    status, _, body = request(api, "HEAD", "/fdsnws/station/1/application.wadl")
    assert (status, body) == (200, b"")
    status, headers, body = request(api, "GET", "/fdsnws/event/1/query")
    assert (status, headers["Content-Type"]) == (404, "text/plain")
    assert b"/fdsnws/event/1/query" in body
    status, headers, _ = request(api, "PUT", "/fdsnws/dataselect/1/query")
    assert status == 405
    assert {"GET", "POST"} <= set(headers["Allow"].split(", "))


@once
@pytest.mark.parametrize("path", ["/windows", "/fdsnws/dataselect/1/query", "/response"])
def test_preflight(api: int, path: str) -> None:
    preflight = {"Origin": "https://example.org", "Access-Control-Request-Method": "POST"}
    status, headers, body = request(api, "OPTIONS", path, **preflight)
    assert (status, body) == (204, b"")
    assert headers["Access-Control-Allow-Origin"] == "*"
    assert "POST" in headers["Access-Control-Allow-Methods"]
