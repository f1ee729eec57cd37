"""Records as the archive stores them, cut to the sample: ObsPy reads and trims the same."""

import io

import numpy as np
import pytest
from obspy import Stream, UTCDateTime, read

from shared.waveforms._cut_record import cut_records
from shared.waveforms._record_scan import scan
from shared.waveforms._steim import STEIM1, STEIM2, decode_frames
from shared.waveforms._steim_encoder import encode_frames
from shared.waveforms.stored_records import StoredRecords
from tests.support.builders import make_trace, mseed

START = "2024-04-09T00:00:00.019500"
TYPES = {
    "INT16": np.int16,
    "INT32": np.int32,
    "FLOAT32": np.float32,
    "FLOAT64": np.float64,
    "STEIM1": np.int32,
    "STEIM2": np.int32,
}


def noise(encoding, samples=3000, rate=100.0, start=START, **layout):
    """Return samples whose differences need every width of Steim's, as records."""
    generator = np.random.default_rng(3)
    widths = 10 ** generator.uniform(0, 4 if encoding == "INT16" else 7, samples)
    data = generator.normal(size=samples) * widths
    trace = make_trace("CI.BOM.BHZ.", start, data, rate, TYPES[encoding])
    return mseed(trace, encoding=encoding, **layout)


def stored(content):
    view = memoryview(content)
    return StoredRecords("s3://bucket/key", '"etag"', view, scan(view), ())


def cut_record(record, first, end):
    view = memoryview(record)
    (cut,) = cut_records(view, scan(view), np.array([first]), np.array([end]))
    return cut


def trimmed_by_obspy(content, start, end):
    return read(io.BytesIO(content)).trim(start, end, nearest_sample=False)


def same(content, expected):
    """Compare samples and times with ObsPy's; return the stream."""
    stream = read(io.BytesIO(content)) if content else Stream()
    assert len(stream) == len(expected)
    for trace, other in zip(stream, expected, strict=True):
        assert trace.id == other.id
        assert trace.stats.starttime == other.stats.starttime
        assert trace.stats.sampling_rate == other.stats.sampling_rate
        assert trace.data.dtype == other.data.dtype
        np.testing.assert_array_equal(trace.data, other.data)
    return stream


@pytest.mark.parametrize("byteorder", "><")
@pytest.mark.parametrize("encoding", TYPES)
def test_a_span_has_the_samples_that_obspy_trims_to(encoding, byteorder):
    content = noise(encoding, byteorder=byteorder)
    generator = np.random.default_rng(1)
    for seconds in generator.integers(0, 3010, (6, 2)) / 100 + 0.0195:
        start, end = (UTCDateTime("2024-04-09") + float(each) for each in sorted(seconds))
        part = stored(content).trimmed(start.ns, end.ns)
        stream = same(part, trimmed_by_obspy(content, start, end))
        assert len(part) % 512 == 0
        assert stored(content).count(start.ns, end.ns) == sum(map(len, stream))
        for trace in stream:
            assert trace.stats.mseed.encoding == encoding
            assert trace.stats.mseed.byteorder == byteorder
            assert trace.stats.mseed.record_length == 512


@pytest.mark.parametrize("reclen", [256, 512, 4096])
def test_records_within_the_span_are_passed_on_byte_for_byte(reclen):
    content = noise("STEIM2", reclen=reclen, samples=9000)
    headers = scan(memoryview(content))
    start, end = int(headers.starts[1] - 10_000_000), int(headers.ends[3] + 10_000_000)
    part = stored(content).trimmed(start, end)
    whole = content[reclen : 4 * reclen]
    assert part[reclen : 4 * reclen] == whole
    table = scan(memoryview(part))
    assert (table.lengths == reclen).all()
    assert int(table.npts[0]) == int(table.npts[-1]) == 1  # the samples just outside of them


def test_both_ends_are_included_and_no_sample_beyond():
    content = noise("STEIM2")
    first = UTCDateTime(START).ns
    (trace,) = read(io.BytesIO(stored(content).trimmed(first, first + 2_000_000_000)))
    assert trace.stats.npts == 201
    (trace,) = read(io.BytesIO(stored(content).trimmed(first + 1000, first + 1_999_999_000)))
    assert trace.stats.npts == 199
    assert stored(content).trimmed(first + 1000, first + 9_999_000) == b""
    assert stored(content).trimmed(0, first - 1000) == b""


def test_the_header_of_a_cut_record_is_that_of_the_stored_one():
    content = bytearray(noise("STEIM2"))
    content[:7] = b"000042M"
    content[36:39] = bytes([0x41, 0x20, 0x80])  # activity, clock and quality flags
    content[40:44] = (-3).to_bytes(4, "big", signed=True)  # a correction that is not applied
    first = scan(memoryview(content)).starts[0]
    record = cut_record(content[:512], 5, 20)
    assert record[:20] == content[:20]
    assert record[36:44] == content[36:44]
    table = scan(memoryview(record))
    assert int(table.npts[0]) == 15
    assert int(table.starts[0]) == int(first) + 50_000_000


@pytest.mark.parametrize("begins", [56, 64])
def test_microseconds_get_a_blockette(begins):
    content = noise("INT16", samples=90, rate=40.0, start="2024-04-09", reclen=256)
    record = bytearray(content[:56] + bytes(begins - 56) + content[56:])[:256]
    record[32:36] = bytes([0, 30, 0, 1])  # 30 Hz
    record[44:46] = begins.to_bytes(2, "big")
    cut = cut_record(record, 1, 20)
    assert len(cut) == 256
    (trace,) = read(io.BytesIO(cut))
    (whole,) = read(io.BytesIO(bytes(record)))
    assert trace.stats.starttime == UTCDateTime("2024-04-09T00:00:00.033333")
    np.testing.assert_array_equal(trace.data, whole.data[1:20])
    assert cut[39] == 2  # blockettes


def test_the_frames_of_blockette_1001_are_counted_anew():
    trace = make_trace("CI.BOM.BHZ.", "2024-04-09T00:00:00.019537", np.arange(3000), 100.0)
    trace.stats.mseed.blkt1001 = {"timing_quality": 90}
    content = bytearray(mseed(trace))
    assert content[48:50] == (1001).to_bytes(2, "big")
    content[55] = 7
    before = scan(memoryview(content)[:512])
    record = cut_record(content[:512], 2, 20)
    table = scan(memoryview(record))
    assert int(table.percents[0]) == 90
    assert int(table.starts[0]) == int(before.starts[0]) + 20_000_000
    assert record[55] == 1


def test_what_a_better_encoder_had_packed_becomes_two_records():
    # Three differences of 8 bits are left of a word: Steim1 has no word for three.
    steps = np.tile([1, -1, 100, -100], 300)
    trace = make_trace("CI.BOM.BHZ.", START, np.cumsum(steps), 100.0)
    content = mseed(trace, encoding="STEIM1", reclen=256)
    npts = int(scan(memoryview(content)).npts[0])
    assert npts == (13 + 15 + 15) * 4
    record = cut_record(content[:256], 1, npts)
    table = scan(memoryview(record))
    assert int(table.npts.sum()) == npts - 1
    (read_again,) = read(io.BytesIO(record))
    np.testing.assert_array_equal(read_again.data, trace.data[1:npts])


@pytest.mark.parametrize("little", [False, True])
def test_differences_wrap_or_are_refused(little):
    samples = np.array([-(2**31), 2**31 - 1, 5], np.int32)
    frames, count = encode_frames(samples, None, STEIM1, 1, little=little)
    assert (len(frames), count) == (64, 3)
    out = np.zeros(3, np.int32)
    octets = np.frombuffer(frames, np.uint8).reshape(1, -1)
    assert decode_frames(octets, np.array([3]), STEIM1, out, little=little)[1].tolist() == [0]
    np.testing.assert_array_equal(out, samples)
    with pytest.raises(ValueError, match="does not fit"):
        encode_frames(np.array([0, 2**29], np.int32), None, STEIM2, 1, little=little)
