"""Times of epochs as texts that sort, and fields of text formats."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as some
from obspy import UTCDateTime

from shared.stations.epoch_times import format_epoch_time, parse_epoch_end, parse_epoch_time
from shared.stations.plain_text import plain_number, plain_text


@pytest.mark.parametrize(
    ("text", "time"),
    [
        ("2005-09-27T00:00:00", "2005-09-27T00:00:00"),
        ("2005-09-27T00:00:00.000000Z", "2005-09-27T00:00:00"),
        (" 2005-09-27T01:02:03.25Z\n", "2005-09-27T01:02:03.25"),
        ("2005-09-27", "2005-09-27T00:00:00"),
        ("2005-09-27T01:00:00+01:00", "2005-09-27T00:00:00"),
        ("2005-09-27T00:00:00-00:30", "2005-09-27T00:30:00"),
        ("2005-12-31T24:00:00", "2006-01-01T00:00:00"),
        ("1888-01-01T00:00:00Z", "1888-01-01T00:00:00"),
        ("9999-12-31T23:59:59", "9999-12-31T23:59:59"),
        ("9999-12-31T24:00:00", ""),
        ("2005-02-30", ""),
        ("-0500-01-01", ""),
        ("yesterday", ""),
        ("", ""),
        (None, ""),
    ],
)
def test_times(text: str | None, time: str) -> None:
    assert parse_epoch_time(text) == time


def test_far_ends_are_open() -> None:
    assert parse_epoch_end("2599-12-31T23:59:59") == ""
    assert parse_epoch_end("2500-01-01T00:00:00") == ""
    assert parse_epoch_end("2499-12-31T23:59:59Z") == "2499-12-31T23:59:59"


@pytest.mark.parametrize(
    "text", ["1900-01-01", "1969-12-31T23:59:59.999999", "2024-02-29T12:00:00.5", "2199-12-31"]
)
def test_nanoseconds(text: str) -> None:
    assert format_epoch_time(UTCDateTime(text).ns) == parse_epoch_time(text)


def test_texts_sort_as_times_do() -> None:
    times = [0, 1, 10**8, 10**9, 10**9 + 5, 15 * 10**8, 86_400 * 10**9]
    texts = [format_epoch_time(ns) for ns in times]
    assert texts == sorted(texts)


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("STS-2", "STS-2"),
        ("a|b", "a/b"),
        (" two\n lines\t", "two lines"),
        ("Güralp Niño 10 µm Ærø", "Guralp Nino 10 um AEro"),
        ("a – b “c”", 'a - b "c"'),
        ("地震", "??"),
        ("a\x7fb", "a?b"),
        (None, ""),
    ],
)
def test_texts_are_ascii(text: str | None, plain: str) -> None:
    assert plain_text(text) == plain
    assert plain.isascii()


@pytest.mark.parametrize(
    ("text", "number"),
    [("35.60839", "35.60839"), (" -1.5E+3 ", "-1.5E+3"), (".5", ".5"), ("1_0", ""), ("NaN", ""),
     ("inf", ""), ("a|b", ""), ("١", ""), (None, "")],
)  # fmt: skip
def test_numbers_are_as_written(text: str | None, number: str) -> None:
    assert plain_number(text) == number


@given(some.text() | some.datetimes().map(str) | some.from_regex(r"\A\d{4}-\d\d-\d\dT[\d:.Z+-]*\Z"))
def test_any_text_is_a_time_or_none(text: str) -> None:
    time = parse_epoch_time(text)
    assert parse_epoch_time(time) == time
    assert not time or re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?", time)


@given(some.text())
def test_any_text_becomes_one_line_of_ascii(text: str) -> None:
    plain = plain_text(text)
    assert plain.isascii()
    assert plain.isprintable()
    assert "|" not in plain
