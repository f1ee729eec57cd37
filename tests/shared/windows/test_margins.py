"""The margins around windows that ground motion needs."""

import gc
from typing import Any

import numpy as np
import pytest
from obspy import Trace

from local.cloud.s3_server import S3Server
from shared.archive.scedc import SCEDC
from shared.errors import BadRequestError, TooLargeError
from shared.response.margins import MARGIN_PERIODS
from shared.response.parameters import RemovalParameters
from shared.stations.stationxml import download_stationxml, read_stationxml
from shared.windows import read_windows
from shared.windows.ground_motion import plan_removal
from tests.support.builders import make_trace, put_day, put_station
from tests.support.recording import AUTO, CHANNEL, NSCL, RATE, START, window


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


@pytest.mark.parametrize("trouble", ["not readable", "not a number"])
def test_trouble_around_a_window_is_a_warning(
    archive: S3Server, record: Trace, trouble: str
) -> None:
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


def test_missing_samples_around_a_window_are_warnings(day: S3Server) -> None:
    start, end, middle = read_windows(
        [window(60, 10), window(6 * 3_600 - 60, 10), window(10_000, 10)], SCEDC, AUTO
    )
    assert [note[:40] for note in start.warnings] == ["less exact: 60 s of samples before the w"]
    assert [note[:40] for note in end.warnings] == ["less exact: 50 s of samples after the wi"]
    assert middle.warnings == ()


def test_too_much_motion_is_refused_before_it_is_read(day: S3Server) -> None:
    with pytest.raises(TooLargeError, match="ask for fewer windows"):
        read_windows([window(seconds, 1) for seconds in range(500)], SCEDC, AUTO)


def test_nothing_of_a_window_is_kept_where_a_day_around_it_is_missing(day: S3Server) -> None:
    """Not even in reference cycles, which a warm container collects too rarely."""

    def traces() -> list[Trace]:
        return [item for item in gc.get_objects() if isinstance(item, Trace)]

    gc.collect()
    before = traces()  # the fixture's among them
    gc.disable()
    try:
        for _ in range(2):
            (answer,) = read_windows([window(21_000, 300)], SCEDC, AUTO)
            assert answer.trace is not None
            del answer
        assert len(traces()) == len(before)
    finally:
        gc.enable()
