"""Requests for windows, as JSON and as a query."""

from typing import Any

import pytest

from shared.archive.channel_id import ChannelId
from shared.errors import BadRequestError, TooLargeError
from shared.windows.request import WindowsRequest, parse_windows, request_from_query

FIELDS = {
    "Network": "CI",
    "Station": "BOM",
    "Channel": "BHZ",
    "Location": "--",
    "Starttime": "2024-01-01T00:00:00",
    "Endtime": "2024-01-01T00:05:00",
}


def test_json_is_the_default():
    request = WindowsRequest.parse({"Windows": [FIELDS]})
    assert request.format == "json"
    assert [window.channel.nscl for window in request.windows] == ["CI.BOM.BHZ."]


@pytest.mark.parametrize("name", ["json", "mseed", "sac"])
def test_formats(name):
    assert WindowsRequest.parse({"Windows": [FIELDS], "Format": name}).format == name
    request = request_from_query({**FIELDS, "Format": name})
    assert WindowsRequest.parse(request).format == name


@pytest.mark.parametrize("name", ["ms", "mini", "", None, 7, ["json"], " sac"])
def test_unknown_formats_are_refused_by_name(name):
    with pytest.raises(BadRequestError, match="'json', 'mseed', 'sac'") as caught:
        WindowsRequest.parse({"Windows": [FIELDS], "Format": name})
    assert caught.value.details == {"field": "Format"}
    assert repr(name) in caught.value.message


def test_a_query_is_a_request_for_one_window():
    request = request_from_query(FIELDS)
    assert request == {"Windows": [FIELDS]}
    assert WindowsRequest.parse(request) == WindowsRequest.parse({"Windows": [FIELDS]})


@pytest.mark.parametrize(
    ("changes", "words", "field"),
    [
        ({"Network": None}, "Network is missing", "Network"),
        ({"Endtime": None}, "Endtime is missing", "Endtime"),
        ({"Quality": "D"}, "unknown field 'Quality'", "Quality"),
        ({"Windows": "[]"}, "unknown field 'Windows'", "Windows"),
        ({"Format": "ms"}, "Format is 'ms'", "Format"),
        ({"Station": "*"}, r"station code '\*'", "Station"),
        ({"Endtime": "now"}, "Endtime 'now'", "Endtime"),
        ({"Endtime": "2023-01-01"}, "Endtime is '2023-01-01': must be at or after", "Endtime"),
    ],
)
def test_bad_queries_name_the_parameter(changes, words, field):
    parameters = {k: v for k, v in {**FIELDS, **changes}.items() if v is not None}
    with pytest.raises(BadRequestError, match=words) as caught:
        request_from_query(parameters)
    assert caught.value.details["field"] == field
    assert "Windows[0]" not in caught.value.message


def test_a_query_for_years_is_refused():
    with pytest.raises(TooLargeError, match="the window is longer than 366 days"):
        request_from_query({**FIELDS, "Endtime": "2026-01-01"})


def request(**changes: object) -> dict[str, object]:
    entry = {
        "Network": "CI",
        "Station": "BOM",
        "Channel": "BHZ",
        "Location": "  ",
        "Starttime": "2024-01-01T00:00:00",
        "Endtime": "2024-01-01T00:05:00",
        **changes,
    }
    return {"Windows": [{name: value for name, value in entry.items() if value is not None}]}


def test_a_window_of_years_is_refused_before_anything_is_looked_for() -> None:
    with pytest.raises(TooLargeError, match="longer than 366 days"):
        parse_windows(request(Endtime="2025-01-02T00:00:01"))


@pytest.mark.parametrize("blank", ["", "--", "  ", None])
def test_blank_locations_are_the_same(blank: str | None) -> None:
    (parsed,) = parse_windows(request(Location=blank))
    assert parsed.channel == ChannelId("CI", "BOM", "BHZ", "")


@pytest.mark.parametrize(
    ("bad", "words"),
    [
        (None, "JSON object with Windows"),
        ([], "JSON object with Windows"),
        ({}, "Windows is missing"),
        ({"Windows": []}, "at least one"),
        ({"Windows": {}}, "array"),
        ({"Windows": ["CI.BOM.BHZ."]}, r"Windows\[0\] is 'CI.BOM.BHZ.'"),
        ({"Window": []}, r"unknown field 'Window' \(did you mean 'Windows'\?\)"),
        (request(Network=None), r"Windows\[0\].Network is missing"),
        (request(Starttime=None), r"Windows\[0\].Starttime is missing"),
        (request(Endtime=None), r"Windows\[0\].Endtime is missing"),
        (request(Network=7), r"Windows\[0\].Network is 7"),
        (request(Network="../.."), "network code"),
        (request(Station="B/M"), "station code 'B/M'"),
        (request(Station="*"), "station code"),
        (request(Channel="BH?"), "channel code"),
        (request(Location="000"), "location code"),
        (request(Starttime="yesterday"), r"Windows\[0\].Starttime 'yesterday'"),
        (request(Starttime=20240101), r"Windows\[0\].Starttime is 20240101"),
        (request(Endtime="2024-01-01T25:00:00"), "hour must be in"),
        (request(Endtime="2023-12-31T00:00:00"), "at or after Starttime"),
        (request(Quality="D"), "unknown field 'Quality'"),
    ],
)
def test_bad_requests_name_what_is_wrong(bad: object, words: str) -> None:
    with pytest.raises(BadRequestError, match=words):
        parse_windows(bad)


@pytest.mark.parametrize(
    ("members", "words"),
    [
        (
            {"Output": "velocity"},
            "Output is 'velocity': must be one of 'DISP', 'VEL', 'ACC', 'DEF'",
        ),
        ({"pre_filt": "auto"}, "pre_filt is 'auto': must be given with an Output"),
        ({"Output": "VEL", "pre_filt": "all"}, "pre_filt is 'all'"),
        ({"Output": "VEL", "taper_fraction": 0.1}, "unknown field 'taper_fraction'"),
        ({"Output": "VEL", "edges": "taper"}, "unknown field 'edges'"),
        ({"Read": "all"}, "Read is 'all': must be one of 'records', 'whole'"),
        ({"Read": True}, "Read is True"),
    ],
)
def test_bad_options_are_named(members: dict[str, Any], words: str) -> None:
    request = {
        "Windows": [
            {
                "Network": "CI",
                "Station": "BOM",
                "Channel": "BHZ",
                "Starttime": "2024-01-01",
                "Endtime": "2024-01-01T00:01:00",
            }
        ]
    }
    assert WindowsRequest.parse(request).removal is None
    with pytest.raises(BadRequestError, match=words):
        WindowsRequest.parse({**request, **members})
