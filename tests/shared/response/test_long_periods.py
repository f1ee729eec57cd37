"""The treatment of long periods by a removal."""

from typing import Any

import pytest
from obspy.core.inventory import Response

from local.synthetic import instrument
from shared.errors import BadRequestError
from shared.response.long_periods import long_periods
from shared.response.parameters import RemovalParameters
from tests.support.plain_seismometer import PlainSeismometer

DAY_S = 86_400.0


def classify(pre_filt: Any, output: str = "VEL", response: Response | None = None) -> str:
    parameters = RemovalParameters(pre_filt=pre_filt, output=output)
    return long_periods(response or instrument.response(40.0), parameters, 40.0, DAY_S)


@pytest.mark.parametrize("output", ["VEL", "DISP", "ACC", "DEF"])
@pytest.mark.parametrize(
    ("pre_filt", "expected"),
    [
        ("auto", "limited"),
        ((0.005, 0.01, 15, 18), "limited"),
        ((0.0, 0.01, 15, 18), "limited"),
        ((0.0, 0.0, 15, 18), "amplified"),
        ((1e-5, 2e-5, 15, 18), "amplified"),  # a band of a day limits nothing
        (None, "amplified"),
    ],
)
def test_a_band_limits_them(pre_filt: Any, expected: str, output: str) -> None:
    assert classify(pre_filt, output) == expected


def test_an_instrument_without_a_lower_limit_keeps_them() -> None:
    """At least in its own unit; an integral grows with the period."""
    accelerometer = PlainSeismometer().response(40.0)
    sensor = accelerometer.response_stages[0]
    sensor.zeros, sensor.poles, sensor.input_units = [], [-400 + 0j], "m/s**2"
    sensor.normalization_factor = 400.0
    assert classify(None, "ACC", accelerometer) == "kept"
    assert classify(None, "DEF", accelerometer) == "kept"
    assert classify(None, "VEL", accelerometer) == "amplified"
    assert classify("auto", "ACC", accelerometer) == "limited"


def test_corners_beyond_the_data_are_refused() -> None:
    with pytest.raises(BadRequestError, match="pre_filt"):
        classify((21.0, 22.0, 23.0, 24.0))


def test_a_response_that_cannot_be_evaluated_is_left_to_the_removal() -> None:
    broken = PlainSeismometer().response(40.0)
    broken.response_stages[0].pz_transfer_function_type = "DIGITAL (Z-TRANSFORM)"
    broken.response_stages[0].stage_sequence_number = 7
    assert classify(None, response=broken) in {"amplified", "kept"}
