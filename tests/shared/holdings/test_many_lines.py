"""Thousands of lines with wildcards: bounded before they take memory or minutes."""

import pytest

from shared.archive.day import DAY_NS
from shared.archive.scedc import SCEDC
from shared.errors import TooLargeError
from shared.holdings.resolve import resolve
from tests.support.selections import START, ids, put, selection


@pytest.fixture
def archive(listable):
    """The archive with a day of three channels."""
    for nscl in ("CI.AAA.BHZ.", "CI.AAA.BHN.", "CI.BBB.BHZ."):
        put(listable, nscl)
    return listable


def test_patterns_of_stations_are_counted_before_anything_is_read(monkeypatch):
    monkeypatch.setenv("AWS_ENDPOINT_URL_S3", "http://127.0.0.1:1")
    lines = [selection(f"CI.*{number}.*.*") for number in range(2_001)]
    for days, count in ((2, 4_002), (3, 6_003)):
        end = START + days * DAY_NS - 1
        with pytest.raises(TooLargeError, match=f"has {count:,} different lines.*at most 4,000"):
            resolve(SCEDC, [line._replace(end=end) for line in lines])


def test_equal_patterns_and_named_stations_cost_no_comparison(archive, monkeypatch):
    monkeypatch.setenv("MAX_INDEX_DAYS", "1")  # ten patterns
    named = [selection(f"CI.A{number}.*.*") for number in range(50)]
    equal = [selection("CI.A*.*.*", start=START + number) for number in range(50)]
    assert ids(resolve(SCEDC, [*named, *equal])) == ["CI.AAA..BHN", "CI.AAA..BHZ"]
    with pytest.raises(TooLargeError, match="11 different lines with wildcards"):
        resolve(SCEDC, [selection(f"CI.A*{number}.*.*") for number in range(11)])


def test_channels_are_counted_while_they_are_found(archive, monkeypatch):
    monkeypatch.setenv("MAX_CHANNEL_DAYS", "100")
    lines = [selection("C*.*.*.*", start=START + number) for number in range(33)]
    assert len(resolve(SCEDC, lines)) == 3
    with pytest.raises(TooLargeError, match="selects 102 channel days: at most 100"):
        resolve(SCEDC, [*lines, selection("*.*.*.*")])
