"""The known records of an object, and the search for others."""

import pytest

from shared.archive.day import Day
from shared.waveforms._record_header import OddRecordError, RecordHeader, parse_header
from shared.waveforms._record_index import RecordIndex
from shared.waveforms._record_search import next_to_read, unknown_end
from tests.support.builders import make_trace, mseed, noise

NSCL, DAY = "CI.BOM.BHZ.", Day.parse("2024,001")
MIDNIGHT = DAY.starttime
LENGTH = 512
# Two hours of samples, with a gap of an hour in between.
CONTENT = b"".join(
    mseed(make_trace(NSCL, str(MIDNIGHT + start), noise(144_000, seed)))
    for start, seed in ((0.019536, 1), (7200.027, 2))
)
HEADERS = [parse_header(CONTENT, offset) for offset in range(0, len(CONTENT), LENGTH)]
BORDER = next(i for i, header in enumerate(HEADERS) if header.starttime > MIDNIGHT + 7000)


def index_of(*parts: range) -> RecordIndex:
    index = RecordIndex(len(CONTENT), HEADERS[0], DAY)
    for part in parts:
        index.add(part[0], CONTENT[part[0] * LENGTH : (part[-1] + 1) * LENGTH])
    return index


def all_of(index: RecordIndex) -> range:
    return range(index.count)


def test_nothing_is_known_at_first() -> None:
    index = index_of()
    assert (index.count, index.record_length) == (len(HEADERS), LENGTH)
    assert index.records_of(MIDNIGHT, MIDNIGHT + 300) is None
    assert len(next_to_read(index, MIDNIGHT, MIDNIGHT + 300, 0)) > 0


def test_records_of_a_span_and_its_margins() -> None:
    index = index_of(range(len(HEADERS)))
    records = index.records_of(MIDNIGHT + 1800, MIDNIGHT + 1900)
    assert records
    assert HEADERS[records[0]].endtime < MIDNIGHT + 1740 < HEADERS[records[1]].endtime
    assert HEADERS[records[-2]].starttime < MIDNIGHT + 1960 < HEADERS[records[-1]].starttime
    content, table = index.content.part(records)
    assert content == CONTENT[records[0] * LENGTH : (records[-1] + 1) * LENGTH]
    assert table.starts.tolist() == [HEADERS[number].starttime.ns for number in records]
    assert table.offsets.tolist() == [LENGTH * place for place in range(len(records))]
    assert index.covers(records, MIDNIGHT + 1800, MIDNIGHT + 1900)


def test_a_gap_is_not_covered() -> None:
    index = index_of(range(len(HEADERS)))
    records = index.records_of(MIDNIGHT + 4000, MIDNIGHT + 5000)
    assert records == range(BORDER - 1, BORDER + 1)
    assert not index.covers(records, MIDNIGHT + 4000, MIDNIGHT + 5000)


@pytest.mark.parametrize("start", range(-300, 11_000, 700))
def test_search_comes_to_an_end(start: int) -> None:
    index = index_of(range(64))
    span = (MIDNIGHT + start, MIDNIGHT + start + 300)
    for guesses in range(12):
        if records := index.records_of(*span):
            break
        unread = next_to_read(index, *span, guesses)
        assert not index.knows(unread[0])
        assert not index.knows(unread[-1])
        assert 0 <= unread[0] <= unread[-1] < index.count
        index.add(unread[0], CONTENT[unread[0] * LENGTH : (unread[-1] + 1) * LENGTH])
    assert records == index_of(all_of(index)).records_of(*span)


def test_the_end_is_read_once() -> None:
    index = index_of(range(64))
    assert unknown_end(index) == range(index.count - 64, index.count)
    assert not unknown_end(index_of(unknown_end(index)))


def test_records_out_of_order_are_odd_at_any_distance() -> None:
    index = index_of(range(100, 110))
    with pytest.raises(OddRecordError, match="not in the order of their times"):
        index.add(200, CONTENT[: 5 * LENGTH])


@pytest.mark.parametrize(
    ("size", "rate", "reason"),
    [(513, 40.0, "513 bytes are not records of 512"), (512, 0.0, "0.0 samples per second")],
)
def test_objects_without_an_index(size: int, rate: float, reason: str) -> None:
    first = RecordHeader("CI.BOM..BHZ", "D", MIDNIGHT, 100, rate, 512)
    with pytest.raises(OddRecordError, match=reason):
        RecordIndex(size, first, DAY)
