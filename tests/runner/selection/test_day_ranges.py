"""Days and ranges of days."""

import pytest

from runner.selection.day_ranges import day_range, parse_days
from shared.archive.day import Day
from shared.errors import BadRequestError


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("2019,183", ["2019,183"]),
        ("2019-07-02", ["2019,183"]),
        ("2019,183..2019,183", ["2019,183"]),
        ("2019,183..2019,185", ["2019,183", "2019,184", "2019,185"]),
        ("2019.183..20190704", ["2019,183", "2019,184", "2019,185"]),
        ("2019-07-02T12:00..2019,184", ["2019,183", "2019,184"]),
        ("2019-12-30..2020,002", ["2019,364", "2019,365", "2020,001", "2020,002"]),
        ("2020-02-28..2020-03-01", ["2020,059", "2020,060", "2020,061"]),
    ],
)
def test_days(text, days):
    assert [str(day) for day in parse_days(text)] == days


def test_a_year_and_its_leap_day():
    days = parse_days("2020,001..2020,366")
    assert len(set(days)) == 366
    assert list(days) == sorted(days)
    assert len(parse_days("2000-01-01..2025-12-31")) == 26 * 365 + 7


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("2019,185..2019,183", "2019,185..2019,183: 2019,183 is before 2019,185"),
        ("2019,183..2019,366", "day 2019,366: 2019 has days 001 to 365"),
        ("2019,183..2019-07-03T00:00", "could include 2019,184 or end before it"),
        ("2019,183..", "day '': must be 'YYYY,DDD'"),
        ("..2019,183", "day '': must be 'YYYY,DDD'"),
        ("2019,183...2019,184", "day '.2019,184': must be"),
        ("2019,183..2019,184..2019,185", "day '2019,184..2019,185': must be"),
        ("2019,183-2019,184", "day '2019,183-2019,184': must be"),
    ],
)
def test_invalid_ranges(text, message):
    with pytest.raises(BadRequestError, match=r".*") as raised:
        parse_days(text)
    assert message in raised.value.message


def test_both_ends_are_included():
    assert day_range(Day(2019, 365), Day(2020, 1)) == (Day(2019, 365), Day(2020, 1))
