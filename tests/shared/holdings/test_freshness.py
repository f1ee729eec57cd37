"""How fresh the holdings of a day are, and indexes that are none."""

import pytest

from shared.archive.channel_id import ChannelId
from shared.archive.scedc import SCEDC
from shared.holdings import day_holdings
from shared.holdings.day_holdings import holdings_on
from shared.holdings.resolve import resolve
from tests.support.faulty_s3 import faulty_s3
from tests.support.selections import DAY, ids, put, selection


@pytest.fixture
def requests(archive, monkeypatch):
    """The requests for indexes so far."""
    with faulty_s3(archive) as proxy:
        monkeypatch.setenv("AWS_ENDPOINT_URL_S3", proxy.url)
        yield lambda: sum("waveform_index" in path for _, path in proxy.requests)


def at(monkeypatch, day, hours=0.0):
    """Set the clock to hours after a day."""
    monkeypatch.setattr(day_holdings, "_clock", lambda: (day.number + 1) * 86_400 + hours * 3_600)


def test_an_old_index_is_taken_for_an_hour(archive, requests, monkeypatch):
    put(archive, "CI.SOC.HHZ.")
    for hours, asked in ((8 * 24, 1), (8 * 24 + 0.9, 1), (8 * 24 + 1.1, 2), (8 * 24 + 1.9, 2)):
        at(monkeypatch, DAY, hours)
        assert ids(resolve(SCEDC, [selection("CI.*.*.*")])) == ["CI.SOC..HHZ"]
        assert requests() == asked
    put(archive, "CI.NEW.HHZ.")
    at(monkeypatch, DAY, 8 * 24 + 2.2)
    assert ids(resolve(SCEDC, [selection("CI.*.*.*")])) == ["CI.NEW..HHZ", "CI.SOC..HHZ"]


def test_the_index_of_a_new_day_is_checked_each_time(archive, requests, monkeypatch):
    at(monkeypatch, DAY, 4 * 24)
    put(archive, "CI.SOC.HHZ.")
    resolve(SCEDC, [selection("CI.*.*.*")])
    put(archive, "CI.NEW.HHZ.")
    assert ids(resolve(SCEDC, [selection("CI.*.*.*")])) == ["CI.NEW..HHZ", "CI.SOC..HHZ"]
    assert requests() == 2


def test_objects_that_the_index_of_today_lacks_are_listed(listable, monkeypatch):
    listable.put(SCEDC.waveform_index_key(DAY), b"ms_filename\nCISOC__HHZ___2022002.ms\n")
    put(listable, "CI.SOC.HHZ.")
    put(listable, "CI.NEW.HHZ.")
    for hours, found in ((-3, ["CI.NEW..HHZ", "CI.SOC..HHZ"]), (3 * 24, ["CI.SOC..HHZ"])):
        at(monkeypatch, DAY, hours)
        assert ids(resolve(SCEDC, [selection("CI.*.*.*")])) == found


def test_an_unreadable_index_is_listed_instead(listable, caplog):
    put(listable, "CI.SOC.HHZ.")
    listable.put(SCEDC.waveform_index_key(DAY), b"<html>")
    assert ids(resolve(SCEDC, [selection("CI.*.*.*")])) == ["CI.SOC..HHZ"]
    assert "is no index of waveforms: its columns are <html>; the day is listed" in caplog.text


HEAD = b"ms_filename,net,sta,seedchan\n"
ROW = b"CISOC__HHZ___2022002.ms,CI,SOC,HHZ"
CUT = {
    "cut off: its last row has 1 fields of 4; the day is listed": HEAD + ROW + b"\nCINEW__H",
    "cut off: its last row has 3 fields of 4; the day is listed": HEAD + ROW[:-4],
    "its last line has no end, so it may be cut off; the day is listed": HEAD + ROW,
    "it has no rows; its last line has no end": HEAD[:-3],
    "it has no rows; the day is listed": HEAD,
    "1 rows are no channel of its day: CINEW__HHZ___2022003.ms; the day is listed": HEAD
    + ROW.replace(b"SOC", b"NEW").replace(b"002.", b"003.")
    + b"\n",
}
"""Indexes that may lack channels, by their text in the log."""


@pytest.mark.parametrize("said", CUT)
def test_a_day_is_listed_whose_index_may_lack_channels(said, listable, caplog):
    put(listable, "CI.SOC.HHZ.")
    put(listable, "CI.NEW.HHZ.")
    listable.put(SCEDC.waveform_index_key(DAY), CUT[said])
    for _ in range(2):  # read, and remembered
        assert ids(resolve(SCEDC, [selection("CI.*.*.*")])) == ["CI.NEW..HHZ", "CI.SOC..HHZ"]
    assert said in caplog.text


def test_the_day_of_a_whole_index_is_not_listed(listable):
    put(listable, "CI.NEW.HHZ.")
    listable.put(SCEDC.waveform_index_key(DAY), HEAD + ROW + b"\n")
    assert ids(resolve(SCEDC, [selection("CI.*.*.*")])) == ["CI.SOC..HHZ"]


def test_rows_and_objects_that_are_no_channel_are_logged(listable, caplog):
    listable.put(SCEDC.waveform_index_key(DAY), b"ms_filename\nREADME\nCISOC__HHZ___2022002.ms\n")
    assert ids(resolve(SCEDC, [selection("CI.*.*.*")])) == ["CI.SOC..HHZ"]
    assert "1 rows are no channel of its day: README" in caplog.text
    put(listable, "CI.SOC.HHZ.", DAY.next)
    listable.put("continuous_waveforms/2022/2022_003/CI.txt", b"x")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(listable, "has_indexes", False)
        (held,) = holdings_on(SCEDC, DAY.next, [selection("CI.*.*.*")]).all
    assert held.channel == ChannelId.parse("CI.SOC.HHZ")
    assert "1 objects are not named like a channel day: continuous_waveforms/" in caplog.text
