"""The requests of fdsnws_fetch 2026.106: lines of a routing service, by POST, with gzip.

It halves its lines after a 413. It reads the media type up to ";", miniSEED by blockette 1000, and
a text's header by its first character.
"""

import io
from collections.abc import Iterator

import obspy
import pytest
import urllib3
from lxml import etree
from obspy import Inventory, Stream

from tests.clients.archive import CHANNELS, END, MIDNIGHT, START, assert_same, stations, truth
from tests.support.http_api import ServedHandler

HEADERS = {
    "Accept-Encoding": "gzip",
    "User-Agent": "fdsnws_fetch/2026.106",
    "Content-Type": "text/plain",
    "Connection": "close",
}
LINES = [
    f"{' '.join(code or '--' for code in seed_id.split('.'))} 2024-01-01T23:50:00Z"
    f" 2024-01-02T00:20:00{part}Z\n"
    for seed_id, part in zip(CHANNELS, ("", ".5", ".123456", ""), strict=True)
]
"""Times as its parsers of requests write them."""


def post(url: str, head: str, lines: list[str]) -> urllib3.BaseHTTPResponse:
    body = (head + "".join(lines)).encode()
    return urllib3.request("POST", url, body=body, headers=HEADERS, redirect=False, timeout=60)


def fetched(url: str, head: str = "") -> Iterator[urllib3.BaseHTTPResponse]:
    """Yield the answers, as it asks for them: all lines, and after a 413 half as many."""
    place, count = 0, len(LINES)
    while place < len(LINES):
        answer = post(url, head, LINES[place : place + count])
        if answer.status == 413:
            assert count > 1, answer.data
            count = -(count // -2)
            continue
        assert answer.status == 200, answer.data
        place += count
        yield answer


def test_data(served: ServedHandler) -> None:
    (answer,) = fetched(f"{served.url}/fdsnws/dataselect/1/query")
    assert answer.headers["Content-Type"].split(";")[0] == "application/vnd.fdsn.mseed"
    assert int.from_bytes(answer.data[48:50], "big") == 1000  # the first record's first blockette
    expected = truth(MIDNIGHT - 600, MIDNIGHT + 1200)
    assert_same(obspy.read(io.BytesIO(answer.data)), expected)


def test_lines_are_halved_after_413(served: ServedHandler, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shared.invocation.reply_size.MAX_REPLY_BYTES", 300_000)
    stream = Stream()
    for answer in fetched(f"{served.url}/fdsnws/dataselect/1/query"):
        stream += obspy.read(io.BytesIO(answer.data))
    assert len(served.events) > 2
    assert_same(stream, truth(MIDNIGHT - 600, MIDNIGHT + 1200))


def test_stations_as_text_and_in_xml(served: ServedHandler) -> None:
    url = f"{served.url}/fdsnws/station/1/query"
    (text,) = fetched(url, "level=channel\nformat=text\n")
    assert text.headers["Content-Type"].split(";")[0] == "text/plain"
    header, *rows = text.data.decode("ascii").splitlines()
    assert header.startswith("#Network|Station|Location|Channel|")
    assert [".".join(row.split("|")[:4]) for row in rows] == list(CHANNELS)
    (xml,) = fetched(url, "level=response\n")
    assert xml.headers["Content-Type"].split(";")[0] == "application/xml"
    assert xml.headers["Content-Encoding"] == "gzip"
    root = etree.fromstring(xml.data)
    for element in root.iter("{*}Network", "{*}Station", "{*}Channel"):  # by these it merges
        assert element.get("code")
        assert element.get("startDate")
    found: Inventory = obspy.read_inventory(io.BytesIO(xml.data))
    for seed_id in CHANNELS:
        response = stations().get_response(seed_id, MIDNIGHT)
        assert found.get_response(seed_id, MIDNIGHT) == response


def test_no_data_is_204_without_a_media_type(served: ServedHandler) -> None:
    line = f"ZZ AAA -- BHZ {START} {END}\n"
    answer = post(f"{served.url}/fdsnws/dataselect/1/query", "", [line])
    assert (answer.status, answer.data) == (204, b"")
    assert "Content-Type" not in answer.headers
