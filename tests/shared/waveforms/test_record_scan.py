"""Headers of all records at once: the same fields as one by one, in any layout."""

import numpy as np
import pytest
from obspy import UTCDateTime

from shared.waveforms._record_header import OddRecordError, parse_header
from shared.waveforms._record_scan import scan
from tests.support.builders import make_trace, mseed, noise
from tests.support.known_records import Clock, Layout, records

NSCL = "CI.BOM.BHZ."
START = UTCDateTime(2024, 1, 1) + 0.019536


def big(**layout: object) -> bytes:
    return records(NSCL, np.arange(2_000), Clock(START, 40.0), Layout(**layout))


def by_obspy(**layout: object) -> bytes:
    return mseed(make_trace(NSCL, str(START), noise(2_000), 40.0), **layout)


def damaged(content: bytes) -> bytes:
    return content[:1024] + bytes(512) + content[1536:]


def corrected(ticks: int) -> bytes:
    return b"".join(
        record[:40] + ticks.to_bytes(4, "big") + record[44:]
        for record in [big()[place : place + 512] for place in range(0, 4096, 512)]
    )


CONTENTS = {
    "big-endian": big(),
    "with a rate of its own": big(blockette_100=39.99),
    "clock not locked": big(timing_quality=40, clock_locked=False),
    "no percentage": big(timing_quality=255),
    "little-endian": by_obspy(byteorder="<"),
    "both byte orders": by_obspy() + by_obspy(byteorder="<"),
    "layouts in turn": b"".join(
        one[place : place + 512] + other[place : place + 512]
        for one, other in [(big(), big(blockette_100=40.0))]
        for place in range(0, 4096, 512)
    ),
    "two lengths": by_obspy() + by_obspy(reclen=1024) + by_obspy(reclen=256),
    "a hole": damaged(by_obspy()),
    "a hole first": bytes(512) + by_obspy(),
    "bytes first": b"text" * 32 + by_obspy(),
    "cut off": by_obspy()[:-100],
    "cut off within a header": by_obspy()[: 512 * 3 + 40],
    "two channels": by_obspy() + mseed(make_trace("CI.BOM.BHN.", str(START), noise(900))),
    "corrected times": corrected(4_321),
    "times corrected by days": corrected(2**31 - 1),
}


@pytest.mark.parametrize("content", CONTENTS.values(), ids=CONTENTS)
def test_fields_are_those_of_single_headers(content: bytes) -> None:
    table = scan(memoryview(content))
    headers = [parse_header(content, offset) for offset in table.offsets.tolist()]
    assert [header.seed_id for header in headers] == table.ids.tolist()
    assert [header.quality.encode() for header in headers] == table.qualities.tolist()
    assert [header.starttime.ns for header in headers] == table.starts.tolist()
    assert [header.npts for header in headers] == table.npts.tolist()
    assert [header.sampling_rate for header in headers] == table.rates.tolist()
    assert [header.record_length for header in headers] == table.lengths.tolist()
    assert [header.is_locked for header in headers] == table.locked.tolist()
    percents = [-1 if one.timing_quality is None else one.timing_quality for one in headers]
    assert percents == table.percents.tolist()
    ends = [header.endtime.ns for header in headers]
    assert np.abs(table.ends - ends).max() <= 1


@pytest.mark.parametrize("content", CONTENTS.values(), ids=CONTENTS)
def test_no_record_is_missed(content: bytes) -> None:
    places = []
    for offset in range(0, len(content), 128):
        try:
            parse_header(content, offset)
        except OddRecordError:
            continue
        places.append(offset)
    assert scan(memoryview(content)).offsets.tolist() == places


@pytest.mark.parametrize("content", [b"", b"text", bytes(4096)])
def test_no_records(content: bytes) -> None:
    assert len(scan(memoryview(content))) == 0
