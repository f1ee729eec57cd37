"""Day objects with records out of order, or of several kinds, are read whole."""

import re

import pytest

from shared.waveforms.read_day import read_day
from tests.support.builders import mseed
from tests.support.compared_days import (
    DAY_OBJECT,
    compare,
    hour,
    start_of,
)
from tests.support.generated_days import MIDNIGHT, segments

five_minutes = pytest.mark.parametrize("minute", [0, 20, 31, 54])


@pytest.mark.usefixtures("small_reads")
@five_minutes
def test_late_records_at_the_end_are_found(put, read_whole, minute: int) -> None:
    """They are missing in their place, which makes the reader look at the end of the object."""
    records = hour()
    starttime = MIDNIGHT + minute * 60
    number = next(i for i, record in enumerate(records) if start_of(record) > starttime + 100)
    late = records[number : number + 3]
    content = b"".join(records[:number] + records[number + 3 :] + late)
    put(content)
    compare(content, starttime, starttime + 300)
    assert "not in the order" in read_whole()


@pytest.mark.usefixtures("small_reads")
@five_minutes
def test_swapped_records_are_noticed(put, read_whole, minute: int) -> None:
    records = hour()
    starttime = MIDNIGHT + minute * 60
    number = next(i for i, record in enumerate(records) if start_of(record) > starttime + 100)
    records[number], records[number + 1] = records[number + 1], records[number]
    put(b"".join(records))
    compare(b"".join(records), starttime, starttime + 300)
    assert "not in the order" in read_whole()


@pytest.mark.usefixtures("small_reads")
@pytest.mark.parametrize("overlap", [1, 30, 55])
def test_an_overlap_next_to_the_span_is_noticed(put, read_whole, overlap: int) -> None:
    traces = segments(40.0, 0.019536, [(0.0, 72_000), (-overlap, 72_000)])
    content = b"".join(map(mseed, traces))
    put(content)
    border = traces[1].stats.starttime
    compare(content, border + overlap / 2, border + overlap / 2 + 0.1)
    compare(content, border - 300, border + overlap / 10)
    compare(content, border + overlap * 0.9, border + 300)
    assert "not in the order" in read_whole()


@pytest.mark.usefixtures("small_reads")
@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda records: [*records[:-1], records[-1][:100]], "are not records of 512 bytes"),
        (lambda records: [*records, b"text"], "are not records of 512 bytes"),
        (lambda records: [*records[:300], b"\0" * 512, *records[300:]], "no miniSEED 2 record"),
        (lambda records: [r.replace(b"BHZ", b"BHN") for r in records[:9]] + records[9:], "BHN"),
        (lambda records: records[:9] + [r.replace(b"BHZ", b"BHN") for r in records[9:]], "BHN"),
        (lambda records: [records[0].replace(b"D", b"Q", 1), *records[1:]], "quality='D'"),
        (lambda records: records[:400] + hour(reclen=1024)[200:], "not records|among those"),
    ],
    ids=["cut", "text", "hole", "other first", "other later", "quality", "lengths"],
)
def test_odd_objects_are_read_whole(put, read_whole, change, reason: str) -> None:
    content = b"".join(change(hour()))
    put(content)
    middle = start_of(hour()[300])
    reader = compare(content, middle, middle + 300)
    assert reader._whole
    assert reader._whole.notes == read_day(DAY_OBJECT, content).warnings
    assert re.search(reason, read_whole())
