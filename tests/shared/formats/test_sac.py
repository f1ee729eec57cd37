"""Windows as SAC: ObsPy reads the samples of the windows back from the zip's files."""

import io
import json
import zipfile

import numpy as np
import pytest

from shared.windows.reply import write_windows
from shared.windows.result import failed_windows
from tests.support.builders import noise
from tests.support.window_results import SAMPLES, failure, read_sac, result, segments


@pytest.mark.parametrize("data", SAMPLES.values(), ids=SAMPLES)
def test_sac_is_the_samples(data):
    results = [result(data)]
    names, traces = read_sac(results)
    expected = segments(results)
    assert len(names) == len(expected)
    for name, got, wanted in zip(names, traces, expected, strict=True):
        assert name == f"{wanted.id}.{wanted.stats.starttime.strftime('%Y%j.%H%M%S.%f')}.sac"
        assert got.id == wanted.id
        assert got.stats.sampling_rate == pytest.approx(40.0, rel=1e-7)  # SAC has float32
        assert got.stats.starttime.ns == pytest.approx(wanted.stats.starttime.ns, abs=1000)
        np.testing.assert_array_equal(got.data, wanted.data.astype(np.float32))


def test_files_of_the_same_start_are_numbered():
    names, traces = read_sac([result(noise(10)), result(noise(20)), result(noise(30))])
    stem = "CI.BOM..BHZ.2024001.000000.019538"
    assert names == [f"{stem}.sac", f"{stem}.2.sac", f"{stem}.3.sac"]
    assert [trace.stats.npts for trace in traces] == [10, 20, 30]


def test_failed_windows_are_in_the_zip():
    results = [failure("first"), result(noise(10)), failure("last")]
    with zipfile.ZipFile(io.BytesIO(write_windows(results, "sac").data)) as archive:
        assert json.loads(archive.read("errors.json")) == failed_windows(results)
