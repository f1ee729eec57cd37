"""Corners derived for "auto", and corners that are refused."""

import numpy as np
import pytest
from obspy import read_inventory
from obspy.core.inventory import (
    PolesZerosResponseStage,
    Response,
    ResponseListResponseStage,
)
from obspy.core.inventory.response import ResponseListElement

from local.synthetic import instrument
from shared.errors import BadRequestError
from shared.response.pre_filt import resolve
from tests.support.plugins.real_data import REAL_DATA

DAY_S = 86_400.0
BROADBAND = instrument.response(100.0)


def sensor(units: str, poles: list[complex], zeros: list[complex]) -> Response:
    stage = PolesZerosResponseStage(
        1, 1000.0, 1.0, units, "V", "LAPLACE (RADIANS/SECOND)", 1.0, zeros, poles
    )
    return Response(response_stages=[stage])


def geophone(corner_hz: float) -> Response:
    turn = 2 * np.pi * corner_hz
    return sensor("M/S", [turn * (-0.7 + 0.714j), turn * (-0.7 - 0.714j)], [0j, 0j])


ACCELEROMETER = sensor("M/S**2", [-1000 + 1000j, -1000 - 1000j], [])


def corners(response: Response, rate: float, seconds: float = DAY_S) -> tuple[float, ...]:
    found = resolve("auto", response, rate, seconds)
    assert found
    f1, f2, f3, f4 = found
    assert 0 < f1 < f2 <= f3 < f4
    assert f1 == pytest.approx(f2 / 2, rel=0.01)
    assert f3 <= 0.8 * rate / 2
    assert f4 <= 0.9 * rate / 2
    return found


@pytest.mark.parametrize(
    ("response", "rate", "low", "high"),
    [
        (BROADBAND, 100.0, 0.00271, 40.0),
        (BROADBAND, 40.0, 0.00271, 16.0),
        (geophone(1.0), 100.0, 0.31, 40.0),
        (geophone(4.5), 200.0, 1.4, 80.0),
        (ACCELEROMETER, 100.0, 0.02, 40.0),
        (ACCELEROMETER, 200.0, 0.02, 80.0),
        (ACCELEROMETER, 0.1, 0.02, 0.04),
    ],
)
def test_the_band_is_where_the_instrument_hears(
    response: Response, rate: float, low: float, high: float
) -> None:
    _, f2, f3, f4 = corners(response, rate)
    assert f2 == pytest.approx(low, rel=0.03)
    assert f3 == high
    assert f4 == pytest.approx(high * 9 / 8)


@pytest.mark.parametrize("seconds", [3_600.0, 600.0, 60.0, 10.0, 1.0, 0.01])
def test_short_data_hear_no_long_periods(seconds: float) -> None:
    _, f2, f3, _ = corners(BROADBAND, 100.0, seconds)
    assert f2 == pytest.approx(max(0.00271, min(10 / seconds, f3 / 2)), rel=0.02)


def test_a_day_that_is_short_has_the_same_band_as_others() -> None:
    assert corners(BROADBAND, 100.0, DAY_S / 3) == corners(BROADBAND, 100.0, 3 * DAY_S)


def test_one_sample_has_a_band_too() -> None:
    corners(BROADBAND, 100.0, 0.0)


def test_an_anti_alias_filter_below_the_limit_counts() -> None:
    _, _, f3, f4 = corners(sensor("M/S", [-10 + 10j, -10 - 10j], []), 100.0)
    assert 5 < f3 < 10
    assert f4 < 12


@pytest.mark.parametrize("given", [None, (0.1, 0.2, 10.0, 20.0)])
def test_given_corners_stay(given: tuple[float, float, float, float] | None) -> None:
    assert resolve(given, BROADBAND, 100.0, DAY_S) == given


def test_corners_beyond_the_nyquist_frequency_are_refused() -> None:
    with pytest.raises(BadRequestError, match=r"pre_filt .* must begin below 20.0 Hz"):
        resolve((20.0, 21.0, 22.0, 23.0), BROADBAND, 40.0, DAY_S)
    with pytest.warns(UserWarning, match="ends beyond the Nyquist frequency"):
        resolve((1.0, 2.0, 19.0, 21.0), BROADBAND, 40.0, DAY_S)


def test_corners_below_every_frequency_are_refused() -> None:
    given = (1e-7, 2e-7, 3e-7, 5e-6)
    with pytest.raises(BadRequestError, match=r"must end above 5.8e-06 Hz, .* of 86,400 s of data"):
        resolve(given, BROADBAND, 40.0, DAY_S)
    assert resolve(given, BROADBAND, 40.0, 2 * DAY_S) == given
    assert resolve(given, BROADBAND, 40.0, 0.0) == given  # a single sample has no frequencies


@pytest.mark.real_data
def test_every_seismic_channel_of_a_real_station_has_a_band() -> None:
    (station,) = read_inventory(str(REAL_DATA / "FDSNstationXML/CI/CI_WBM.xml"))[0]
    lows: dict[str, set[float]] = {}
    for channel in station:
        stages = channel.response.response_stages if channel.response else []
        if stages and stages[0].input_units in ("m/s", "m/s**2"):
            lows.setdefault(channel.code[:2], set()).add(
                corners(channel.response, channel.sample_rate)[1]
            )
    assert lows == {
        "BH": {0.00281},
        "EH": {0.323},
        "HH": {0.00301},
        "HN": {0.02},
        "LH": {0.00272},
        "LN": {0.02},
        "VH": {0.00269},
    }


def test_units_may_be_written_in_another_way() -> None:
    other = sensor("M/S/S", [-1000 + 1000j, -1000 - 1000j], [])
    assert corners(other, 100.0) == corners(ACCELEROMETER, 100.0)


def test_beyond_a_response_list_nothing_is_known() -> None:
    elements = [ResponseListElement(f, 1000.0, 0.0) for f in np.geomspace(0.1, 20, 30)]
    stage = ResponseListResponseStage(1, 1000.0, 1.0, "M/S", "V", response_list_elements=elements)
    _, f2, f3, _ = corners(Response(response_stages=[stage]), 40.0)
    assert 0.1 <= f2 < 0.102
    assert f3 == 16.0
