"""Traces with the header of another one."""

import numpy as np
import pytest
from obspy import Trace, UTCDateTime
from obspy.core import AttribDict

from shared.waveforms.traces import attributes, trace_like

START = UTCDateTime("2024-01-01T00:00:00.0195")
HEADER = {
    "network": "CI",
    "station": "BOM",
    "sampling_rate": 40.0 / 3,
    "starttime": START,
    "mseed": {"dataquality": "D"},
}


@pytest.mark.parametrize("samples", [0, 1, 2, 1001])
@pytest.mark.parametrize("dtype", ["int32", "float32", "float64"])
def test_a_trace_is_that_of_the_constructor_of_obspy(samples: int, dtype: str) -> None:
    header = Trace(np.zeros(7, np.int32), HEADER).stats
    data, start = np.arange(samples).astype(dtype), START + 1.2345
    expected = Trace(header=header)
    expected.data = data
    expected.stats.starttime = start
    trace = trace_like(header, data, start.ns)
    assert trace == expected
    assert trace.stats == expected.stats
    assert trace.stats.endtime.ns == expected.stats.endtime.ns
    assert trace.data is data


def test_changes_stay_in_the_trace() -> None:
    other = Trace(np.zeros(7, np.int32), HEADER)
    trace = trace_like(other.stats, other.data[:3], START.ns)
    trace.stats.sampling_rate = 100.0
    trace.stats.station = "SOC"
    trace.data = np.zeros(5)
    assert trace.stats.npts == 5
    assert trace.stats.endtime == START + 4 * 0.01
    assert (other.stats.station, other.stats.npts, other.stats.delta) == ("BOM", 7, 3 / 40.0)


def test_attributes_are_those_of_obspy() -> None:
    trace = trace_like(Trace(np.zeros(7), HEADER).stats, np.zeros(5), START.ns)
    values = {"encoding": "STEIM2", "blkt1001": attributes(timing_quality=9)}
    trace.stats.mseed = attributes(**values)
    assert trace.stats.mseed == AttribDict(values)
    assert trace.copy() == trace
    assert trace.copy().stats.mseed["blkt1001"].timing_quality == 9
