"""Without a water level, the response beyond the band does not matter.

Row 1 of docs/correctness.md.
"""

from dataclasses import replace

import numpy as np
import pytest
from obspy.core.inventory import FIRResponseStage

from tests.support.front_doors import remove
from tests.support.known_instruments import ACCELEROMETER, decimation
from tests.support.known_motion import Tones

RATE = 20.0


@pytest.mark.parametrize("method", ["fast", "obspy"])
@pytest.mark.parametrize("npts", [8_000, 24_000])
@pytest.mark.parametrize("pre_filt", ["auto", [0.1, 0.2, 7.0, 8.0]])
def test_a_zero_of_the_response_beyond_the_band(npts: int, method: str, pre_filt: str) -> None:
    """An anti-alias filter that is zero at the Nyquist frequency: infinite there is its inverse."""
    sensor = replace(ACCELEROMETER, frequency=0.02)  # where the filter takes nothing
    response = sensor.response(RATE)
    response.response_stages.append(
        FIRResponseStage(
            3,
            1.0,
            0.02,
            "COUNTS",
            "COUNTS",
            symmetry="ODD",
            coefficients=[0.25, 0.5],
            **decimation(RATE),
        )
    )
    tones = Tones(np.array([0.5, 2.0, 5.0]))
    level = {} if pre_filt == "auto" else {"water_level": None}
    answer = remove(
        response,
        tones.record(npts, RATE),
        RATE,
        output="ACC",
        pre_filt=pre_filt,
        method=method,
        **level,
    )
    assert answer.error == ""
    filtered = (1 + np.cos(2 * np.pi * tones.frequencies / RATE)) / 2
    counts_per = sensor.counts_per("ACC", tones.frequencies) * filtered
    part = answer.samples[npts // 4 : -npts // 4]
    assert tones.errors(part, npts // 4 / RATE, RATE, counts_per).max() < 0.01
