"""Windows as miniSEED: ObsPy reads the samples of the windows back."""

import io
import struct

import numpy as np
import obspy
import pytest

from shared.formats import miniseed
from shared.waveforms.timing_quality import TimingQuality, set_quality
from shared.windows.reply import write_windows
from tests.support.builders import make_trace, noise
from tests.support.window_results import SAMPLES, result, segments


def read_mseed(results):
    content = write_windows(results, "mseed")
    assert content.media_type == "application/vnd.fdsn.mseed"
    assert content.suffix == "mseed"
    return obspy.read(io.BytesIO(content.data), format="MSEED")


@pytest.mark.parametrize("data", SAMPLES.values(), ids=SAMPLES)
def test_miniseed_is_the_samples(data):
    results = [result(data)]
    stream = read_mseed(results)
    expected = segments(results)
    assert len(stream) == len(expected)
    for got, wanted in zip(stream, expected, strict=True):
        assert got.id == wanted.id
        assert got.stats.sampling_rate == 40.0
        assert got.stats.starttime.ns == pytest.approx(wanted.stats.starttime.ns, abs=500)
        np.testing.assert_array_equal(got.data, wanted.data)


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
        (np.linspace(-(2**31), 2**31 - 1, 70_000).astype(np.int32), 11),
        (np.repeat(np.array([-1, 2**29 - 1], dtype=np.int32), 1 << 16), 3),  # between two blocks
        (np.zeros(10, dtype=np.float32), 4),
        (np.zeros(10, dtype=np.float64), 5),
    ],
)
def test_records(data, encoding):
    content = write_windows([result(data)], "mseed").data
    assert len(content) % 512 == 0
    for first in range(0, len(content), 512):
        blockette = struct.unpack_from(">H", content, first + 46)[0]
        while struct.unpack_from(">H", content, first + blockette)[0] != 1000:
            blockette = struct.unpack_from(">H", content, first + blockette + 2)[0]
        number, order, length = content[first + blockette + 4 : first + blockette + 7]
        assert (number, order, 2**length) == (encoding, 1, 512)


def test_traces_are_written_as_each_alone():
    """Also those of one form, which are written at once."""
    starts = ["2024-01-01T00:00:00.000100Z", "2024-01-01T00:10:00.000123Z", "2024-01-01T01:00:00Z"]
    traces = [
        make_trace("CI.BOM.BHZ.", start, noise(3_000, seed), dtype=dtype)
        for dtype in ("int32", "float32", "float32", "int32")
        for seed, start in enumerate(starts * 2)
    ]
    times = np.array([traces[0].stats.starttime.ns])
    for number, trace in enumerate(traces[:12]):  # others have no quality
        percents, locked = np.array([number // 2 - 1]), np.array([number % 2 == 0])  # -1: unknown
        set_quality(trace, TimingQuality(times, times + 10**14, percents, locked))
    content = miniseed.write(traces)
    assert content == b"".join(miniseed.write([trace]) for trace in traces)
    read = obspy.read(io.BytesIO(content), format="MSEED")
    assert sum(trace.stats.npts for trace in read) == 3_000 * len(traces)
