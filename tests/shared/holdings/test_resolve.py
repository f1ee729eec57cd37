"""Channels and time spans of a request: exact codes, wildcards by index and by listing, limits."""

import pytest

from shared.archive.day import DAY_NS
from shared.archive.scedc import SCEDC
from shared.errors import BadRequestError, S3Error, TooLargeError
from shared.holdings import day_holdings
from shared.holdings.day_holdings import holdings_on
from shared.holdings.resolve import resolve, select_days
from tests.support.faulty_s3 import faulty_s3
from tests.support.s3_faults import forbid
from tests.support.selections import DAY, HOUR, START, ids, put, selection

CHANNELS = ("CI.SOC.HHE.", "CI.SOC.HHZ.", "CI.SOC.HNZ.2C", "CI.SOCX.HHZ.", "CE.13884.HNZ.10")


@pytest.fixture(params=["index", "listing"])
def holdings(request, listable, monkeypatch):
    """The archive with a day, known by its index or by a listing; the day after has less."""
    for nscl in CHANNELS:
        put(listable, nscl)
    put(listable, "CI.SOC.HHZ.", DAY.next)
    put(listable, "CI.NEW.HHZ.", DAY.next)
    monkeypatch.setattr(listable, "has_indexes", request.param == "index")
    return listable


MATCHES = {
    "CI.SOC..HH?": "CI.SOC..HHE CI.SOC..HHZ",
    "CI.SOC.*.*": "CI.SOC..HHE CI.SOC..HHZ CI.SOC.2C.HNZ",
    "*.*.*.*": "CE.13884.10.HNZ CI.SOC..HHE CI.SOC..HHZ CI.SOC.2C.HNZ CI.SOCX..HHZ",
    "C?.SOC,13884.2C,10.*": "CE.13884.10.HNZ CI.SOC.2C.HNZ",
    "CI.SOC?..HHZ": "CI.SOCX..HHZ",
    "CI.*..HHZ,HHE": "CI.SOC..HHE CI.SOC..HHZ CI.SOCX..HHZ",
    "CI.*.,2C.H?Z": "CI.SOC..HHZ CI.SOC.2C.HNZ CI.SOCX..HHZ",
    "CI.SOC.??.*": "CI.SOC.2C.HNZ",
    "CI.A,B,C,D,E,SOC*..HHZ,HHN,HHE": "CI.SOC..HHE CI.SOC..HHZ CI.SOCX..HHZ",
    "XX.*.*.*": "",
    "C[I].*.*.*": "",
}  # fmt: skip
"""SEED ids of the channels that match."""


def test_wildcards(holdings):
    for text, found in MATCHES.items():
        spans = resolve(SCEDC, [selection(text)])
        assert ids(spans) == found.split(), text
        assert {(each.start_ns, each.end_ns) for each in spans} <= {(START, START + HOUR)}
        held = holdings_on(SCEDC, DAY, [selection(text)]).select(selection(text))
        assert [each.channel for each in held] == [each.channel for each in spans]


def test_a_channel_of_any_day_of_the_span_is_found(holdings):
    late = selection("CI.N*.*.*", end=START + DAY_NS - 1)
    assert resolve(SCEDC, [late]) == []
    # The end is included, so 00:00:00 touches the day after.
    spans = resolve(SCEDC, [late._replace(end=START + DAY_NS)])
    assert ids(spans) == ["CI.NEW..HHZ"]
    assert (spans[0].start_ns, spans[0].end_ns) == (START, START + DAY_NS)
    (selected,) = select_days(SCEDC, [late._replace(end=START + DAY_NS)])
    assert selected.days == (DAY.next,)


def test_exact_codes_ask_nobody(monkeypatch):
    monkeypatch.setenv("AWS_ENDPOINT_URL_S3", "http://127.0.0.1:1")
    spans = resolve(SCEDC, [selection("CI.B,A..HHZ,BHZ,TOOLONG"), selection("AZ.B.00.HHZ")])
    assert ids(spans) == [
        "AZ.B.00.HHZ", "CI.A..BHZ", "CI.A..HHZ", "CI.B..BHZ", "CI.B..HHZ",
    ]  # fmt: skip


def test_spans_of_a_channel_that_overlap_become_one():
    times = [(0, 10), (5, 20), (20, 30), (31, 40), (0, 10)]
    selections = [selection("CI.A..HHZ", START + a, START + b) for a, b in times]
    spans = resolve(SCEDC, selections)
    assert [(each.start_ns - START, each.end_ns - START) for each in spans] == [(0, 30), (31, 40)]


def test_each_selection_has_its_own_days(holdings):
    first = selection("CI.SOC..HH?")
    second = selection("CI.*..HHZ", START + DAY_NS, START + DAY_NS + HOUR)
    spans = resolve(SCEDC, [second, first])
    assert [(each.channel.seed_id, each.start_ns - START) for each in spans] == [
        ("CI.NEW..HHZ", DAY_NS),
        ("CI.SOC..HHE", 0),
        ("CI.SOC..HHZ", 0),
        ("CI.SOC..HHZ", DAY_NS),
    ]


@pytest.mark.parametrize(
    ("text", "days", "settings", "said"),
    [
        ("CI.*.*.*", 401, {}, "401 days: at most 400 days in one request (MAX_INDEX_DAYS)"),
        ("CI.*.*.*", 3, {"MAX_INDEX_DAYS": "2"}, "3 days: at most 2 days"),
        ("CI.A,B..HHZ", 5, {"MAX_CHANNEL_DAYS": "9"}, "10 channel days: at most 9"),
        ("CI.A*,B..HHZ", 5, {"MAX_CHANNEL_DAYS": "4"}, "5 channel days: at most 4"),
        ("CI.A,B..HHZ,HHN", 3, {"MAX_CHANNEL_DAYS": "11"}, "12 channel days: at most 11"),
    ],
)
def test_limits_are_checked_before_anything_is_read(monkeypatch, text, days, settings, said):
    monkeypatch.setenv("AWS_ENDPOINT_URL_S3", "http://127.0.0.1:1")
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(TooLargeError) as caught:
        resolve(SCEDC, [selection(text, end=START + days * DAY_NS - 1)])
    assert said in caught.value.message
    assert "ask for" in caught.value.message


def test_days_of_several_selections_count_once(monkeypatch, listable):
    monkeypatch.setenv("MAX_INDEX_DAYS", "2")
    selections = [
        selection("CI.*.*.*", START + HOUR * a, START + HOUR * b) for a, b in ((1, 2), (3, 25))
    ]
    assert resolve(SCEDC, selections) == []
    with pytest.raises(TooLargeError):
        resolve(SCEDC, [*selections, selection("CI.*.*.*", START + 2 * DAY_NS, START + 3 * DAY_NS)])


def test_more_channels_than_allowed_are_refused(holdings, monkeypatch):
    monkeypatch.setenv("MAX_CHANNEL_DAYS", "4")
    with pytest.raises(TooLargeError, match="5 channel days: at most 4"):
        resolve(SCEDC, [selection("*.*.*.*")])


@pytest.mark.parametrize(
    ("start", "end", "said"),
    [(None, 1, "starttime is missing"), (1, None, "endtime is missing"), (2, 1, "not be before")],
)
def test_open_and_reversed_times(start, end, said):
    with pytest.raises(BadRequestError, match=said):
        resolve(SCEDC, [selection("CI.A..HHZ", start, end)])


@pytest.fixture
def unlisted(archive, monkeypatch):
    """The archive, which may not be listed."""
    with faulty_s3(archive) as proxy:
        proxy.add(forbid, part="list-type")
        monkeypatch.setenv("AWS_ENDPOINT_URL_S3", proxy.url)
        yield proxy


def test_an_archive_with_neither_index_nor_listing(unlisted, archive, monkeypatch):
    put(archive, "CI.SOC.HHZ.")
    assert ids(resolve(SCEDC, [selection("CI.*.*.*")])) == ["CI.SOC..HHZ"]
    monkeypatch.setattr(archive, "has_indexes", False)
    day_holdings.forget_holdings()
    with pytest.raises(BadRequestError, match="no index of that day and may not be listed; give"):
        resolve(SCEDC, [selection("CI.*.*.*")])


def test_an_index_that_is_refused_is_absent(listable, monkeypatch):
    put(listable, "CI.SOC.HHZ.")
    with faulty_s3(listable) as proxy:
        proxy.add(forbid, part="waveform_index.csv")
        monkeypatch.setenv("AWS_ENDPOINT_URL_S3", proxy.url)
        assert ids(resolve(SCEDC, [selection("CI.*.*.*")])) == ["CI.SOC..HHZ"]


def test_s3_that_fails_is_no_empty_day(monkeypatch):
    monkeypatch.setenv("AWS_ENDPOINT_URL_S3", "http://127.0.0.1:1")
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    with pytest.raises(S3Error):
        resolve(SCEDC, [selection("CI.*.*.*")])
