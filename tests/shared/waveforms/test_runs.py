"""A time span of a day that is read whole gets the runs near it, however many others there are."""

import numpy as np
import pytest
from obspy import UTCDateTime

from shared.archive.channel_id import ChannelId
from shared.archive.day import Day
from shared.archive.scedc import SCEDC
from shared.waveforms._day_records import DayRecords
from shared.waveforms._decode_day import decode_day
from shared.waveforms.gaps import DAMAGED
from tests.support.known_records import Clock, Layout, records
from tests.support.operations import count_calls

NSCL = "CI.BOM.LHZ."
DAY = SCEDC.day_object(ChannelId.parse(NSCL), Day.parse("2024,001"))
START = UTCDateTime(2024, 1, 1)
LENGTH = 100  # samples at 1 Hz of a segment, after which 20 are missing


def day(*parts: tuple[float, int]) -> DayRecords:
    """Decode records that begin at some seconds, with so many samples each."""
    layout = Layout(record_length=4096)
    content = [
        records(NSCL, np.arange(npts), Clock(START + first, 1.0), layout) for first, npts in parts
    ]
    return decode_day(DAY, b"".join(content))


def gappy(segments: int) -> DayRecords:
    return day(*((120.0 * number, LENGTH) for number in range(segments)))


def starts(records: DayRecords, first: float, last: float) -> list[float]:
    """Return the seconds at which the segments begin that a time span gets."""
    span = START + first, START + last
    stream = records.waveform_for(*span, span[0], records.first_record).stream
    return [trace.stats.starttime - START for trace in stream]


def test_segments_near_a_span_and_one_beside_it() -> None:
    records = gappy(50)
    # A minute around the span is read in any case.
    assert starts(records, 2_500, 2_510) == [2_280, 2_400, 2_520, 2_640]
    assert starts(records, -500, -400) == [0]
    assert starts(records, 90_000, 90_100) == [5_880]
    assert starts(records, 0, 90_000) == [120 * number for number in range(50)]


def test_segments_that_overlap_a_near_one_are_near() -> None:
    """All samples of an overlap are needed to find a conflict."""
    records = day((0, 100), (3_000, 1_000), (1_000, 2_500), (500, 600), (5_000, 10), (9_000, 10))
    assert starts(records, 3_900, 3_901) == [0, 3_000, 1_000, 500, 5_000]
    assert starts(records, 700, 701) == [0, 3_000, 1_000, 500, 5_000]
    assert starts(records, 9_000, 9_001) == [5_000, 9_000]


def test_damage_near_a_span_is_explained() -> None:
    layout = Layout(record_length=512)
    content = bytearray(records(NSCL, np.arange(40 * 112), Clock(START, 1.0), layout))
    for number in range(1, 40, 2):
        content[512 * number + 44 : 512 * number + 46] = b"\0\0"  # the offset of the samples
    damaged = decode_day(DAY, bytes(content))
    waveform = damaged.waveform_for(START + 1_000, START + 1_100, START, START)
    spans = [(span.starttime - START, span.endtime - START) for span in waveform.empty]
    assert spans == [(1_008, 1_119)]
    assert {span.why for span in waveform.empty} == {DAMAGED}
    assert len(damaged.waveform().empty) == 20


@pytest.mark.parametrize("span", [(2_500, 2_800), (0, 1)])
def test_a_span_costs_nothing_for_segments_elsewhere(span: tuple[float, float]) -> None:
    few, many = gappy(60), gappy(480)
    assert starts(few, *span) == starts(many, *span)
    assert count_calls(lambda: starts(many, *span)) < 1.2 * count_calls(lambda: starts(few, *span))


def test_a_whole_day_grows_with_its_segments() -> None:
    few, many = (count_calls(gappy(segments).waveform) for segments in (60, 480))
    assert many < 10 * few


def test_records_of_other_days_are_left_out_in_one_pass() -> None:
    def strays(segments: int) -> int:
        parts = [(120.0 * number + 200_000 * (number % 5 == 0), 90) for number in range(segments)]
        return count_calls(lambda: day(*parts)) - count_calls(lambda: gappy(segments))

    assert strays(320) < 12 * strays(40)
