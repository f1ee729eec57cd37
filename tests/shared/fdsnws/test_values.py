"""Values of parameters, as the specification and its clients write them."""

from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from obspy import UTCDateTime

from shared.errors import BadRequestError
from shared.fdsnws.parameters import KINDS, Parameter
from shared.fdsnws.values import parse_value
from tests.support.fdsn_requests import parse_get

JANUARY = UTCDateTime(2024, 1, 1).ns


@pytest.mark.parametrize(
    ("text", "ns"),
    [
        ("2024-01-01", JANUARY),
        ("2024-01-01Z", JANUARY),
        ("2024-01-01T00:00:00", JANUARY),
        ("2024-01-01T00:00:00Z", JANUARY),
        ("2024-01-01T00:00:01.5", JANUARY + 1_500_000_000),
        ("2024-01-01T00:00:00.000001", JANUARY + 1_000),
        ("2024-01-01T00:00:00.789Z", JANUARY + 789_000_000),
        ("2024-01-01T00:00:00.123456789", JANUARY + 123_456_789),
        ("2024-01-01T01%3A00%3A00%2B01%3A00", JANUARY),
        ("2023-12-31T23:00:00-01:00", JANUARY),
        ("2024-02-29T23:59:59", UTCDateTime(2024, 2, 29, 23, 59, 59).ns),
        ("1900-01-01", UTCDateTime(1900, 1, 1).ns),
        ("2599-12-31T23:59:59", UTCDateTime(2599, 12, 31, 23, 59, 59).ns),
        ("9999-12-31", (UTCDateTime(9999, 12, 31) - UTCDateTime(0)) * 10**9),
    ],
)
def test_times(text, ns):
    assert parse_get("station", f"start={text}").values["starttime"] == ns


@pytest.mark.parametrize(
    "text",
    [
        "2024-02-30", "2023-02-29", "2024-13-01", "2024-01-01T24:00:00", "2024-01-01T00:60:00",
        "2024-01-01T00:00:61", "0000-01-01", "2024", "2024-1", "now", "1e9", "01/02/2024",
        "2024-01-01T00:00:00+01:00", "2024-01-01T00:00:00%2B25:00", "2024-01-01T00:00:00.1.2",
        "2024-01-01T00:00:00X", "-2024-01-01", "%00", "9" * 5_000, "*",
        "2024-01-01T00:00:00." + "1" * 90, "%D9%A2%D9%A0%D9%A2%D9%A4-01-01",
    ],
)  # fmt: skip
def test_texts_that_are_no_time(text):
    with pytest.raises(BadRequestError, match="^starttime "):
        parse_get("station", f"starttime={text}")


@pytest.mark.parametrize(
    ("text", "value"),
    [("34", 34.0), ("34.5", 34.5), ("-34.5", -34.5), ("%2B1", 1.0), (".5", 0.5), ("5.", 5.0),
     ("-0", 0.0), ("90", 90.0), ("-90.0", -90.0), ("007", 7.0)],
)  # fmt: skip
def test_floats(text, value):
    got = parse_get("station", f"minlat={text}").values["minlatitude"]
    assert (got, str(got)) == (value, str(value))


@pytest.mark.parametrize(
    "text",
    ["3e1", "3E1", "1e-5", "inf", "nan", "-inf", "0x10", "1_000", "1,5", "1.2.3", "--1", "+", ".",
     "%201", "1%20", "%D9%A3", "90.0001", "-91", "9" * 400, "1/2"],
)  # fmt: skip
def test_texts_that_are_no_latitude(text):
    with pytest.raises(BadRequestError, match="^minlat(itude)? is "):
        parse_get("station", f"minlat={text}")


@pytest.mark.parametrize(
    ("text", "value"),
    [
        *((text, True) for text in ("TRUE", "true", "True", "tRuE", "1", "t", "T", "yes", "Y")),
        *((text, False) for text in ("FALSE", "false", "False", "0", "f", "no", "N")),
    ],
)
def test_booleans(text, value):
    got = parse_get("station", f"includerestricted={text}&matchtimeseries={text}").values
    assert got["includerestricted"] is got["matchtimeseries"] is value


@pytest.mark.parametrize("text", ["maybe", "2", "on", "tru", "%20true", "-1", "1.0"])
def test_texts_that_are_no_boolean(text):
    with pytest.raises(BadRequestError, match="must be true or false"):
        parse_get("station", f"matchtimeseries={text}")


@pytest.mark.parametrize(
    ("query", "codes"),
    [
        ("loc=--", ("",)),
        ("loc=--,00", ("", "00")),
        ("loc=++", ("",)),
        ("loc=%20%20,10", ("", "10")),
        ("loc=*", ("*",)),
        ("loc=0?", ("0?",)),
        ("cha=bhz,BHN", ("BHZ", "BHN")),
        ("cha=BH?,BH?,*Z", ("BH?", "*Z")),
        ("cha=BH%3F%2CHHZ", ("BH?", "HHZ")),
        ("sta=BOM&sta=HEC,bom", ("BOM", "HEC")),
        ("sta=BOM&station=HEC", ("BOM", "HEC")),
        ("net=_US-REF", ("_US-REF",)),
    ],
)
def test_codes(query, codes):
    (selection,) = parse_get("dataselect", query).selections
    name = {"loc": "location", "cha": "channel", "sta": "station", "net": "network"}[query[:3]]
    assert getattr(selection, name) == codes
    others = {"network", "station", "location", "channel"} - {name}
    assert {getattr(selection, other) for other in others} == {("*",)}


@pytest.mark.parametrize(
    "query",
    ["net=C!", "net=,", "net=CI,", "sta=..", "sta=../x", "sta=%C3%89", "cha=B Z", "cha=--",
     "sta=%00", "sta=A%0D%0AB", "net=" + "A" * 33, "loc=-", "loc=---", "sta=%C4%B1"],
)  # fmt: skip
def test_texts_that_are_no_codes(query):
    with pytest.raises(BadRequestError, match="has the code"):
        parse_get("dataselect", query)


@pytest.mark.parametrize(
    ("query", "name", "value"),
    [
        ("quality=b", "quality", ("B",)),
        ("quality=D,m", "quality", ("D", "M")),
        ("merge=samplerate,overlap", "merge", ("samplerate", "overlap")),
        ("limit=500000", "limit", 500_000),
        ("mergegaps=0.5", "mergegaps", 0.5),
        ("orderby=NSLC_time_quality_samplerate", "orderby", "nslc_time_quality_samplerate"),
    ],
)
def test_choices_and_numbers(query, name, value):
    if query == "quality=b":
        assert parse_get("dataselect", query).values[name] == "B"
    else:
        assert parse_get("availability", query).values[name] == value


@pytest.mark.parametrize(
    "query",
    ["nodata=500", "nodata=200", "format=pdf", "merge=gaps", "merge=,", "quality=X", "limit=0",
     "limit=1.5", "limit=-1", "limit=" + "9" * 16, "mergegaps=-1", "mergegaps=1e3", "show=all"],
)  # fmt: skip
def test_other_choices_are_refused(query):
    with pytest.raises(BadRequestError, match=rf"^{query.partition('=')[0]} is "):
        parse_get("availability", query)


@settings(derandomize=True, max_examples=150)
@given(
    st.sampled_from([*KINDS]),
    st.one_of(st.text(max_size=40), st.text("0123456789-+.eETZ:,*? ", max_size=40)),
)
def test_any_text_is_a_value_or_refused(kind, text):
    parameter = Parameter("location", kind=kind, options=("204",), lowest=-1, highest=9)
    with suppress(BadRequestError):
        parse_value(parameter, "location", text)
