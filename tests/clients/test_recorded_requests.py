"""Requests of IRISSeismic (R) and seisplotjs, and requests with odd manners, through HTTP."""

import io
from typing import Any

import obspy
import pytest
import urllib3

from tests.clients.archive import CHANNELS, MIDNIGHT, assert_same, truth
from tests.support.http_api import ServedHandler

DATASELECT, STATION, AVAILABILITY = (
    f"/fdsnws/{name}/1/query" for name in ("dataselect", "station", "availability")
)
LINE = b"CI AAA -- BHZ 2024-01-01T23:50:00 2024-01-02T00:20:00"
WINDOW = "net=CI&sta=AAA&loc=--&cha=BHZ&start=2024-01-01T23:50:00&end=2024-01-02T00:20:00"
SERVICES = {
    "dataselect": f"{DATASELECT}?{WINDOW}",
    "station": f"{STATION}?net=*&level=channel",
    "station as text": f"{STATION}?net=*&level=channel&format=text",
    "availability": f"{AVAILABILITY}?{WINDOW}",
    "WADL": "/fdsnws/station/1/application.wadl",
    "version": "/fdsnws/dataselect/1/version",
}


def ask(served: ServedHandler, path: str, method: str = "GET", **options: Any) -> Any:
    return urllib3.request(method, served.url + path, redirect=False, timeout=60, **options)


def channel_rows(text: str) -> list[list[str]]:
    return [row.split("|") for row in text.splitlines() if not row.startswith("#")]


# IRISSeismic


def test_irisseismic_gets_data(served: ServedHandler) -> None:
    query = (
        "net=CI&sta=AAA&loc=--&cha=BHZ&starttime=2024-01-01T23:50:00.000000"
        "&endtime=2024-01-02T00:20:00.000000&quality=B"
    )
    stream = obspy.read(io.BytesIO(ask(served, f"{DATASELECT}?{query}").data))
    assert_same(stream, truth(MIDNIGHT - 600, MIDNIGHT + 1200, "CI.AAA..BHZ"))


def test_irisseismic_lists_channels(served: ServedHandler) -> None:
    query = (
        "net=*&sta=*&loc=*&cha=*&starttime=2024-01-01T00:00:00.000000"
        "&endtime=2024-01-03T00:00:00.000000&includerestricted=TRUE&format=text&level=channel"
    )
    rows = channel_rows(ask(served, f"{STATION}?{query}").data.decode())
    assert {len(row) for row in rows} == {17}
    assert [".".join(row[:4]) for row in rows] == list(CHANNELS)


def test_irisseismic_reads_geocsv_by_place(served: ServedHandler) -> None:
    """It skips four lines, and takes the fields by their number."""
    query = (
        "net=CI&sta=AAA&loc=*&cha=BHZ&starttime=2024-01-01T00:00:00.000000"
        "&endtime=2024-01-05T00:00:00.000000&format=geocsv&merge=quality,overlap&mergegaps=0.0"
        "&includerestricted=TRUE&limit=500000"
    )
    answer = ask(served, f"{AVAILABILITY}?{query}")
    lines = answer.data.decode("ascii").splitlines()
    assert all(line.startswith("#") for line in lines[:4])
    assert lines[4] == "Network|Station|Location|Channel|SampleRate|Earliest|Latest"
    rows = channel_rows("\n".join(lines[5:]))
    assert {len(row) for row in rows} == {7}
    expected = truth(MIDNIGHT - 86_400, MIDNIGHT + 3 * 86_400, "CI.AAA..BHZ")
    ends = [(trace.stats.starttime, trace.stats.endtime) for trace in expected]
    assert [tuple(map(obspy.UTCDateTime, row[5:])) for row in rows] == ends


@pytest.mark.parametrize("path", ["dataselect/1/queryauth", "availability/1/extentauth"])
def test_a_client_with_a_password(served: ServedHandler, path: str) -> None:
    """IRISSeismic with a netrc file, and ObsPy with a user, ask the restricted methods."""
    answer = ask(served, f"/fdsnws/{path}?{WINDOW}")
    assert answer.status == 404
    assert b"none is restricted, so ask without a user and a password" in answer.data


# seisplotjs


@pytest.mark.parametrize("end", ["2024-01-02T00:20:00.000", "2024-01-02T00:20:00.789Z"])
def test_seisplotjs(served: ServedHandler, end: str) -> None:
    """Short names, the level first, milliseconds; an answer must allow any origin."""
    times = f"starttime=2024-01-01T23:50:00.000&endtime={end}"
    origin = {"Origin": "https://example.org", "Accept": "application/xml"}
    path = f"{STATION}?level=channel&net=CI&sta=AAA&cha=BH%3F&{times}&nodata=404"
    answer = ask(served, path, headers=origin)
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    inventory = obspy.read_inventory(io.BytesIO(answer.data))
    assert sorted(inventory.get_contents()["channels"]) == sorted(CHANNELS[:2])
    assert inventory[0].start_date
    assert inventory[0][0].start_date
    path = f"{DATASELECT}?net=CI&sta=AAA&loc=--&cha=BHZ%2CSHZ&{times}&format=miniseed&nodata=404"
    answer = ask(served, path)
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert_same(
        obspy.read(io.BytesIO(answer.data)),
        truth(MIDNIGHT - 600, MIDNIGHT + 1200, "CI.AAA..BHZ"),
    )
    answer = ask(served, f"{AVAILABILITY}?net=CI&sta=AAA&cha=BHZ&format=json&{times}")
    assert answer.headers["Content-Type"].startswith("application/json")
    found = answer.json()
    assert found["version"] == 1.0
    assert [len(each["timespans"]) for each in found["datasources"]] == [2]
    answer = ask(served, f"{STATION}?level=network&net=ZZ&nodata=404")
    assert (answer.status, answer.headers["Access-Control-Allow-Origin"]) == (404, "*")


# Odd manners


@pytest.mark.parametrize(
    "headers",
    [
        {},  # pyrocko
        {"Content-Type": "application/x-www-form-urlencoded"},  # curl --data-binary
        {"Content-Type": "text/plain;charset=UTF-8"},
        {"Content-Type": "application/octet-stream", "Expect": ""},
        {"Content-Type": ""},
    ],
)
def test_any_media_type_of_a_post(served: ServedHandler, headers: dict[str, str]) -> None:
    for body in (LINE, b"quality=B\r\nformat=miniseed\r\n" + LINE + b"\r\n"):
        answer = ask(served, DATASELECT, "POST", body=body, headers=headers)
        assert answer.status == 200
        stream = obspy.read(io.BytesIO(answer.data))
        assert_same(stream, truth(MIDNIGHT - 600, MIDNIGHT + 1200, "CI.AAA..BHZ"))


@pytest.mark.parametrize("name", SERVICES)
def test_slashes_may_be_doubled(served: ServedHandler, name: str) -> None:
    path = SERVICES[name]
    expected = ask(served, path)
    assert expected.status == 200
    # urllib3 would take the first part of "//fdsnws" for a host, so the path is not its own.
    with urllib3.HTTPConnectionPool(served.url.removeprefix("http://")) as pool:
        for other in (f"/{path}", path.replace("/1/", "//1/")):
            answer = pool.request("GET", other)
            assert answer.status == 200
            assert answer.headers.get("ETag") == expected.headers.get("ETag")
            assert len(answer.data) == len(expected.data)


@pytest.mark.parametrize("name", SERVICES)
def test_head_is_get_without_its_body(served: ServedHandler, name: str) -> None:
    answers = [ask(served, SERVICES[name], method) for method in ("GET", "HEAD")]
    get, head = ({k: v for k, v in each.headers.items() if k not in _VARY} for each in answers)
    assert (answers[1].status, answers[1].data) == (200, b"")
    assert head == get


_VARY = {"Date", "Content-Length", "Content-Disposition"}
"""Headers with the time, and one that HEAD need not have."""


@pytest.mark.parametrize("name", SERVICES)
def test_a_preflight(served: ServedHandler, name: str) -> None:
    headers = {
        "Origin": "https://example.org",
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "content-type",
    }
    answer = ask(served, SERVICES[name], "OPTIONS", headers=headers)
    assert (answer.status, answer.data) == (204, b"")
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    allowed = answer.headers["Access-Control-Allow-Methods"].split(", ")
    assert {"GET", "HEAD", "OPTIONS"} <= set(allowed)
    assert ("POST" in allowed) == SERVICES[name].partition("?")[0].endswith("/query")
    assert "*" in answer.headers["Access-Control-Allow-Headers"].split(", ")


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH"])
def test_other_methods(served: ServedHandler, method: str) -> None:
    answer = ask(served, DATASELECT, method)
    assert answer.status == 405
    assert {"GET", "POST"} <= set(answer.headers["Allow"].split(", "))
    assert answer.data.startswith(b"Error 405: ")


@pytest.mark.parametrize("name", ["station", "WADL", "availability", "dataselect"])
def test_gzip_and_unchanged_answers(served: ServedHandler, name: str) -> None:
    path = SERVICES[name]
    plain = ask(served, path, headers={"Accept-Encoding": "identity"})
    assert "Content-Encoding" not in plain.headers
    packed = ask(served, path, headers={"Accept-Encoding": "gzip"})
    assert packed.data == plain.data or name == "station"  # whose head names the time
    large = name in ("station", "WADL")
    assert packed.headers.get("Content-Encoding") == ("gzip" if large else None)
    for tag in (plain.headers.get("ETag"), packed.headers.get("ETag")):
        if tag is None:
            assert name == "availability"
            continue
        again = ask(served, path, headers={"If-None-Match": f'"other", {tag}'})
        assert (again.status, again.data) == (304, b"")
        assert again.headers["Access-Control-Allow-Origin"] == "*"
        changed = ask(served, path, headers={"If-None-Match": '"other"'})
        assert changed.status == 200
