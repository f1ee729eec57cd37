"""The automatic band depends on the instrument, not on the motion that its metadata name.

Row 2 of docs/correctness.md.
"""

from dataclasses import replace

import numpy as np
import pytest
from scipy.fft import next_fast_len

from shared.response.pre_filt import resolve
from tests.support.builders import noise
from tests.support.front_doors import remove
from tests.support.known_instruments import (
    ACCELEROMETER,
    GEOPHONE,
    SEISMOMETER,
    Sensor,
    second_order,
)
from tests.support.known_motion import Tones

# Where the response to the motion that it is flat to is a tenth of the maximum; an accelerometer,
# which is flat down to 0 Hz, is kept from 0.02 Hz on.
LOWEST = {"accelerometer": 0.02, "seismometer": 0.3170 / 120, "geophone": 0.3170}
SENSORS = {"accelerometer": ACCELEROMETER, "seismometer": SEISMOMETER, "geophone": GEOPHONE}
RATES = [
    ("accelerometer", 1.0), ("accelerometer", 20.0), ("seismometer", 0.1), ("seismometer", 5.0),
    ("geophone", 10.0), ("geophone", 100.0),
]  # fmt: skip
DESCRIPTIONS = [("M", 0), ("M/S", 1), ("M/S**2", 2), ("nm", 0), ("mm/s", 1), ("M/S/S", 2)]
SCALES = {"nm": 1e-9, "mm/s": 1e-3}


def described(sensor: Sensor, units: str, derivative: int) -> Sensor:
    scale = SCALES.get(units, 1.0)
    other = sensor.described_as(units, derivative)
    return replace(other, gain=other.gain * scale, si=scale)


@pytest.mark.parametrize(("name", "rate"), RATES)
@pytest.mark.parametrize("output", ["VEL", "DEF"])
def test_the_band_is_that_of_the_sensor_however_it_is_described(
    name: str, rate: float, output: str
) -> None:
    bands = {}
    for units, derivative in DESCRIPTIONS:
        response = described(SENSORS[name], units, derivative).response(rate)
        npts = next_fast_len(int(11 / LOWEST[name] * rate) + 1)
        answer = remove(
            response, noise(npts), rate, output=output, pre_filt="auto", water_level=None
        )
        bands[units] = answer.pre_filt[1:3]
    expected = pytest.approx((LOWEST[name], 0.8 * rate / 2), rel=0.03)
    assert {units: band for units, band in bands.items() if band != expected} == {}


ORDINARY = [
    # The sensor, the rate in Hz, f2 and f3 of its response to the quantity described.
    (Sensor((0j,), (complex(-2 * np.pi * 0.05),), 0.02, 1.0, "PA"), 40.0, 0.00506, 16.0),
    (Sensor((0j,), (complex(-2 * np.pi * 2.0),), 0.02, 1.0, "PA"), 10.0, 0.179, 4.0),
    (Sensor((0j, 0j), second_order(1.0), 0.02, 1.0, "PA"), 100.0, 0.319, 40.0),
    (Sensor((0j, 0j), second_order(1.0), 0.02, 1.0, "PA"), 1.0, 0.125, 0.4),
    (Sensor((0j, 0j), second_order(0.05), 1.0, 1.0, "RAD/S"), 100.0, 0.016, 40.0),
    (Sensor((), second_order(1.0), 1.0, 0.1, "RAD"), 20.0, 10 / 86_400, 3.12),
    (Sensor((), (complex(-2 * np.pi * 300.0),), 1.0, 1.0, "M/M"), 20.0, 10 / 86_400, 8.0),
    (Sensor((0j, 0j), second_order(4.5, 0.3), 30.0, 10.0, "M/S", 1), 100.0, 1.77, 40.0),
    (Sensor((0j, 0j), second_order(1 / 30), 1500.0, 1.0, "M/S", 1), 0.1, 0.00966, 0.04),
]


@pytest.mark.filterwarnings("ignore::UserWarning")
@pytest.mark.parametrize(("sensor", "rate", "low", "high"), ORDINARY)
def test_the_band_of_a_sensor_that_is_flat_to_the_quantity_described(
    sensor: Sensor, rate: float, low: float, high: float
) -> None:
    """Below its corner each of them is flat to a derivative, too, but hears only itself."""
    found = resolve("auto", sensor.response(rate), rate, 86_400.0)
    assert found is not None
    assert found[1:3] == pytest.approx((low, high), rel=0.01)


@pytest.mark.filterwarnings("ignore::UserWarning")
@pytest.mark.parametrize("rate", [5.0, 20.0])
@pytest.mark.parametrize(
    ("zeros", "pole_hz", "units"),
    [
        ((), 0.011, "PA"),  # falls by 1/f above 0.011 Hz
        ((), 0.011, "hPa"),
        ((), 0.011, "RAD/S"),
        ((0j,), 0.011, "PA"),  # flat there
        ((0j,), 300.0, "PA"),  # rises with f
    ],
)
def test_the_band_of_a_sensor_of_another_quantity(
    zeros: tuple[complex, ...], pole_hz: float, units: str, rate: float
) -> None:
    """Of an infrasound channel of one pole nothing is lost above it, nor of its kin."""
    npts = int(1_250 * rate)
    sensor = Sensor(zeros, (complex(-2 * np.pi * pole_hz),), 0.02, 1.0, units)
    tones = Tones(np.array([0.025, 0.2, 1.0, 0.39 * rate]))
    answer = remove(
        sensor.response(rate),
        tones.record(npts, rate),
        rate,
        output="DEF",
        pre_filt="auto",
        water_level=None,
    )
    assert answer.error == ""
    _, f2, f3, _ = answer.pre_filt
    assert f2 <= 0.0115
    assert f3 == pytest.approx(0.4 * rate, rel=0.01)
    first = npts * 3 // 8
    part = answer.samples[first : npts * 5 // 8]
    counts_per = sensor.counts_per("DEF", tones.frequencies)
    assert tones.errors(part, first / rate, rate, counts_per).max() < 0.01
