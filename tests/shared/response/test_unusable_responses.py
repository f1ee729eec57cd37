"""Responses that cannot be removed, or not to ground motion."""

from typing import Any

import pytest
from obspy import Inventory, UTCDateTime
from obspy.core.inventory import (
    InstrumentPolynomial,
    InstrumentSensitivity,
    PolynomialResponseStage,
    Response,
)

from shared.errors import NoResponseError
from shared.response import RemovalParameters, remove_channel_response
from tests.support.response_removal import hour, parse, station, worst_error


def no_stages(inventory: Inventory) -> None:
    inventory[0][0][0].response = Response(
        instrument_sensitivity=InstrumentSensitivity(1.0, 1.0, "M/S", "COUNTS")
    )


def no_response(inventory: Inventory) -> None:
    inventory[0][0][0].response = None


def ended(inventory: Inventory) -> None:
    inventory[0][0][0].end_date = UTCDateTime(2020, 1, 1)


def other_location(inventory: Inventory) -> None:
    inventory[0][0][0].location_code = "10"


def pressure(inventory: Inventory) -> None:
    inventory[0][0][0].response.response_stages[0].input_units = "PA"


def not_scaled_by_obspy(inventory: Inventory) -> None:
    inventory[0][0][0].response.response_stages[0].input_units = "CM/SEC**2"


def broken_stage(inventory: Inventory) -> None:
    stage = inventory[0][0][0].response.response_stages[3]
    stage.decimation_input_sample_rate = None


def polynomial(inventory: Inventory) -> None:
    keywords = {
        "frequency_lower_bound": 0.0,
        "frequency_upper_bound": 1.0,
        "approximation_lower_bound": -10.0,
        "approximation_upper_bound": 10.0,
        "maximum_error": 0.0,
        "coefficients": [0.0, 2.0],
    }
    inventory[0][0][0].response = Response(
        instrument_polynomial=InstrumentPolynomial("M/S", "COUNTS", **keywords),
        response_stages=[PolynomialResponseStage(1, 1.0, 1.0, "M/S", "COUNTS", **keywords)],
    )


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (no_stages, "has no stages"),
        (no_response, "no response for this time"),
        (ended, "no response for this time, but 2015-01-01T00:00:00.000000Z to 2020-01-01"),
        (other_location, "no response for this time, but nothing of this channel"),
        (pressure, "a response to PA cannot give output 'VEL': must be 'DEF'"),
        (not_scaled_by_obspy, "a response to CM/SEC"),
        (polynomial, "a polynomial response to M/S cannot give output 'VEL'"),
        (broken_stage, "response not usable"),
    ],
)
def test_unusable_responses_are_clear_errors(spoil: Any, words: str) -> None:
    inventory = station()
    spoil(inventory)
    with pytest.raises(NoResponseError, match=words) as caught:
        remove_channel_response(hour(1_000), inventory, RemovalParameters())
    assert "CI.BOM..BHZ at 2024-01-01T00:00:00.019500Z" in caught.value.message


@pytest.mark.parametrize("spoil", [pressure, polynomial])
def test_what_is_no_ground_motion_can_be_had_in_its_own_unit(spoil: Any) -> None:
    inventory = station()
    spoil(inventory)
    stream, expected = hour(12_000), hour(12_000)
    report = remove_channel_response(stream, inventory, parse(output="DEF"))
    if spoil is pressure:
        expected.remove_response(inventory, output="DEF")
    else:  # its coefficients are 0 and 2; ObsPy divides by the stage's gain of 1
        expected[0].data = 2.0 * expected[0].data
    assert worst_error(stream, expected) < 1e-6
    assert report.units == ("PA" if spoil is pressure else "M/S")
    assert report.method == "fast"


@pytest.mark.parametrize("method", ["fast", "obspy"])
def test_a_result_that_is_not_finite_is_an_error(method: str) -> None:
    """A gain beyond the range of floats, such as from a wrong unit in the metadata."""
    inventory = station()
    for stage in inventory[0][0][0].response.response_stages:
        stage.stage_gain = 1e-300
    with pytest.raises(NoResponseError, match="not finite|not usable"):
        remove_channel_response(hour(12_000), inventory, parse(water_level=None, method=method))


def test_a_response_of_nothing_but_zeros_is_an_error() -> None:
    inventory = station()
    for stage in inventory[0][0][0].response.response_stages:
        stage.stage_gain = 1e-300
    with pytest.raises(NoResponseError, match="zero on all frequencies"):
        remove_channel_response(hour(12_000), inventory, RemovalParameters())
