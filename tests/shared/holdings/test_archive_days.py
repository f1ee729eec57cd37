"""The days of the archive, which stand in for open starts and ends."""

from dataclasses import replace

import pytest

from shared.archive.day import DAY_NS, Day
from shared.archive.scedc import SCEDC, Scedc
from shared.errors import BadRequestError, TooLargeError
from shared.holdings import archive_days
from shared.holdings.archive_days import days_within
from shared.holdings.resolve import select_days
from tests.support.faulty_s3 import faulty_s3
from tests.support.s3_faults import forbid
from tests.support.selections import DAY, put, selection

FAR = Day(1999, 365), Day(2008, 1), DAY, DAY.next


@pytest.fixture
def proxy(listable, monkeypatch):
    for day in FAR:
        put(listable, "CI.SOC.HHZ.", day)
    listable.put("continuous_waveforms/index/parquet/2022/2022_003/x", b"x")
    listable.put("continuous_waveforms/2022/2022_999/x", b"x")
    listable.put("continuous_waveforms/2022/done/x", b"x")
    with faulty_s3(listable) as proxy:
        monkeypatch.setenv("AWS_ENDPOINT_URL_S3", proxy.url)
        yield proxy


@pytest.mark.parametrize("text", ["CI.SOC..HHZ", "CI.*..HHZ"])
@pytest.mark.parametrize(
    ("start", "end", "days"),
    [
        (None, None, FAR),
        (None, Day(2008, 1).number * DAY_NS, FAR[:2]),
        (Day(2008, 1).number * DAY_NS + 1, None, FAR[1:]),
        (DAY.next.next.number * DAY_NS, None, ()),
        (None, 0, ()),
    ],
)
def test_open_times(proxy, text, start, end, days):
    found = select_days(SCEDC, [selection(text, start, end)])
    assert [day for each in found for day in each.days] == [*days]
    for each in found if days else ():
        ((first, last),) = each.spans
        assert first == (days[0].number * DAY_NS if start is None else start)
        assert last == ((days[-1].number + 1) * DAY_NS - 1 if end is None else end)


def test_days_are_listed_once_an_hour(proxy, monkeypatch):
    now = [1_700_000_000.0]
    monkeypatch.setattr(archive_days, "_clock", lambda: now[0])
    for later, listings in ((0, 4), (3_500, 4), (200, 8)):  # all years, and three of them
        now[0] += later
        assert select_days(SCEDC, [selection("CI.SOC..HHZ", None, None)])[0].days == FAR
        assert sum("list-type" in path for _, path in proxy.requests) == listings


def test_more_days_than_allowed(proxy, monkeypatch):
    monkeypatch.setenv("MAX_INDEX_DAYS", "3")
    with pytest.raises(TooLargeError, match="the channels of 4 days: at most 3"):
        select_days(SCEDC, [selection("CI.*.*.*", None, None)])


def test_archives_that_cannot_be_listed(proxy):
    proxy.add(forbid, part="list-type")
    with pytest.raises(BadRequestError, match="must be given, as s3://scedc-pds may not be listed"):
        select_days(SCEDC, [selection("CI.SOC..HHZ", None, None)])

    class Unordered(Scedc):
        years_prefix = None

    archive = Unordered(SCEDC.bucket, SCEDC.region)
    with pytest.raises(BadRequestError, match="has no folders of days"):
        select_days(replace(archive), [selection("CI.SOC..HHZ", None, None)])


def test_days_within():
    assert [*days_within(FAR, None, None)] == [*FAR]
    assert [*days_within(FAR, DAY.number * DAY_NS, DAY.next.number * DAY_NS - 1)] == [DAY]
    assert [*days_within((), None, None)] == []
