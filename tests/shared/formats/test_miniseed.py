"""Windows as miniSEED and SAC: what ObsPy reads of them is what the windows have."""

import io
import json
import struct
import zipfile

import numpy as np
import obspy
import pytest
from obspy import Stream, UTCDateTime

from shared.archive.channel_id import ChannelId
from shared.errors import NoWaveformError
from shared.windows.reply import write_windows
from shared.windows.request import Window
from shared.windows.result import WindowResult, failed_windows
from tests.support.builders import make_trace, noise

START = "2024-01-01T00:00:00.019538"
NSCL = "CI.BOM.BHZ."
WINDOW = Window(ChannelId.parse(NSCL), UTCDateTime(START), UTCDateTime(START) + 60)


def answer(data, start=START, nscl=NSCL, sampling_rate=40.0):
    trace = make_trace(nscl, start, [], sampling_rate)
    trace.data = data
    return WindowResult(WINDOW, trace=trace)


def failure(message="no samples"):
    return WindowResult(WINDOW, error=NoWaveformError(message, object="s3://b/k"))


def with_gaps(data, *spans):
    masked = np.ma.masked_array(data, mask=False)
    for first, end in spans:
        masked[first:end] = np.ma.masked
    return masked


def read_mseed(answers):
    content = write_windows(answers, "mseed")
    assert content.media_type == "application/vnd.fdsn.mseed"
    assert content.suffix == "mseed"
    return obspy.read(io.BytesIO(content.data), format="MSEED")


def read_sac(answers):
    """The files of the zip: their names, and the segments in them."""
    content = write_windows(answers, "sac")
    assert content.media_type == "application/zip"
    assert content.suffix == "zip"
    with zipfile.ZipFile(io.BytesIO(content.data)) as archive:
        assert archive.testzip() is None
        names = archive.namelist()
        files = [archive.read(name) for name in names if name.endswith(".sac")]
    return names, [obspy.read(io.BytesIO(file), format="SAC")[0] for file in files]


def segments(answers):
    return [s for each in answers if each.trace for s in Stream([each.trace]).split()]


CONTENTS = {
    "counts": noise(4_000),
    "one": np.array([7], dtype=np.int32),
    "velocities": noise(1_000).astype(np.float64) * 1e-9,
    "32-bit velocities": (noise(1_000) * 1e-9).astype(np.float32),
    "16-bit counts": noise(1_000).astype(np.int16),
    "foreign order": noise(1_000).astype(">i4"),
    "every other": noise(2_000)[::2],
    "extremes": np.array([2**31 - 1, -(2**31)] * 300, dtype=np.int32),
    "a gap": with_gaps(noise(4_000), (1_000, 1_800)),
    "gaps and single samples": with_gaps(noise(4_000), (1, 2), (5, 2_000), (2_001, 2_002)),
    "a gap of velocities": with_gaps(noise(400) * 1e-9, (100, 180)),
}
each_content = pytest.mark.parametrize("data", CONTENTS.values(), ids=CONTENTS)


@each_content
def test_miniseed_is_the_samples(data):
    answers = [answer(data)]
    stream = read_mseed(answers)
    expected = segments(answers)
    assert len(stream) == len(expected)
    for got, wanted in zip(stream, expected, strict=True):
        assert got.id == wanted.id
        assert got.stats.sampling_rate == 40.0
        assert got.stats.starttime.ns == pytest.approx(wanted.stats.starttime.ns, abs=500)
        np.testing.assert_array_equal(got.data, wanted.data)


@each_content
def test_sac_is_the_samples(data):
    answers = [answer(data)]
    names, traces = read_sac(answers)
    expected = segments(answers)
    assert len(names) == len(expected)
    for name, got, wanted in zip(names, traces, expected, strict=True):
        assert name == f"{wanted.id}.{wanted.stats.starttime.strftime('%Y%j.%H%M%S.%f')}.sac"
        assert got.id == wanted.id
        assert got.stats.sampling_rate == pytest.approx(40.0, rel=1e-7)  # SAC has float32
        assert got.stats.starttime.ns == pytest.approx(wanted.stats.starttime.ns, abs=1000)
        np.testing.assert_array_equal(got.data, wanted.data.astype(np.float32))


@pytest.mark.parametrize(
    ("data", "encoding"),
    [
        (noise(1_000), 11),  # Steim2
        (np.full(1_000, -(2**31), dtype=np.int32), 11),
        (np.array([0, 2**29 - 1, -1], dtype=np.int32), 11),
        (np.array([0, -(2**29)], dtype=np.int32), 11),
        (np.array([0, 2**29], dtype=np.int32), 3),  # 32-bit integers
        (np.array([0, -(2**29) - 1], dtype=np.int32), 3),
        (np.array([2**31 - 1, -(2**31)], dtype=np.int32), 3),
        (np.zeros(10, dtype=np.float32), 4),
        (np.zeros(10, dtype=np.float64), 5),
    ],
)
def test_records(data, encoding):
    content = write_windows([answer(data)], "mseed").data
    assert len(content) % 512 == 0
    for first in range(0, len(content), 512):
        blockette = struct.unpack_from(">H", content, first + 46)[0]
        while struct.unpack_from(">H", content, first + blockette)[0] != 1000:
            blockette = struct.unpack_from(">H", content, first + blockette + 2)[0]
        number, order, length = content[first + blockette + 4 : first + blockette + 7]
        assert (number, order, 2**length) == (encoding, 1, 512)


def test_windows_keep_the_order_of_the_request():
    answers = [
        answer(noise(10), "2024-01-02T00:00:00", "CI.BOM.BHZ."),
        answer(noise(10), "2024-01-01T00:00:00", "CE.13884.HNZ.10", 200.0),
        failure(),
        answer(noise(10), "2024-01-01T12:00:00", "CI.BOM.BHZ."),
    ]
    records = write_windows(answers, "mseed").data
    codes = [records[first + 8 : first + 20] for first in range(0, len(records), 512)]
    assert codes == [b"BOM    BHZCI", b"1388410HNZCE", b"BOM    BHZCI"]
    names, traces = read_sac(answers)
    assert [trace.id for trace in traces] == ["CI.BOM..BHZ", "CE.13884.10.HNZ", "CI.BOM..BHZ"]
    assert names == [
        "CI.BOM..BHZ.2024002.000000.000000.sac",
        "CE.13884.10.HNZ.2024001.000000.000000.sac",
        "CI.BOM..BHZ.2024001.120000.000000.sac",
        "errors.json",
    ]


def test_files_of_the_same_start_are_numbered():
    names, traces = read_sac([answer(noise(10)), answer(noise(20)), answer(noise(30))])
    stem = "CI.BOM..BHZ.2024001.000000.019538"
    assert names == [f"{stem}.sac", f"{stem}.2.sac", f"{stem}.3.sac"]
    assert [trace.stats.npts for trace in traces] == [10, 20, 30]


def test_failed_windows_are_told():
    answers = [failure("first"), answer(noise(10)), failure("last")]
    failed = failed_windows(answers)
    assert failed == [
        {
            "window": index,
            "network": "CI",
            "station": "BOM",
            "channel": "BHZ",
            "location": "",
            "starttime": "2024-01-01T00:00:00.019538Z",
            "endtime": "2024-01-01T00:01:00.019538Z",
            "error": {"type": "NoWaveformError", "message": message, "object": "s3://b/k"},
        }
        for index, message in ((0, "first"), (2, "last"))
    ]
    with zipfile.ZipFile(io.BytesIO(write_windows(answers, "sac").data)) as archive:
        assert json.loads(archive.read("errors.json")) == failed


@pytest.mark.parametrize("file_format", ["mseed", "sac"])
def test_same_windows_same_bytes(file_format, monkeypatch):
    answers = [answer(CONTENTS["a gap"]), failure()]
    first = write_windows(answers, file_format)
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1500000000")
    assert write_windows(answers, file_format) == first


def test_writing_changes_nothing():
    data = with_gaps(noise(100).astype(">i4"), (10, 20))
    result = answer(data)
    stats = result.trace.stats.copy()
    for file_format in ("mseed", "sac"):
        write_windows([result], file_format)
    assert result.trace.stats == stats
    assert result.trace.data is data
    assert data.dtype == ">i4"
    assert data.mask.sum() == 10
