"""The ground motion of a window, against that of the whole day."""

import gc
import json
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from obspy import Stream, Trace, UTCDateTime

from local.cloud.s3_server import S3Server
from local.synthetic import ground_motion, instrument
from shared.archive.channel_id import ChannelId
from shared.archive.scedc import SCEDC
from shared.errors import BadRequestError, NoResponseError, TooLargeError
from shared.response.parameters import RemovalParameters
from shared.response.removal import remove_response
from shared.stations.stationxml import download_stationxml, read_stationxml
from shared.waveforms.segments import cut
from shared.windows import read_windows
from shared.windows.ground_motion import MARGIN_PERIODS, plan_removal
from shared.windows.request import Window, WindowsRequest
from tests.support.builders import http_event, make_trace, put_day, put_station
from tests.support.commands import Measured

NSCL = "CI.BOM.BHZ."
CHANNEL = ChannelId.parse(NSCL)
START = UTCDateTime("2024-01-01T18:00:00.0195")
RATE = 40.0
NPTS = 6 * 3_600 * 40
AUTO = RemovalParameters(pre_filt="auto", encoding="FLOAT64")


@pytest.fixture(scope="module")
def record() -> Trace:
    """Six hours up to midnight, as the instrument records them."""
    truth = ground_motion.ground_velocity(NPTS, RATE, seed=5, earthquake_at=10_000.0)
    frequencies = ground_motion.rfft_frequencies(NPTS, RATE)
    spectrum = np.fft.rfft(truth) * instrument.frequency_response(RATE, frequencies)
    return make_trace(NSCL, str(START), np.rint(np.fft.irfft(spectrum, NPTS)), RATE)


@pytest.fixture
def day(archive: S3Server, record: Trace) -> S3Server:
    put_day(archive, NSCL, "2024,001", record)
    put_station(archive, "CI", "BOM", BHZ=RATE)
    return archive


def window(seconds: float, length: float) -> Window:
    return Window(CHANNEL, START + seconds, START + seconds + length)


def whole_day(record: Trace, parameters: RemovalParameters) -> Trace:
    stream = Stream([record.copy()])
    inventory = read_stationxml(download_stationxml(SCEDC, CHANNEL))
    remove_response(stream, inventory, parameters)
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
        assert error < 0.01
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


def test_margins_follow_the_band(day: S3Server) -> None:
    inventory = read_stationxml(download_stationxml(SCEDC, CHANNEL))

    def margin(pre_filt: Any) -> float:
        parameters = RemovalParameters(pre_filt=pre_filt)
        return plan_removal(window(0, 10), RATE, inventory, parameters).margin_s

    assert margin((0.5, 1.0, 15.0, 18.0)) == 10
    assert margin((0.01, 0.02, 15.0, 18.0)) == MARGIN_PERIODS / 0.01
    assert margin("auto") == pytest.approx(1_791, abs=1)
    assert margin((0.0, 0.02, 15.0, 18.0)) == margin((1e-5, 2e-5, 15.0, 18.0)) == 6 * 3_600
    assert margin(None) == 1_800
    with pytest.raises(BadRequestError, match="must begin below 20.0 Hz"):
        margin((20.0, 21.0, 22.0, 23.0))


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


@pytest.mark.parametrize(
    ("members", "words"),
    [
        (
            {"Output": "velocity"},
            "Output is 'velocity': must be one of 'DISP', 'VEL', 'ACC', 'DEF'",
        ),
        ({"pre_filt": "auto"}, "pre_filt is 'auto': must be given with an Output"),
        ({"Output": "VEL", "pre_filt": "all"}, "pre_filt is 'all'"),
        ({"Output": "VEL", "taper_fraction": 0.1}, "unknown field 'taper_fraction'"),
        ({"Output": "VEL", "edges": "taper"}, "unknown field 'edges'"),
        ({"Read": "all"}, "Read is 'all': must be one of 'records', 'whole'"),
        ({"Read": True}, "Read is True"),
    ],
)
def test_bad_options_are_named(members: dict[str, Any], words: str) -> None:
    request = {
        "Windows": [
            {
                "Network": "CI",
                "Station": "BOM",
                "Channel": "BHZ",
                "Starttime": "2024-01-01",
                "Endtime": "2024-01-01T00:01:00",
            }
        ]
    }
    assert WindowsRequest.parse(request).removal is None
    with pytest.raises(BadRequestError, match=words):
        WindowsRequest.parse({**request, **members})


def test_whole_objects_can_be_asked_for(day: S3Server) -> None:
    ranged, whole = (read_windows([window(500, 10)], SCEDC, AUTO, whole) for whole in (False, True))
    assert ranged[0].trace is not None
    assert whole[0].trace is not None
    np.testing.assert_allclose(ranged[0].trace.data, whole[0].trace.data, atol=1e-12)


def test_the_grid_is_that_of_the_windows_own_day(archive: S3Server, record: Trace) -> None:
    """The day before, of which the end is read, may lie on another one."""
    put_day(archive, NSCL, "2024,001", cut(record, 0, NPTS - 100))
    second = make_trace(NSCL, "2024-01-02T00:00:00.0080", record.data[:40_000], RATE)
    put_day(archive, NSCL, "2024,002", second)
    put_station(archive, "CI", "BOM", BHZ=RATE)
    start = UTCDateTime("2024-01-02T00:05:00.0080")
    asked = [Window(CHANNEL, start, start + 1)]
    for removal in (None, AUTO):
        (answer,) = read_windows(asked, SCEDC, removal)
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


@pytest.mark.parametrize("trouble", ["not readable", "not a number"])
def test_trouble_around_a_window_is_told(archive: S3Server, record: Trace, trouble: str) -> None:
    floats = record.data.astype(np.float32)
    own = make_trace(NSCL, str(START), floats, RATE, np.float32)
    put_day(archive, NSCL, "2024,001", own, encoding="FLOAT32")
    after = make_trace(NSCL, "2024-01-02T00:00:00.0195", [np.nan, *floats], RATE, np.float32)
    key = put_day(archive, NSCL, "2024,002", after, encoding="FLOAT32")
    if trouble == "not readable":
        archive.put(key, b"no miniSEED" * 1_000)
    put_station(archive, "CI", "BOM", BHZ=RATE)
    (answer,) = read_windows([window(6 * 3_600 - 20, 10)], SCEDC, AUTO)
    assert answer.trace is not None, answer.error
    assert any(
        "samples after the window" in note or "not numbers" in note for note in answer.warnings
    )


def test_what_is_missing_around_a_window_is_told(day: S3Server) -> None:
    start, end, middle = read_windows(
        [window(60, 10), window(6 * 3_600 - 60, 10), window(10_000, 10)], SCEDC, AUTO
    )
    assert [note[:40] for note in start.warnings] == ["less exact: 60 s of samples before the w"]
    assert [note[:40] for note in end.warnings] == ["less exact: 50 s of samples after the wi"]
    assert middle.warnings == ()


def test_too_much_motion_is_refused_before_it_is_read(day: S3Server) -> None:
    with pytest.raises(TooLargeError, match="ask for fewer windows"):
        read_windows([window(seconds, 1) for seconds in range(500)], SCEDC, AUTO)


def test_a_window_that_begins_a_moment_before_its_epoch(archive: S3Server, record: Trace) -> None:
    epoch = instrument.ChannelEpoch("BHZ", "", RATE, START)
    archive.put("FDSNstationXML/CI/CI_BOM.xml", instrument.stationxml("CI", "BOM", [epoch]))
    put_day(archive, NSCL, "2024,001", record)
    (answer,) = read_windows([window(-0.01, 10)], SCEDC, AUTO)
    assert answer.trace is not None, answer.error
    assert answer.trace.stats.starttime == START


def test_nothing_of_a_window_is_kept_where_a_day_around_it_is_missing(day: S3Server) -> None:
    """Not even as garbage: a warm container looks for that too seldom to hold days of samples."""

    def traces() -> list[Trace]:
        return [found for found in gc.get_objects() if isinstance(found, Trace)]

    gc.collect()
    before = traces()  # such as that of the fixture
    gc.disable()
    try:
        for _ in range(2):
            (answer,) = read_windows([window(21_000, 300)], SCEDC, AUTO)
            assert answer.trace is not None
            del answer
        assert len(traces()) == len(before)
    finally:
        gc.enable()
