"""What a request for windows may say, as JSON and as a query."""

import pytest

from shared.errors import BadRequestError, TooLargeError
from shared.windows.request import WindowsRequest, request_from_query

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


@pytest.mark.parametrize("name", ["MSEED", "miniseed", "", None, 7, ["json"], " sac"])
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
        ({"Quality": "D"}, "unknown parameter 'Quality'", "Quality"),
        ({"Windows": "[]"}, "unknown parameter 'Windows'", "Windows"),
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
