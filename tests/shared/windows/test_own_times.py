"""The segments of a window keep their own times, rates that nearly agree and sample types."""

import numpy as np
import pytest

from local.cloud.s3_server import S3Server
from shared.archive.channel_id import ChannelId
from shared.archive.day import Day
from shared.archive.scedc import SCEDC
from shared.windows import read_windows
from tests.support.builders import make_trace, mseed, noise, put_day
from tests.support.windows import DAY, NSCL, RATE, read_one, window


def test_segments_that_lie_off_the_grid(archive: S3Server) -> None:
    """ObsPy moves the overlapping segment by 4 ms, and all to the grid of the day before."""
    nscl = "CI.BOM.LHZ."
    traces = [
        make_trace(nscl, "2024-01-01T00:00:00.500", noise(762), 1.0),
        make_trace(nscl, "2024-01-02T00:00:00", noise(3_605, seed=2), 1.0),
        make_trace(nscl, "2024-01-02T00:59:42.004", noise(183, seed=3), 1.0),
    ]
    put_day(archive, nscl, "2024,001", traces[0])
    put_day(archive, nscl, "2024,002", *traces[1:])
    spans = [
        window("2024-01-01T00:04:00", "2024-01-02T01:34:30", nscl),
        window("2024-01-02T00:10:00", "2024-01-02T01:34:30", nscl),
    ]
    both, one = (result.as_dict() for result in read_windows(spans, SCEDC))
    assert both["starttime"] == "2024-01-01T00:04:00.500000Z"
    assert [(each["starttime"], each["samples"]) for each in both["segments"]] == [
        ("2024-01-01T00:04:00.500000Z", 522),
        ("2024-01-02T00:00:00.000000Z", 3_582),  # 23 and 23 samples conflict
        ("2024-01-02T01:00:05.000000Z", 160),
    ]
    assert both["warnings"][-1] == (
        "the segments lie off the sampling grid of the first by up to 500.000 ms (0.500 samples):"
        " segments has the start of each"
    )
    assert one["starttime"] == "2024-01-02T00:10:00.000000Z"
    assert "segments" not in one  # 4 ms are less than a hundredth of a sample


@pytest.mark.parametrize("drift", [5e-6, 9e-5])
def test_rates_that_nearly_agree_are_one_channel(archive: S3Server, drift: float) -> None:
    """The second one drifts off the grid of the first by 0.05 and by 0.9 samples."""
    first = make_trace(NSCL, "2024-01-01T00:00:00", noise(10_000))
    second = make_trace(NSCL, "2024-01-01T00:05:00", noise(10_000, 2), RATE * (1 - drift))
    third = make_trace(NSCL, "2024-01-01T00:09:20", noise(1_000, 3))
    put_day(archive, NSCL, DAY, first, second, third)
    result = read_one("2024-01-01", "2024-01-01T00:10:00")
    for part, trace in zip(result.segments, (first, second, third), strict=True):
        assert (part.stats.starttime, part.stats.npts) == (trace.stats.starttime, trace.stats.npts)
        assert part.stats.sampling_rate == pytest.approx(trace.stats.sampling_rate, rel=1e-7)
        assert part.data.tolist() == trace.data.tolist()
    reply = result.as_dict()
    assert np.ma.compressed(reply["data"]).size == 21_000
    assert f"({9_999 * drift:.3f} samples)" in reply["warnings"][-1]


def test_sample_types_that_differ_are_one_channel(archive: S3Server) -> None:
    first = make_trace(NSCL, "2024-01-01T00:00:00", [2**24 + 1] * 400)
    second = make_trace(NSCL, "2024-01-01T00:00:20", np.full(400, 0.25), dtype=np.float32)
    content = mseed(first) + mseed(second, encoding="FLOAT32")
    archive.put(SCEDC.waveform_key(ChannelId.parse(NSCL), Day.parse(DAY)), content)
    reply = read_one("2024-01-01", "2024-01-01T00:00:25").as_dict()
    assert reply["data"].dtype == np.float64
    assert np.ma.compressed(reply["data"]).tolist() == [2**24 + 1] * 400 + [0.25] * 201
    assert reply["warnings"] == [
        "the segments have samples of type float32 and int32: all are delivered as float64"
    ]
    assert "warnings" not in read_one("2024-01-01", "2024-01-01T00:00:05").as_dict()
