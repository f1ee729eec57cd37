"""Both functions on real objects of the archive, from the folder that REAL_DATA names."""

import base64
import gzip
import io
import json
import zipfile
from collections.abc import Callable
from typing import Any

import numpy as np
import obspy
import pytest
from obspy import Stream, UTCDateTime

from local.cloud.s3_server import S3Server
from shared import errors
from tests.support.builders import http_event
from tests.support.commands import Measured
from tests.support.plugins.real_data import REAL_DATA

pytestmark = pytest.mark.real_data

Handler = Callable[[Any], Any]


@pytest.fixture
def real(archive: S3Server) -> S3Server:
    archive.put_folder(REAL_DATA)
    return archive


def read(nscl: str, *days: str) -> Stream:
    network, station, channel, location = nscl.split(".")
    name = f"{network}{station:_<5}{channel}{location:_<2}"
    stream = Stream()
    for day in days:
        path = f"continuous_waveforms/2022/2022_{day}/{name}_2022{day}.ms"
        stream += obspy.read(str(REAL_DATA / path))
    return stream


def window(station: str, channel: str, start: str, end: str) -> dict[str, str]:
    return {
        "Network": "CI",
        "Station": station,
        "Channel": channel,
        "Location": "  ",
        "Starttime": start,
        "Endtime": end,
    }


def ask(handler: Handler, *windows: dict[str, str]) -> list[dict[str, Any]]:
    reply = handler(http_event(json.dumps({"Windows": windows})))
    replies: list[dict[str, Any]] = json.loads(reply["body"])
    return replies


def test_windows_across_two_midnights(real: S3Server, timewindow_handler: Handler) -> None:
    start, end = "2022-01-01T12:34:56", "2022-01-03T07:06:05.5"
    (reply,) = ask(timewindow_handler, window("WBM", "LHZ", start, end))
    stream = read("CI.WBM.LHZ.", "001", "002", "003").merge()
    stream.trim(UTCDateTime(start), UTCDateTime(end))
    assert reply["data"] == stream[0].data.tolist()
    assert reply["starttime"] == str(stream[0].stats.starttime)
    assert reply["endtime"] == str(stream[0].stats.endtime)
    assert reply["gaps"] == []
    assert len(reply["data"]) == 153_070


def test_a_full_day_at_40_hz(real: S3Server, timewindow_handler: Handler) -> None:
    start, end = "2022-01-02T00:00:00", "2022-01-02T05:00:00"
    (reply,) = ask(timewindow_handler, window("HEC", "BHN", start, end))
    stream = read("CI.HEC.BHN.", "002").trim(UTCDateTime(start), UTCDateTime(end))
    assert reply["data"] == stream[0].data.tolist()
    assert reply["starttime"] == "2022-01-02T00:00:00.019536Z"


def test_windows_as_files(real: S3Server, timewindow_handler: Handler, measured: Measured) -> None:
    start, end = "2022-01-01T12:34:56", "2022-01-03T07:06:05.5"
    request = {"Windows": [window("WBM", "LHZ", start, end)]}
    expected = read("CI.WBM.LHZ.", "001", "002", "003").merge()
    expected.trim(UTCDateTime(start), UTCDateTime(end))

    def ask_for(file_format: str) -> bytes:
        body = json.dumps({**request, "Format": file_format})
        reply = timewindow_handler(http_event(body, headers={"accept-encoding": "gzip"}))
        assert reply["statusCode"] == 200
        return base64.b64decode(reply["body"])

    (miniseed,) = obspy.read(io.BytesIO(ask_for("mseed")))
    np.testing.assert_array_equal(miniseed.data, expected[0].data)
    assert miniseed.data.dtype == np.int32
    with zipfile.ZipFile(io.BytesIO(ask_for("sac"))) as archive:
        name, description = archive.namelist()
        (sac,) = obspy.read(io.BytesIO(archive.read(name)))
    assert name.startswith("CI.WBM..LHZ.2022001.1234")
    assert name.endswith(".counts.sac")
    assert description == "windows.json"
    header = sac.stats.sac  # CI.WBM lies near Ridgecrest
    assert (header["stla"], header["stlo"]) == pytest.approx((35.6, -117.9), abs=0.1)
    assert (header["cmpinc"], header["idep"]) == (0.0, 5)
    np.testing.assert_array_equal(sac.data, expected[0].data)
    for trace in (miniseed, sac):
        assert trace.id == expected[0].id
        assert trace.stats.sampling_rate == 1.0
        assert abs(trace.stats.starttime - expected[0].stats.starttime) <= 1e-6
        assert abs(trace.stats.endtime - expected[0].stats.endtime) <= 1e-6

    packed = ask_for("json")
    plain = gzip.decompress(packed)
    assert json.loads(plain)[0]["data"] == expected[0].data.tolist()
    sizes = {name: len(ask_for(name)) for name in ("mseed", "sac")}
    measured(f"JSON {len(plain):,}, in gzip {len(packed):,} bytes; {sizes}")


def test_before_the_first_sample_there_is_no_data(
    real: S3Server, timewindow_handler: Handler
) -> None:
    before, across, next_day = ask(
        timewindow_handler,
        window("NCH", "LHZ", "2022-01-02T12:00:00", "2022-01-02T12:05:00"),
        window("NCH", "LHZ", "2022-01-02T22:53:00", "2022-01-02T22:54:00"),
        window("NCH", "LHZ", "2022-01-03T00:00:00", "2022-01-03T00:05:00"),
    )
    assert before["error"]["type"] == next_day["error"]["type"] == "NoWaveformError"
    assert "22:53:11.069538" in before["error"]["message"]
    assert len(across["data"]) == 50
    assert across["gaps"][0]["samples"] == 11


@pytest.mark.parametrize(
    ("nscl", "station", "changes"),
    [
        ("CI.HEC.BHN.", "HEC", {}),
        ("CI.WBM.LHZ.", "WBM", {"output": "DISP", "pre_filt": [0.002, 0.004, 0.3, 0.4]}),
        ("CI.WBM.LHZ.", "WBM", {"output": "ACC", "water_level": 20.0}),
    ],
)
def test_response_removal(
    real: S3Server,
    response_handler: Handler,
    measured: Measured,
    nscl: str,
    station: str,
    changes: dict[str, Any],
) -> None:
    reply = response_handler({"day": "2022,002", "nscl": nscl, **changes})
    written = obspy.read(io.BytesIO(real.get(reply["output_key"])))
    expected = read(nscl, "002")
    inventory = obspy.read_inventory(str(REAL_DATA / f"FDSNstationXML/CI/CI_{station}.xml"))
    expected.remove_response(inventory, **changes)
    peak = np.abs(expected[0].data).max()
    error = np.abs(written[0].data - expected[0].data).max() / peak
    measured(f"{nscl} {changes}: worst error {error:.1e} of the peak, {peak:.1e}")
    assert error <= 6e-8  # half the last bit of a float32
    assert written[0].stats.starttime == expected[0].stats.starttime
    assert written[0].stats.npts == expected[0].stats.npts


def test_a_polynomial_channel_is_a_clear_error(real: S3Server, response_handler: Handler) -> None:
    lhz = (REAL_DATA / "continuous_waveforms/2022/2022_002/CIWBM__LHZ___2022002.ms").read_bytes()
    vmz = lhz.replace(b"LHZ", b"VMZ")
    real.put("continuous_waveforms/2022/2022_002/CIWBM__VMZ___2022002.ms", vmz)
    request = {"day": "2022,002", "nscl": "CI.WBM.VMZ."}
    with pytest.raises(errors.NoResponseError, match="a polynomial response to V cannot give"):
        response_handler(request)
    assert response_handler({**request, "output": "DEF"})["units"] == "V"
