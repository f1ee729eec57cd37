"""A channel's four hours around midnight with gaps, and dataselect's answers for them."""

import io

import numpy as np
from obspy import UTCDateTime, read

from tests.support.builders import day_objects, make_trace

RATE = 40.0
MIDNIGHT = UTCDateTime("2024-01-02")
T0 = UTCDateTime("2024-01-01T22:00:00")
QUERY = "/fdsnws/dataselect/1/query"
BHZ, BHN = "CI.BOM.BHZ.", "CI.BOM.BHN.10"


def samples(count, seed):
    return np.cumsum(np.random.default_rng(seed).normal(scale=200, size=count)).astype(np.int32)


def channel(nscl, seed):
    """Return two hours to each side of midnight with two gaps: three segments of a channel."""
    count = int(4 * 3600 * RATE)
    data = samples(count, seed)
    start = T0 + 0.0195
    parts = ((0, 100_000), (101_000, 450_001), (460_000, count))
    return [make_trace(nscl, start + first / RATE, data[first:end], RATE) for first, end in parts]


def contents_of_days():
    """Return the day objects of both channels, by channel and day."""
    return {nscl: day_objects(*channel(nscl, seed)) for seed, nscl in enumerate((BHZ, BHN))}


def truth(contents, nscl, start, end):
    """Return both days as ObsPy reads and trims them."""
    whole = b"".join(contents[nscl][day] for day in sorted(contents[nscl]))
    return read(io.BytesIO(whole)).trim(start, end, nearest_sample=False)


def same(stream, expected):
    assert [trace.id for trace in stream] == [trace.id for trace in expected]
    for trace, other in zip(stream, expected, strict=True):
        assert trace.stats.starttime == other.stats.starttime
        assert trace.stats.endtime == other.stats.endtime
        assert trace.data.dtype == other.data.dtype
        np.testing.assert_array_equal(trace.data, other.data)


def span(seconds, length):
    start = T0 + seconds
    return {"net": "CI", "sta": "BOM", "loc": "--", "cha": "BHZ"} | {
        "starttime": str(start),
        "endtime": str(start + length),
    }
