"""Requests by GET and POST: names, contradictions, bounds, and answers without data."""

from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from obspy import UTCDateTime

from shared.errors import BadRequestError, TooLargeError
from shared.fdsnws.request import Selection, nodata
from shared.fdsnws.services import SERVICES
from tests.support.fdsn_requests import parse_get, parse_post

DAY, NEXT = UTCDateTime(2024, 1, 1).ns, UTCDateTime(2024, 1, 2).ns
LINE = "CI BOM -- BHZ 2024-01-01T00:00:00 2024-01-02T00:00:00"
SELECTION = Selection(("CI",), ("BOM",), ("",), ("BHZ",), DAY, NEXT)


@pytest.mark.parametrize(
    "query",
    [
        "net=CI&sta=BOM&loc=--&cha=BHZ&start=2024-01-01&end=2024-01-02",
        "network=CI&station=BOM&location=--&channel=BHZ&starttime=2024-01-01&endtime=2024-01-02",
        "NETWORK=CI&Sta=BOM&LOC=--&Channel=BHZ&StartTime=2024-01-01&END=2024-01-02",
    ],
)
@pytest.mark.parametrize("service", SERVICES)
def test_names(service, query):
    request = parse_get(service, query)
    assert request.selections == (SELECTION,)
    assert request.given == {
        "network", "station", "location", "channel", "starttime", "endtime",
    }  # fmt: skip
    assert request.values["nodata"] == "204"


def test_defaults():
    request = parse_get("station", "")
    assert request.selections == (Selection(),)
    assert request.given == set()
    given = {name for name, value in request.values.items() if value is not None}
    assert given == {
        "network", "station", "location", "channel", "minlatitude", "maxlatitude", "minlongitude",
        "maxlongitude", "latitude", "longitude", "minradius", "maxradius", "level", "format",
        "includerestricted", "includeavailability", "matchtimeseries", "nodata",
    }  # fmt: skip
    assert request.values["includerestricted"] is True
    assert parse_get("availability", "", "extent").values["includerestricted"] is False


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("foo=1", "no parameter 'foo'"),
        ("=1", "no parameter ''"),
        ("minlat=1", "no parameter 'minlat'"),
        ("starttime=", "starttime is empty"),
        ("loc=", "location.*|loc is empty.*-- for the blank location"),
        ("net=&sta=BOM", "net is empty"),
        ("cha=+", "cha is empty"),
        ("start=2024-01-01&starttime=2024-01-01", "starttime is given more than once"),
        ("nodata=204&nodata=404", "nodata is given more than once"),
        ("start=2024-01-02&end=2024-01-01", "the end is before the start"),
        (f"{'x' * 10_000}=1", "no parameter 'xxx"),
    ],
)
def test_refusals(query, words):
    with pytest.raises(BadRequestError, match=words):
        parse_get("dataselect", query)


def test_an_instant_is_a_span():
    (selection,) = parse_get("dataselect", "start=2024-01-01&end=2024-01-01").selections
    assert selection.start == selection.end == DAY


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("minlat=1&lat=1&lon=1&maxradius=2", "of a box, latitude of a circle"),
        ("maxlon=1&lat=1", "of a box"),
        ("maxradius=2", "latitude is missing"),
        ("maxradius=2&lat=1", "longitude is missing"),
        ("minradius=2&lon=1", "latitude is missing"),
        ("lat=1&lon=1&minradius=3&maxradius=2", "minradius is 3: must be at most maxradius, 2"),
        ("minlat=2&maxlat=1", "minlatitude is 2: must be at most maxlatitude, 1"),
        ("minlat=91", "minlat is 91: must be at least -90 and at most 90"),
        ("maxlon=180.5", "maxlon is 180.5"),
        ("lat=0&lon=0&maxradius=181", "maxradius is 181"),
        ("lat=0&lon=0&minradius=-1", "minradius is -1"),
    ],
)
def test_areas_that_contradict_themselves(query, words):
    with pytest.raises(BadRequestError, match=words):
        parse_get("station", query)


@pytest.mark.parametrize(
    "query",
    [
        "minlon=170&maxlon=-170", "minlon=100&maxlon=0", "minlat=1&maxlat=1", "lat=90&lon=-180",
        "lat=1&lon=2&maxradius=0", "lat=1&lon=2&minradius=1&maxradius=1",
        "starttime=2024-01-01&endafter=2024-01-01T00:00:00.789Z",
    ],
)  # fmt: skip
def test_areas_and_times_that_are_right(query):
    parse_get("station", query)


def test_patterns_are_bounded(monkeypatch):
    monkeypatch.setenv("MAX_CHANNEL_PATTERNS", "6")
    parse_get("dataselect", "sta=A,B,C&cha=X,Y")
    with pytest.raises(TooLargeError, match="has 8 combinations .* at most 6"):
        parse_get("dataselect", "sta=A,B,C,D&cha=X,Y")
    with pytest.raises(TooLargeError, match="has 7 combinations"):
        parse_post("dataselect", "CI A,B,C X,Y BHZ 2024-01-01\nCI A -- BHZ 2024-01-01")


# POST


@pytest.mark.parametrize(
    "body",
    [
        LINE,
        f"{LINE}\n",
        f"\n\n# a comment\r\n\r\n  {LINE}  \r\n#end",
        LINE.replace(" ", "\t  "),
        LINE.replace("T00:00:00", ""),
        LINE.replace("00:00:00", "00:00:00.000000Z"),
        f"\ufeff{LINE.lower().replace('t', 'T')}",
        LINE.replace("\n", "\r"),
    ],
)
@pytest.mark.parametrize("service", SERVICES)
def test_lines(service, body):
    assert parse_post(service, body).selections == (SELECTION,)


def test_head_and_several_lines():
    body = f"quality = D\nNODATA=404\nminimumlength=1.5\n{LINE}\nCI,XX * --,00 BH?,*Z 2024-01-01"
    body += "\nCI * * * * *\nCI * * * * 2024-01-01\nCI * * * *"
    request = parse_post("dataselect", body)
    assert request.selections == (
        SELECTION,
        Selection(("CI", "XX"), ("*",), ("", "00"), ("BH?", "*Z"), DAY, None),
        Selection(("CI",), start=None, end=None),
        Selection(("CI",), start=None, end=DAY),
        Selection(("CI",), start=None, end=None),
    )
    assert request.given == {"quality", "nodata", "minimumlength"}
    values = [request.values[name] for name in ("quality", "nodata", "minimumlength", "format")]
    assert values == ["D", "404", 1.5, "miniseed"]


def test_parameters_of_a_posts_url_count():
    assert parse_post("dataselect", LINE, "nodata=404").values["nodata"] == "404"
    for body, query in ((LINE, "net=CI"), (f"nodata=204\n{LINE}", "nodata=404"), (LINE, "x=1")):
        with pytest.raises(BadRequestError):
            parse_post("dataselect", body, query)


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("", "has no line"),
        ("\r\n# only a comment\n", "has no line"),
        ("quality=B\n", "has no line"),
        ("net=CI&sta=BOM&start=2024-01-01", "has no line"),
        ("CI BOM BHZ 2024-01-01", "line 1 is 'CI BOM BHZ 2024-01-01'"),
        (f"{LINE}\n{LINE} 1", "line 2 is "),
        (f"{LINE}{LINE}", "line 1 is .*with curl: --data-binary"),
        (f"{LINE}\nquality=B", "line 2 is 'quality=B': a parameter must be before"),
        (f"net=CI\n{LINE}", "network must be in the lines"),
        (f"end=2024-01-01\n{LINE}", "endtime must be in the lines"),
        (f"foo=1\n{LINE}", "no parameter 'foo'"),
        (f"quality=\n{LINE}", "quality is empty"),
        (f"\n{LINE} \nCI BOM -- BHZ 2024-01-02 2024-01-01", "line 3: the end is before"),
        ("CI BOM -- BHZ 2024-02-30 2024-03-01", "line 1: starttime '2024-02-30'"),
        ("CI B!M -- BHZ 2024-01-01", "line 1: station has the code 'B!M'"),
        ('{"Windows": []}', "line 1 is "),
        (b"\xff\xfe\x00", "no text in UTF-8"),
        (b"\x1f\x8b\x08\x00", "no text in UTF-8"),
        (b"\x00" * 1_000, "line 1 is "),
    ],
)
def test_bodies_that_are_refused(body, words):
    with pytest.raises(BadRequestError, match=words):
        parse_post("dataselect", body)


def test_lines_are_bounded(monkeypatch):
    with pytest.raises(TooLargeError, match="has 10,000 lines of channels: at most 5,000"):
        parse_post("dataselect", f"{LINE}\n" * 10_000)
    monkeypatch.setenv("MAX_SELECTIONS", "2")
    assert len(parse_post("dataselect", f"quality=B\n#\n{LINE}\n{LINE}").selections) == 2
    with pytest.raises(TooLargeError, match="3 lines of channels: at most 2"):
        parse_post("dataselect", f"{LINE}\n" * 3)


def test_no_data():
    assert nodata(parse_get("station", "")).status == 204
    assert nodata(parse_get("station", "")).value is None
    reply = nodata(parse_get("station", "nodata=404"))
    assert reply.status == 404
    assert reply.value.data.startswith(b"Error 404: Not Found\n\n")


TEXTS = st.one_of(
    st.binary(max_size=60),
    st.lists(
        st.sampled_from([LINE, "quality=B", "#", "", "=", "CI", "\x85", " ", "net=CI", "é"]),
        max_size=6,
    ).map(lambda rows: "\r\n".join(rows).encode()),
)


@settings(derandomize=True, max_examples=150)
@given(st.sampled_from([*SERVICES]), TEXTS)
def test_any_body_is_a_request_or_refused(service, body):
    with suppress(BadRequestError, TooLargeError):
        assert parse_post(service, body).selections


@settings(derandomize=True, max_examples=150)
@given(
    st.sampled_from([*SERVICES]),
    st.lists(
        st.tuples(
            st.sampled_from(["net", "sta", "loc", "start", "end", "minlat", "lat", "format", "x"]),
            st.one_of(st.text(max_size=12), st.sampled_from(["CI", "2024-01-01", "1", "xml"])),
        ),
        max_size=5,
    ).map(lambda pairs: "&".join(f"{name}={value}" for name, value in pairs)),
)
def test_any_query_is_a_request_or_refused(service, query):
    with suppress(BadRequestError, TooLargeError):
        assert len(parse_get(service, query).selections) == 1
