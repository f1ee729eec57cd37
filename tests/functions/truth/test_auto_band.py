"""Sines in the band of a sensor whose metadata name a quantity that it is not flat to.

Row 2 of docs/correctness.md.
"""

import numpy as np
import pytest

from local.cloud.s3_server import S3Server
from tests.functions.truth.conftest import Door
from tests.support.front_doors import put_counts
from tests.support.known_instruments import ACCELEROMETER, GEOPHONE, Sensor, put_response
from tests.support.known_motion import Tones

NSCL = "XX.TRUE.BHZ."
RATE = 5.0
INFRASOUND = Sensor((), (complex(-2 * np.pi * 0.011),), 0.02, 1.0, "PA")

# The sensor, its outputs, the lowest frequency that is kept.
CASES: dict[str, tuple[Sensor, tuple[str, ...], float]] = {
    "accelerometer, as of displacement": (
        ACCELEROMETER.described_as("M", 0),
        ("DISP", "VEL", "ACC"),
        0.02,
    ),
    "geophone, as of acceleration": (
        GEOPHONE.described_as("M/S**2", 2),
        ("DISP", "VEL", "ACC"),
        0.317,
    ),
    "infrasound of one pole": (INFRASOUND, ("DEF",), 0.0115),
}


@pytest.mark.parametrize("name", CASES)
def test_sines_at_both_ends_of_the_band_and_between(
    archive: S3Server, door: Door, name: str
) -> None:
    sensor, outputs, low = CASES[name]
    seconds, high = 20 / low, 0.4 * RATE
    tones = Tones(np.geomspace(1.03 * low, 0.99 * high, 3))
    put_response(archive, NSCL, sensor.response(RATE), RATE)
    put_counts(archive, NSCL, tones.record(int(seconds * RATE), RATE), RATE)
    for output in outputs:
        answer = door(NSCL, seconds, output=output, pre_filt="auto", water_level=None)
        assert answer.error == ""
        _, f2, f3, _ = answer.pre_filt
        assert f2 < 1.03 * low
        assert f3 == pytest.approx(high, rel=0.01)
        first = max(0, round((3 / 8 * seconds - answer.first_s) * RATE))
        last = round((5 / 8 * seconds - answer.first_s) * RATE)
        counts_per = sensor.counts_per(output, tones.frequencies)
        part, first_s = answer.samples[first:last], answer.first_s + first / RATE
        assert tones.errors(part, first_s, RATE, counts_per).max() < 0.01
