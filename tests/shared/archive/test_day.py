"""Days, valid and invalid."""

from datetime import date, timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from obspy import UTCDateTime

from shared.archive.day import Day
from shared.errors import BadRequestError

S = 10**9
days = st.dates(date(1900, 1, 1), date(2199, 12, 31))


@pytest.mark.parametrize(
    ("text", "year", "day_of_year"),
    [
        ("2019,183", 2019, 183),
        ("2019-183", 2019, 183),
        ("2019-07-02", 2019, 183),
        ("2017,001", 2017, 1),
        ("2017-01-01", 2017, 1),
        ("2019,365", 2019, 365),
        ("2019-12-31", 2019, 365),
        ("2020,366", 2020, 366),
        ("2020-366", 2020, 366),
        ("2020-12-31", 2020, 366),
        ("2020-02-29", 2020, 60),
        ("2000-02-29", 2000, 60),
        ("2000,366", 2000, 366),
        ("1900,365", 1900, 365),
    ],
)
def test_day(text, year, day_of_year):
    assert Day.parse(text) == Day(year, day_of_year)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2019",
        "2019,",
        "2019,0",
        "2019,000",
        "2019,366",
        "2020,367",
        "2019,999",
        "1900,366",  # divisible by 100 and not by 400
        "2100,366",
        "2019-366",
        "2019-000",
        "2019,-01",
        "2019,0183",
        "19,183",
        "02019,183",
        "2019 183",
        "2019, 183",
        "2019-02-29",
        "1900-02-29",
        "2019-13-01",
        "2019-00-01",
        "2019-01-00",
        "2019-04-31",
        "2019,07,02",
        "2019-W27-2",
        "٢٠١٩,183",
        "2019,١٨٣",
        "２０１９-07-02",
        "201²,183",
        "0000,001",
        "0000-01-01",
        "1899,365",
        "1899-12-31",
        "2200,001",
        "2200-01-01",
        "9999,001",
        "../..",
        "2019,183/../..",
    ],
)
def test_no_day(text):
    with pytest.raises(BadRequestError) as caught:
        Day.parse(text)
    assert caught.value.details == {"field": "day"}
    assert caught.value.message.startswith("day ")


@pytest.mark.parametrize("text", ["2019-18-3", "July 2nd", "2019-07-02T25"])
def test_message_quotes_the_day_and_says_what_is_right(text):
    with pytest.raises(BadRequestError) as caught:
        Day.parse(text)
    assert repr(text) in caught.value.message
    assert "2019,183" in caught.value.message


def test_message_says_how_many_days_the_year_has():
    with pytest.raises(BadRequestError, match=r"2019,366.*365"):
        Day.parse("2019,366")
    with pytest.raises(BadRequestError, match=r"2020,367.*366"):
        Day.parse("2020,367")


@given(text=st.text("0123456789,-٣Zz \n", max_size=11))
@example("2019,183\n")
def test_a_day_is_written_with_ascii_digits_only(text):
    try:
        day = Day.parse(text)
    except BadRequestError:
        return
    calendar = date(day.year, 1, 1) + timedelta(days=day.day_of_year - 1)
    year, month, number = f"{day.year:04d}", str(calendar.month), str(calendar.day)
    ordinals = {f"{year}{mark}{day.day_of_year:03d}" for mark in (",", "-", "")}
    short = {f"{year},{day.day_of_year}", f"{year},{day.day_of_year:02d}"}
    months, numbers = {month, month.zfill(2)}, {number, number.zfill(2)}
    calendars = {f"{year}-{one}-{other}" for one in months for other in numbers}
    written = text.strip(" \n").rstrip("Zz").split(" ")[0]
    assert written in ordinals | short | calendars | {calendar.strftime("%Y%m%d")}


@given(day=days)
@example(date(2020, 12, 31))
@example(date(2019, 12, 31))
@example(date(2020, 2, 28))
def test_day_is_pythons(day):
    ours = Day.parse(day.isoformat())
    assert (ours.year, ours.day_of_year) == (day.year, day.timetuple().tm_yday)
    assert Day.parse(str(ours)) == ours
    assert ours.starttime.ns == (day - date(1970, 1, 1)).days * 86400 * S
    assert Day.of(ours.starttime) == ours
    if day < date(2199, 12, 31):
        assert ours.next == Day.parse((day + timedelta(days=1)).isoformat())
        assert ours < ours.next
        assert Day.of(ours.next.starttime - 1e-6) == ours
        assert ours.next.starttime.ns - ours.starttime.ns == 86400 * S


@pytest.mark.parametrize(
    ("time", "day"),
    [
        ("2020-12-31T23:59:59.999999", "2020,366"),
        ("2021-01-01T00:00:00", "2021,001"),
        ("2019-12-31T23:59:59.999999", "2019,365"),
        ("2024-03-01T00:00:00", "2024,061"),
        ("2023-03-01T00:00:00", "2023,060"),
        ("1969-12-31T23:59:59.5", "1969,365"),
    ],
)
def test_day_of_a_time(time, day):
    assert str(Day.of(UTCDateTime(time))) == day


@pytest.mark.parametrize(("year", "day_of_year"), [(2019, 0), (2019, -1), (2019, 366), (1800, 1)])
def test_there_is_no_such_day_object(year, day_of_year):
    with pytest.raises(BadRequestError):
        Day(year, day_of_year)
