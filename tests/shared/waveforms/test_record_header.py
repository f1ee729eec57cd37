"""Headers of miniSEED 2 records, compared with ObsPy's reading of them."""

import io
import struct
import warnings

import numpy as np
import obspy
import pytest
from hypothesis import given
from hypothesis import strategies as st
from obspy import Stream, Trace, UTCDateTime

from shared.waveforms._record_header import OddRecordError, RecordHeader, parse_header
from tests.support.builders import make_trace, mseed, noise
from tests.support.plugins.real_data import REAL_DATA

NSCL = "CI.BOM.BHZ."
RECORD = mseed(make_trace(NSCL, "2024-01-01T00:00:00.019536", noise(100)))[:512]


def changed(**fields: tuple[int, str, int]) -> bytes:
    """Return the record with fields overwritten: name=(offset, format, value)."""
    record = bytearray(RECORD)
    for offset, kind, value in fields.values():
        struct.pack_into(kind, record, offset, value)
    return bytes(record)


def as_obspy_reads(record: bytes) -> tuple[object, ...]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # ObsPy's check of little-endian ones is wrong
        (trace,) = obspy.read(io.BytesIO(record), format="MSEED")
    stats = trace.stats
    return (
        trace.id,
        stats.mseed.dataquality,
        stats.starttime,
        stats.npts,
        stats.sampling_rate,
        stats.mseed.record_length,
    )


def fields(header: RecordHeader) -> tuple[object, ...]:
    return (
        header.seed_id,
        header.quality,
        header.starttime,
        header.npts,
        header.sampling_rate,
        header.record_length,
    )


@given(
    starttime=st.datetimes(
        min_value=UTCDateTime(1970, 1, 2).datetime, max_value=UTCDateTime(2040, 1, 1).datetime
    ),
    sampling_rate=st.sampled_from([0.1, 1.0, 20.0, 40.0, 100.0, 128.0, 500.0, 33.3]),
    byteorder=st.sampled_from("<>"),
    reclen=st.sampled_from([256, 512, 1024, 4096]),
    codes=st.tuples(
        st.from_regex(r"\A[A-Z0-9]{1,2}\Z"),
        st.from_regex(r"\A[A-Z0-9]{1,5}\Z"),
        st.from_regex(r"\A([A-Z0-9]{2})?\Z"),
        st.from_regex(r"\A[A-Z0-9]{3}\Z"),
    ),
)
def test_header_is_as_obspy_reads_it(starttime, sampling_rate, byteorder, reclen, codes) -> None:
    network, station, location, channel = codes
    header = {
        "network": network,
        "station": station,
        "location": location,
        "channel": channel,
        "starttime": UTCDateTime(starttime),
        "sampling_rate": sampling_rate,
    }
    buffer = io.BytesIO()
    trace = Trace(np.arange(2_000, dtype=np.int32), header)
    Stream([trace]).write(buffer, format="MSEED", byteorder=byteorder, reclen=reclen)
    content = buffer.getvalue()
    for offset in range(0, len(content), reclen):
        found = parse_header(content, offset)
        assert fields(found) == as_obspy_reads(content[offset : offset + reclen])
    assert abs(found.endtime - trace.stats.endtime) < 1e-5


@pytest.mark.parametrize(
    "change",
    [
        {"correction": (40, ">i", 12_345)},
        {"correction": (40, ">i", -1)},
        {"correction": (40, ">i", 12_345), "applied": (36, ">B", 0x02)},
        {"correction": (40, ">i", 12_345), "other flag": (36, ">B", 0xFD)},
        {"microseconds": (53, ">b", -50)},
        {"microseconds": (53, ">b", 99)},
        {"ticks": (28, ">H", 9999)},
        {"quality": (6, "B", ord("Q"))},
        {"factor": (32, ">h", -10)},
        {"multiplier": (34, ">h", -10)},
        {"factor": (32, ">h", -10), "multiplier": (34, ">h", -10)},
        {"factor": (32, ">h", -10), "multiplier": (34, ">h", 3)},
        {"multiplier": (34, ">h", 3)},
        {"last day": (22, ">H", 366)},
        {"no samples": (30, ">H", 0)},
    ],
    ids=lambda change: " ".join(change),
)
def test_odd_fields_are_as_obspy_reads_them(change) -> None:
    record = changed(**change)
    header = parse_header(record)
    if header.npts:
        assert fields(header) == as_obspy_reads(record)
    else:
        assert header.endtime == header.starttime


def test_rate_of_zero() -> None:
    header = parse_header(changed(factor=(32, ">h", 0)))
    assert header.sampling_rate == 0
    assert header.endtime == header.starttime


@pytest.mark.parametrize(
    ("record", "reason"),
    [
        (b"", "no miniSEED 2 record at byte 0"),
        (RECORD[:47], "no miniSEED 2 record"),
        (b"<html>" * 100, "no miniSEED 2 record"),
        (bytes(512), "no miniSEED 2 record"),
        (b"MS\x03" + bytes(509), "no miniSEED 2 record"),
        (RECORD[:60], "blockettes beyond the end"),
        (changed(quality=(6, "B", ord("V"))), "no miniSEED 2 record"),
        (changed(year=(20, ">H", 0)), "without a valid date"),
        (changed(hour=(24, "B", 24)), "the time 24:0:0 at"),
        (changed(leap_second=(26, "B", 60)), "the time 0:0:60 at"),
        (changed(length=(62, "B", 40)), "unknown length"),
        (changed(kind=(56, ">H", 999)), "unknown length"),
        (changed(first=(46, ">H", 0)), "unknown length"),
        (changed(first=(46, ">H", 8)), "out of order"),
        (changed(loop=(58, ">H", 48)), "out of order"),
        (changed(loop=(58, ">H", 600)), "beyond the end"),
    ],
)
def test_other_records_are_odd(record: bytes, reason: str) -> None:
    with pytest.raises(OddRecordError, match=reason):
        parse_header(record)


@pytest.mark.real_data
def test_real_records_are_as_obspy_reads_them() -> None:
    paths = sorted(REAL_DATA.rglob("*.ms"))
    assert paths
    for path in paths:
        content = path.read_bytes()
        headers = [parse_header(content, offset) for offset in range(0, len(content), 512)]
        assert sum(header.npts for header in headers) == sum(
            trace.stats.npts for trace in obspy.read(str(path))
        )
        for number in range(0, len(headers), 19):
            record = content[number * 512 : number * 512 + 512]
            assert fields(headers[number]) == as_obspy_reads(record)
