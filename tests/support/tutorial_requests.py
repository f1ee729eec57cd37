"""The tutorials' requests on the demo's archive, and ObsPy's results for them."""

import io
import json
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import obspy
from obspy import UTCDateTime

from tests.support.commands import PROJECT

RESPONSE_REQUEST = {"day": "2019,183", "nscl": "CI.SOC.HHZ."}
RESPONSE_KEY = "noresp/2019/2019_183/CISOC__HHZ___2019183.ms"
WINDOWS_REQUEST = json.loads((PROJECT / "request.json").read_text())


def assert_corrected_as_by_obspy(content: bytes, archive: Path) -> None:
    """Assert that the result of RESPONSE_REQUEST equals ObsPy's."""
    (trace,) = obspy.read(io.BytesIO(content), format="MSEED")
    expected = corrected_by_obspy(archive)
    assert (trace.id, trace.stats.npts) == (expected.id, expected.stats.npts)
    assert trace.stats.starttime == expected.stats.starttime
    peak = np.abs(expected.data).max()
    assert 1e-7 < peak < 1e-1  # ground velocity in m/s, not rounded to whole numbers
    np.testing.assert_allclose(trace.data, expected.data, rtol=1e-6, atol=1e-7 * peak)


@cache
def corrected_by_obspy(archive: Path) -> obspy.Trace:
    path = archive / "continuous_waveforms/2019/2019_183/CISOC__HHZ___2019183.ms"
    stream = obspy.read(str(path), format="MSEED")
    stream.remove_response(obspy.read_inventory(str(archive / "FDSNstationXML/CI/CI_SOC.xml")))
    (trace,) = stream
    return trace


def assert_windows_as_by_obspy(answers: list[dict[str, Any]], archive: Path) -> None:
    """Assert that the answers to WINDOWS_REQUEST have the samples that ObsPy cuts out."""
    assert len(answers) == len(WINDOWS_REQUEST["Windows"])
    for window, answer in zip(WINDOWS_REQUEST["Windows"], answers, strict=True):
        expected = window_by_obspy(archive, window)
        assert answer["data"] == expected.data.tolist()  # a masked sample is None in both
        assert answer["sampling_rate"] == expected.stats.sampling_rate
        assert UTCDateTime(answer["starttime"]) == expected.stats.starttime
        assert UTCDateTime(answer["endtime"]) == expected.stats.endtime


def window_by_obspy(archive: Path, window: dict[str, str]) -> obspy.Trace:
    name = f"CI{window['Station']:_<5}{window['Channel']}___2024001.ms"
    path = archive / "continuous_waveforms/2024/2024_001" / name
    stream = obspy.read(str(path), format="MSEED").merge()
    stream.trim(UTCDateTime(window["Starttime"]), UTCDateTime(window["Endtime"]))
    (trace,) = stream
    return trace
