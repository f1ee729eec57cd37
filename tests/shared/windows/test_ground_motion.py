"""The ground motion of windows, compared with that of the whole day."""

import json
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from obspy import Stream, Trace, UTCDateTime

from local.cloud.s3_server import S3Server
from local.synthetic import instrument
from shared.archive.channel_id import ChannelId
from shared.archive.scedc import SCEDC
from shared.errors import NoResponseError
from shared.response.parameters import RemovalParameters
from shared.response.removal import remove_channel_response
from shared.stations.stationxml import download_stationxml, read_stationxml
from shared.waveforms.segments import cut
from shared.windows import read_windows
from shared.windows.request import Window
from tests.support.builders import http_event, make_trace, put_day, put_station
from tests.support.commands import Measured
from tests.support.recording import AUTO, CHANNEL, NPTS, NSCL, RATE, START, window


def whole_day(record: Trace, parameters: RemovalParameters) -> Trace:
    stream = Stream([record.copy()])
    inventory = read_stationxml(download_stationxml(SCEDC, CHANNEL))
    remove_channel_response(stream, inventory, parameters)
    return stream[0]


@pytest.mark.parametrize("output", ["VEL", "DISP", "ACC"])
def test_a_window_is_what_the_whole_day_has_there(
    day: S3Server, record: Trace, output: str, measured: Measured
) -> None:
    parameters = RemovalParameters(output=output, pre_filt="auto", encoding="FLOAT64")
    expected = whole_day(record, parameters)
    rms = expected.data[NPTS // 10 : -NPTS // 10].std()
    windows = [window(9_990, 33), window(12_000.0123, 300), window(7_000, 1_800)]
    for answer in read_windows(windows, SCEDC, parameters):
        assert answer.trace is not None, answer.error
        there = expected.slice(answer.trace.stats.starttime, answer.trace.stats.endtime)
        assert there.stats.starttime == answer.trace.stats.starttime
        error = np.abs(answer.trace.data - there.data).max() / rms
        measured(f"{output}, {answer.trace.stats.npts} samples: worst {error:.1e} of the rms")
        # Most of displacement is long periods, and those are the ones that need the margins.
        assert error < (0.02 if output == "DISP" else 0.01)
        assert answer.warnings == ()


def test_windows_at_a_gap_and_at_the_ends_of_the_data(archive: S3Server, record: Trace) -> None:
    parts = [cut(record, 0, 400_000), cut(record, 402_000, NPTS)]
    put_day(archive, NSCL, "2024,001", *parts)
    put_station(archive, "CI", "BOM", BHZ=RATE)
    windows = [window(-100, 200), window(9_990, 100), window(21_500, 200), window(10_001, 10)]
    first, gap, last, inside = read_windows(windows, SCEDC, AUTO)
    assert first.trace is not None
    assert first.trace.stats.starttime == START
    assert gap.trace is not None
    assert gap.trace.stats.npts == 4_001
    assert np.ma.count_masked(gap.trace.data) == 2_000
    assert gap.trace.data[0] == pytest.approx(0, abs=1e-4)
    assert last.trace is not None
    assert last.trace.stats.endtime == record.stats.endtime
    assert inside.error is not None
    assert "no samples of" in inside.error.message


def test_across_midnight(archive: S3Server, record: Trace) -> None:
    middle = NPTS // 2
    put_day(archive, NSCL, "2024,001", record)
    after = make_trace(NSCL, str(record.stats.endtime + 0.025), record.data[:middle], RATE)
    put_day(archive, NSCL, "2024,002", after)
    put_station(archive, "CI", "BOM", BHZ=RATE)
    (answer,) = read_windows([window(6 * 3_600 - 60, 120)], SCEDC, AUTO)
    assert answer.trace is not None
    assert answer.trace.stats.npts == 4_801
    both = record.copy()
    both.data = np.concatenate([record.data, record.data[:middle]])
    expected = whole_day(both, AUTO).slice(answer.trace.stats.starttime, answer.trace.stats.endtime)
    assert np.abs(answer.trace.data - expected.data).max() < 0.01 * np.abs(expected.data).max()


def test_the_reply_says_what_it_is(day: S3Server, timewindow_handler: Callable[[Any], Any]) -> None:
    request = {
        "Windows": [
            {
                "Network": "CI",
                "Station": "BOM",
                "Channel": "BHZ",
                "Starttime": "2024-01-01T20:00:00",
                "Endtime": "2024-01-01T20:00:10",
            }
        ],
        "Output": "DISP",
        "water_level": None,
    }
    (reply,) = json.loads(timewindow_handler(http_event(json.dumps(request)))["body"])
    assert reply["units"] == "m"
    assert reply["pre_filt"] == [0.00134, 0.00269, 16.0, 18.0]
    assert reply["method"] == "fast"
    assert reply["parameters"] == {
        "output": "DISP",
        "pre_filt": [0.00134, 0.00269, 16.0, 18.0],
        "water_level": None,
        "zero_mean": True,
        "encoding": "FLOAT32",
        "gaps": "bridge",
        "method": "fast",
    }
    assert len(reply["data"]) == 401
    assert 1e-9 < max(map(abs, reply["data"])) < 1e-3


def test_counts_say_nothing_of_it(day: S3Server) -> None:
    (answer,) = read_windows([window(100, 10)], SCEDC)
    assert not {"units", "pre_filt", "parameters"} & answer.as_dict().keys()


def test_whole_objects_can_be_asked_for(day: S3Server) -> None:
    ranged, whole = (read_windows([window(500, 10)], SCEDC, AUTO, whole) for whole in (False, True))
    assert ranged[0].trace is not None
    assert whole[0].trace is not None
    np.testing.assert_allclose(ranged[0].trace.data, whole[0].trace.data, atol=1e-12)


def test_the_grid_is_that_of_the_windows_own_day(archive: S3Server, record: Trace) -> None:
    """The day before, read for its end only, may have another grid."""
    put_day(archive, NSCL, "2024,001", cut(record, 0, NPTS - 100))
    second = make_trace(NSCL, "2024-01-02T00:00:00.0080", record.data[:40_000], RATE)
    put_day(archive, NSCL, "2024,002", second)
    put_station(archive, "CI", "BOM", BHZ=RATE)
    start = UTCDateTime("2024-01-02T00:05:00.0080")
    windows = [Window(CHANNEL, start, start + 1)]
    for removal in (None, AUTO):
        (answer,) = read_windows(windows, SCEDC, removal)
        assert answer.trace is not None
        assert answer.trace.stats.starttime == start


def test_the_band_is_that_of_the_windows_own_rate(archive: S3Server, record: Trace) -> None:
    first = make_trace(NSCL, "2024-01-01T00:00:00", record.data[:12_000], 20.0)
    second = make_trace(NSCL, "2024-01-01T00:10:00", record.data[:48_000], 40.0)  # without a gap
    put_day(archive, NSCL, "2024,001", first, second)
    put_station(archive, "CI", "BOM", BHZ=RATE)
    start = UTCDateTime("2024-01-01T00:20:00")
    (answer,) = read_windows([Window(CHANNEL, start, start + 1)], SCEDC, AUTO)
    assert answer.report is not None
    assert answer.report.pre_filt is not None
    assert answer.report.pre_filt[2:] == (16.0, 18.0)


def test_a_station_without_metadata(archive: S3Server, record: Trace) -> None:
    put_day(archive, NSCL, "2024,001", cut(record, 0, 4_000))
    answer, other = read_windows(
        [window(0, 10), Window(ChannelId.parse("CI.XYZ.BHZ."), START, START + 1)],
        SCEDC,
        AUTO,
    )
    assert type(answer.error).__name__ == "NoStationXMLError"
    assert type(other.error).__name__ == "NoWaveformError"


def test_an_epoch_that_is_missing(archive: S3Server, record: Trace) -> None:
    early = make_trace(NSCL, "2010-01-01", record.data[:4_000], RATE)
    put_day(archive, NSCL, "2010,001", early)
    put_station(archive, "CI", "BOM", BHZ=RATE)
    start = UTCDateTime(2010, 1, 1)
    (answer,) = read_windows([Window(CHANNEL, start, start + 10)], SCEDC, AUTO)
    assert isinstance(answer.error, NoResponseError)


def test_a_window_that_begins_a_moment_before_its_epoch(archive: S3Server, record: Trace) -> None:
    epoch = instrument.ChannelEpoch("BHZ", "", RATE, START)
    archive.put("FDSNstationXML/CI/CI_BOM.xml", instrument.stationxml("CI", "BOM", [epoch]))
    put_day(archive, NSCL, "2024,001", record)
    (answer,) = read_windows([window(-0.01, 10)], SCEDC, AUTO)
    assert answer.trace is not None, answer.error
    assert answer.trace.stats.starttime == START
