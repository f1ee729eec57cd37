"""Float records are those of ObsPy's writer, byte for byte; and carry the quality of timing."""

import io

import numpy as np
import obspy
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from obspy import Stream, Trace, UTCDateTime

from shared.formats import LostSamplesError
from shared.formats.miniseed import DAY_RECORD_BYTES, write_floats
from shared.waveforms.timing_quality import TimingQuality, set_quality, stamp_records

RATES = [0.001, 0.1, 1 / 3, 1.0, 19.99, 40.0, 40.0000038, 99.9999, 100.0, 200.0, 500 / 3, 1000.0]
RATES += [32_767.0, 40_000.0]
TIMES = [
    UTCDateTime(ns=0),
    UTCDateTime(ns=-123_456_789),
    UTCDateTime(1969, 12, 31, 23, 59, 59, 999_949),
    UTCDateTime(2023, 12, 31, 23, 59, 50, 50),  # the year changes within the file
    UTCDateTime(2024, 2, 28, 23, 59, 59),
    UTCDateTime(2024, 12, 31, 12),
]
ONE_RECORD = 1_010, 1_008, 504  # samples: FLOAT32 without and with microseconds, FLOAT64 with them


def by_obspy(traces, encoding):
    file = io.BytesIO()
    Stream(traces).write(
        file, format="MSEED", encoding=encoding, reclen=DAY_RECORD_BYTES, byteorder=">"
    )
    return file.getvalue()


@st.composite
def traces(draw):
    """A trace with any header that decides the form of its records."""
    npts = draw(st.sampled_from([1, *ONE_RECORD]) | st.integers(1, 20_000))
    ns = draw(st.sampled_from(TIMES).map(lambda time: time.ns) | st.integers(-(10**18), 4 * 10**18))
    header = {
        "network": "CI",
        "station": draw(st.sampled_from(["B", "WBM12"])),
        "location": draw(st.sampled_from(["", "2C"])),
        "channel": "HHZ",
        "sampling_rate": draw(st.sampled_from(RATES) | st.floats(0.001, 5_000)),
        "starttime": UTCDateTime(ns=ns),
    }
    trace = Trace(np.random.default_rng(npts).standard_normal(npts), header)
    known = {"dataquality": st.sampled_from("DRQM"), "sequence_number": st.integers(1, 999_999)}
    if mseed := draw(st.fixed_dictionaries({}, optional=known)):
        trace.stats.mseed = obspy.core.AttribDict(mseed)
    if percent := draw(st.none() | st.integers(0, 100)):
        empty = np.array([], np.int64)
        quality = TimingQuality(empty, empty, np.array([percent]), empty.astype(bool))
        trace.stats.mseed = obspy.core.AttribDict(
            {**trace.stats.get("mseed", {}), "blkt1001": {"timing_quality": quality.lowest}}
        )
    return trace


@settings(max_examples=60, deadline=None)
@given(st.lists(traces(), min_size=1, max_size=3), st.sampled_from(["FLOAT32", "FLOAT64"]))
def test_records_are_those_of_obspy(given_traces, encoding):
    for trace in given_traces:
        trace.data = trace.data.astype(encoding.lower())
    assert write_floats(given_traces, encoding) == by_obspy(given_traces, encoding)


def test_sequence_numbers_begin_again_after_the_last():
    trace = Trace(np.zeros(3_000), {"sampling_rate": 100.0, "mseed": {"sequence_number": 999_998}})
    content = write_floats([trace], "FLOAT64")
    rows = range(0, len(content), DAY_RECORD_BYTES)
    numbers = [content[row : row + 6] for row in rows]
    assert numbers == [b"999998", b"999999", b"000001", b"000002", b"000003", b"000004"]


@pytest.mark.parametrize("dtype", ["int32", "float32", "float64", ">f8"])
def test_any_samples_are_converted_and_kept(dtype):
    data = np.arange(-2_000, 3_000).astype(dtype)
    trace = Trace(data.copy(), {"sampling_rate": 40.0, "starttime": UTCDateTime(2024, 1, 1, 0, 0)})
    (read,) = obspy.read(io.BytesIO(write_floats([trace], "FLOAT32")), format="MSEED")
    np.testing.assert_array_equal(read.data, data.astype(np.float32))
    assert read.data.dtype == np.float32
    assert (read.stats.starttime, read.stats.npts) == (trace.stats.starttime, data.size)
    np.testing.assert_array_equal(trace.data, data)


@pytest.mark.parametrize("microsecond", [0, 19_536])
def test_quality_is_that_of_stamped_records(microsecond):
    start = UTCDateTime(2024, 1, 1, 0, 0, 0, microsecond)
    starts = start.ns + np.arange(0, 100, 10) * 10**9
    percents = np.array([100, 90, -1, 80, 70, 100, 100, 0, 50, 60])
    first, second = (
        TimingQuality(starts, starts + 10**10, percents, locked)
        for locked in (percents > 75, percents < 75)
    )
    header = {"sampling_rate": 100.0, "starttime": start}
    traces = [Trace(np.ones(npts), header) for npts in (9_000, 1, 5_000)]
    for trace, quality in zip(traces, (first, first, second), strict=True):
        set_quality(trace, quality)
    expected = bytearray(by_obspy(traces, "FLOAT64"))
    begin = len(by_obspy(traces[:2], "FLOAT64"))
    stamp_records(memoryview(expected)[:begin], first)
    stamp_records(memoryview(expected)[begin:], second)
    assert write_floats(traces, "FLOAT64") == expected


def test_no_traces_are_no_records():
    assert write_floats([], "FLOAT32") == b""


def test_lost_samples_are_an_error():
    trace = Trace(np.zeros(3_000), {"sampling_rate": 100.0})
    trace.stats.npts = 2_900
    with pytest.raises(LostSamplesError, match="has 2,900 samples, and was written from 3,000"):
        write_floats([trace], "FLOAT32")
