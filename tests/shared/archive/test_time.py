"""Times of requests, valid and invalid, and the days of a time span."""

from datetime import date, datetime, timedelta, timezone

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from obspy import UTCDateTime

from shared.archive.day import Day
from shared.archive.instant import format_utc
from shared.archive.time import days_between, format_time, parse_time
from shared.errors import BadRequestError

days = st.dates(date(1900, 1, 1), date(2199, 12, 31))
S = 10**9


def ns(text):
    """Return the nanoseconds from 1970 to a UTC time in seconds, by Python's own calendar."""
    moment = datetime.fromisoformat(text).replace(tzinfo=timezone.utc)
    return int((moment - datetime(1970, 1, 1, tzinfo=timezone.utc)) / timedelta(seconds=1)) * S


# Times


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2024-01-01", ns("2024-01-01")),
        ("2024-01-01T00:05", ns("2024-01-01T00:05:00")),
        ("2024-01-01T00:05:00", ns("2024-01-01T00:05:00")),
        ("2024-01-01 00:05:00", ns("2024-01-01T00:05:00")),
        ("2024-01-01T00:05:00Z", ns("2024-01-01T00:05:00")),
        ("2024-01-01T00:05:00.250Z", ns("2024-01-01T00:05:00") + S // 4),
        ("2024-01-01T00:05:00.0195", ns("2024-01-01T00:05:00") + 19_500_000),
        ("2024-01-01T00:05:00.1", ns("2024-01-01T00:05:00") + S // 10),
        ("2024-01-01T00:05:00.123456", ns("2024-01-01T00:05:00") + 123_456_000),
        ("2024-01-01T00:05:00.123456789", ns("2024-01-01T00:05:00") + 123_456_789),
        ("2024-01-01T00:05:00.000000001Z", ns("2024-01-01T00:05:00") + 1),
        ("2024-01-01T00:05:00.999999999", ns("2024-01-01T00:05:00") + S - 1),
        ("2024-01-01T23:59:59.999999", ns("2024-01-01T23:59:59") + 999_999_000),
        ("2024-02-29T00:00:00", ns("2024-02-29T00:00:00")),
        ("2024-01-01T00:05:00+00:00", ns("2024-01-01T00:05:00")),
        ("2024-01-01T00:05:00-00:00", ns("2024-01-01T00:05:00")),
        ("2024-01-01T00:05:00+01:00", ns("2023-12-31T23:05:00")),
        ("2024-01-01T00:05:00-08:00", ns("2024-01-01T08:05:00")),
        ("2024-01-01T00:05:00-0800", ns("2024-01-01T08:05:00")),
        ("2024-01-01T00:05:00-00:30", ns("2024-01-01T00:35:00")),
        ("2024-01-01T00:05:00.5+05:45", ns("2023-12-31T18:20:00") + S // 2),
        ("2023-12-31T20:00:00-04:00", ns("2024-01-01T00:00:00")),
        ("1969-12-31T23:59:59.5", -S // 2),
        ("1900-01-01T00:00:00", ns("1900-01-01")),
        ("2199-12-31T23:59:59", ns("2199-12-31T23:59:59")),
    ],
)
def test_time(text, expected):
    assert parse_time(text, "Starttime").ns == expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        "now",
        "2024",
        "2024-01",
        "1704067200",
        "1704067200.0",
        "2024-01-01T",
        "2024-01-01T00:05:",
        "2024-01-01T00:05:0",
        "2024-01-01T00:05.5",
        "2024-01-01T00:05:00.1234567890",
        "2024-01-01T00:05:00ZZ",
        "2024-01-01T00:05:00Z+01:00",
        "2024-01-01T00:05:00+1",
        "2024-01-01T00:05:00+1:00",
        "2024-01-01T00:05:00+01:60",
        "2024-01-01T00:05:00+24:00",
        "2024-01-01T00:05:00-99:99",
        "2024-01-01T00:05:00\u221201:00",
        "2024-01-01T24:00:00",
        "2024-01-01T24:00:01",
        "2024-01-01T25:00:00",
        "2024-01-01T00:60:00",
        "2024-01-01T00:00:60",
        "2016-12-31T23:59:60",
        "2023-02-29T00:00:00",
        "1900-02-29",
        "2024-02-30",
        "2024-13-01",
        "2024-00-01",
        "2024-01-00",
        "2024-01-32",
        "0000-01-01",
        "0001-01-01",
        "1899-12-31T23:59:59",
        "2200-01-01",
        "9999-12-31T23:59:59",
        "-2024-01-01",
        "+2024-01-01",
        "12024-01-01",
        "2024-01-01\n00:05:00",
        "٢٠٢٤-01-01",
        "2024-01-01T00:0٥:00",
        "2024-01-01T00:05:00.٥",
        "2024-01-01T00:05:00+0١:00",
        "２０２４-01-01",
        "01-01-2024",
    ],
)
def test_no_time(text):
    with pytest.raises(BadRequestError) as caught:
        parse_time(text, "Windows[3].Endtime")
    assert caught.value.details == {"field": "Windows[3].Endtime"}
    assert caught.value.message.startswith(f"Windows[3].Endtime {text!r}: ")


@given(
    moment=st.datetimes(datetime(1901, 1, 1), datetime(2199, 1, 1)),  # noqa: DTZ001
    offset=st.integers(-23 * 60 - 59, 23 * 60 + 59),
)
def test_time_is_pythons(moment, offset):
    moment = moment.replace(tzinfo=timezone(timedelta(minutes=offset)))
    expected = (moment - datetime(1970, 1, 1, tzinfo=timezone.utc)) // timedelta(microseconds=1)
    assert parse_time(moment.isoformat(), "f").ns == expected * 1000


@given(text=st.text("0123456789-:.TZ+ ٣\n", max_size=30))
@example("2024-01-01T00:00:00\n")
@example("20240101000000")
def test_any_text_is_a_time_or_a_bad_request(text):
    try:
        time = parse_time(text, "f")
    except BadRequestError:
        return
    assert text.isascii()
    assert ns("1900-01-01") <= time.ns < ns("2199-12-31T23:59:59") + S


DATES = ("%Y-%m-%d", "%Y/%m/%d", "%Y%m%d", "%Y-%j", "%Y,%j", "%Y.%j", "%Y/%j", "%Y_%j", "%Y%j")
CLOCKS = ("%H:%M:%S", "%H:%M:%S.%f", "%H:%M:%S,%f", "%H%M%S", "%H%M%S.%f", "%H:%M", "%H%M", "%H")


@given(
    moment=st.datetimes(datetime(1901, 1, 1), datetime(2199, 1, 1)),  # noqa: DTZ001
    form=st.sampled_from(
        [f"{day}{mark}{clock}" for day in DATES for mark in "T " for clock in CLOCKS]
    ),
    zone=st.sampled_from(["", "Z", " UTC", "+00:00", "-0000"]),
)
def test_every_form_is_pythons(moment, form, zone):
    """A date and a clock in any of their forms are the time that Python's calendar gives them."""
    if "%M" not in form and zone[-1:] == "0":
        return  # an offset needs minutes
    text = moment.strftime(form)
    right = datetime.strptime(text, form).replace(tzinfo=timezone.utc)
    microseconds = (right - datetime(1970, 1, 1, tzinfo=timezone.utc)) // timedelta(microseconds=1)
    assert parse_time(f"{text}{zone}".lower(), "f").ns == microseconds * 1000


@pytest.mark.parametrize(
    ("text", "formatted"),
    [
        ("2024-01-01", "2024-01-01T00:00:00.000000Z"),
        ("2024-01-01T00:00:00.0195", "2024-01-01T00:00:00.019500Z"),
        ("2024-12-31T23:59:59.999999", "2024-12-31T23:59:59.999999Z"),
        ("2024-12-31T23:59:59.9999996", "2025-01-01T00:00:00.000000Z"),
        ("1969-12-31T23:59:59.5", "1969-12-31T23:59:59.500000Z"),
    ],
)
def test_format_time(text, formatted):
    assert format_time(parse_time(text, "f")) == formatted


@given(st.integers(-(2**61), 2**62))
@example(1_700_000_000_999_999_500)
@example(2_189_909_446_374_044_500)  # half a microsecond, rounded to even
def test_times_are_formatted_as_by_obspy(ns_since_1970):
    time = UTCDateTime(ns=ns_since_1970)
    assert format_time(time) == str(time)
    assert format_utc(time.ns, "seconds") == f"{str(time)[:19]}Z"


@given(microseconds=st.integers(-2 * 10**15, 7 * 10**15))
def test_formatted_time_can_be_sent_back(microseconds):
    time = UTCDateTime(ns=microseconds * 1000)
    assert parse_time(format_time(time), "f").ns == time.ns


# The days of a window


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        ("2024-01-01T00:00:00", "2024-01-01T00:05:00", ["2024,001"]),
        ("2024-01-01T00:00:00", "2024-01-01T23:59:59.999999", ["2024,001"]),
        # 00:00:00 sharp does not need the day that begins there ...
        ("2024-01-01T00:00:00", "2024-01-02T00:00:00", ["2024,001"]),
        ("2024-01-01T23:59:00", "2024-01-02T00:00:00", ["2024,001"]),
        ("2024-01-01T00:00:00", "2024-01-03T00:00:00", ["2024,001", "2024,002"]),
        # ... unless the span is that instant.
        ("2024-01-02T00:00:00", "2024-01-02T00:00:00", ["2024,002"]),
        ("2024-01-01T12:00:00", "2024-01-01T12:00:00", ["2024,001"]),
        ("2024-01-01T23:59:00", "2024-01-02T00:00:00.000001", ["2024,001", "2024,002"]),
        (
            "2024-01-01T12:00:00",
            "2024-01-04T12:00:00",
            ["2024,001", "2024,002", "2024,003", "2024,004"],
        ),
        ("2023-12-31T23:59:59", "2024-01-01T00:00:01", ["2023,365", "2024,001"]),
        ("2020-12-30T23:59:59", "2021-01-01T00:00:01", ["2020,365", "2020,366", "2021,001"]),
        ("2024-02-28T12:00:00", "2024-03-01T12:00:00", ["2024,059", "2024,060", "2024,061"]),
        ("2023-02-28T12:00:00", "2023-03-01T12:00:00", ["2023,059", "2023,060"]),
    ],
)
def test_days_between(start, end, expected):
    found = days_between(UTCDateTime(start), UTCDateTime(end))
    assert [str(day) for day in found] == expected


@given(
    start=st.integers(0, 4 * 10**9 * 10**6),
    length=st.one_of(st.integers(0, 5 * 86400 * 10**6), st.sampled_from([0, 86400 * 10**6])),
    sharp=st.booleans(),
)
def test_days_hold_every_instant_but_the_sharp_end(start, length, sharp):
    day_us = 86400 * 10**6
    if sharp:
        start -= start % day_us
    end = start + length
    numbers = range(start // day_us, max(start // day_us + 1, -(-end // day_us)))
    expected = [Day.parse((date(1970, 1, 1) + timedelta(days=n)).isoformat()) for n in numbers]
    assert list(days_between(UTCDateTime(ns=start * 1000), UTCDateTime(ns=end * 1000))) == expected
