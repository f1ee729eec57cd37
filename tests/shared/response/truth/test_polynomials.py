"""Row 5 of docs/correctness.md: polynomials give the quantity measured, sample by sample."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pytest
from obspy import Trace
from obspy.core.inventory import InstrumentSensitivity, Response, ResponseStage

from tests.support.front_doors import remove
from tests.support.known_instruments import amplifier, digitizer
from tests.support.messages import has_number
from tests.support.polynomials import (
    BAROMETER,
    GAIN,
    RATE,
    SQUARE,
    THERMOMETER,
    low_pass,
    overall,
    pass_through,
    polynomial_stage,
    scaled,
    value,
)

COUNTS = np.array([1_000_000.0, -1_000_000.0, 0.0, 12_345.0, 600_000.0] * 20)
VOLTS = COUNTS / GAIN

# The response, the true values, and whether ObsPy gives them.
KNOWN: dict[str, tuple[Response, npt.NDArray[np.float64], bool]] = {
    "barometer, overall polynomial alone": (
        Response(instrument_polynomial=overall(BAROMETER, "PA")),
        value(BAROMETER, COUNTS),
        True,
    ),
    "barometer, one stage": (
        Response(response_stages=[polynomial_stage(1, BAROMETER, "PA", "COUNTS")]),
        value(BAROMETER, COUNTS),
        False,
    ),
    "barometer, one stage of gain 1": (
        Response(
            response_stages=[
                polynomial_stage(1, BAROMETER, "PA", "COUNTS", gain=1.0, gain_frequency=0.0)
            ]
        ),
        value(BAROMETER, COUNTS),
        False,
    ),
    "barometer, one stage and overall": (
        Response(
            instrument_polynomial=overall(BAROMETER, "PA"),
            response_stages=[polynomial_stage(1, BAROMETER, "PA", "COUNTS")],
        ),
        value(BAROMETER, COUNTS),
        False,
    ),
    "thermometer, one stage": (
        Response(response_stages=[polynomial_stage(1, THERMOMETER, "C", "COUNTS")]),
        value(THERMOMETER, VOLTS),
        False,
    ),
    "linear, overall and stages": (
        Response(
            instrument_polynomial=overall(scaled((0.5, 2.0), GAIN), "V"),
            response_stages=[polynomial_stage(1, (0.5, 2.0), "V"), digitizer(2, RATE, 0.1)],
        ),
        value((0.5, 2.0), VOLTS),
        True,
    ),
    "square, overall and stages": (
        Response(
            instrument_polynomial=overall(scaled(SQUARE, GAIN), "nm/s"),
            response_stages=[polynomial_stage(1, SQUARE, "nm/s"), digitizer(2, RATE, 0.1)],
        ),
        value(SQUARE, VOLTS),
        False,
    ),
    "square, stages alone": (
        Response(response_stages=[polynomial_stage(1, SQUARE, "C"), digitizer(2, RATE, 0.1)]),
        value(SQUARE, VOLTS),
        False,
    ),
    "square, beside a sensitivity of its slope": (
        Response(
            instrument_sensitivity=InstrumentSensitivity(GAIN / SQUARE[1], 0.1, "C", "COUNTS"),
            response_stages=[polynomial_stage(1, SQUARE, "C"), digitizer(2, RATE, 0.1)],
        ),
        value(SQUARE, VOLTS),
        False,
    ),
    "thermometer, stages alone": (
        Response(
            response_stages=[
                polynomial_stage(1, THERMOMETER, "C"),
                amplifier(2, 2.0, 0.1),
                digitizer(3, RATE, 0.1),
                pass_through(4),
            ]
        ),
        value(THERMOMETER, VOLTS / 2),
        False,
    ),
    "linear, stages alone": (
        Response(response_stages=[polynomial_stage(1, (0.5, 2.0), "V"), digitizer(2, RATE, 0.1)]),
        value((0.5, 2.0), VOLTS),
        True,
    ),
    "overall, behind a filter": (
        Response(
            instrument_polynomial=overall(scaled(SQUARE, GAIN), "C"),
            response_stages=[
                polynomial_stage(1, SQUARE, "C"), low_pass(2), digitizer(3, RATE, 0.1),
            ],
        ),
        value(SQUARE, VOLTS),
        False,
    ),
}  # fmt: skip


def volts_of(name: str) -> npt.NDArray[np.float64]:
    """The record of a case: the thermometer's single stage takes volts."""
    return VOLTS if name == "thermometer, one stage" else COUNTS


@pytest.mark.parametrize("name", KNOWN)
def test_a_polynomial_gives_the_truth(name: str) -> None:
    response, truth, _ = KNOWN[name]
    answer = remove(response, volts_of(name), RATE, output="DEF")
    assert answer.error == ""
    np.testing.assert_allclose(answer.samples, truth, rtol=1e-6)
    first = response.response_stages or [response.instrument_polynomial]
    assert answer.units.casefold() == first[0].input_units.casefold()


@pytest.mark.filterwarnings("ignore::UserWarning")
@pytest.mark.parametrize("name", KNOWN)
def test_obspys_way_is_obspys_and_tells_where_it_is_wrong(name: str) -> None:
    response, truth, agrees = KNOWN[name]
    trace = Trace(volts_of(name).copy(), {"sampling_rate": RATE})
    trace.stats.response = response
    try:
        trace.remove_response(output="DEF")
    except (NotImplementedError, AttributeError, ValueError, TypeError):
        answer = remove(response, volts_of(name), RATE, output="DEF", method="obspy")
        assert answer.error or np.allclose(answer.samples, truth, rtol=1e-6)
        return
    assert np.allclose(trace.data, truth, rtol=1e-6) == agrees
    answer = remove(response, volts_of(name), RATE, output="DEF", method="obspy")
    assert answer.error == ""
    np.testing.assert_array_equal(answer.samples, trace.data)
    assert agrees or answer.warnings


@pytest.mark.parametrize(("counts", "pascal"), [(1_000_000.0, 850.0), (0.0, 763.0)])
def test_the_barometer_at_known_pressures(counts: float, pascal: float) -> None:
    response, *_ = KNOWN["barometer, one stage"]
    answer = remove(response, [counts] * 100, RATE, output="DEF")
    assert answer.samples == pytest.approx([pascal] * 100)


def test_the_thermometer_at_two_volts() -> None:
    response, *_ = KNOWN["thermometer, one stage"]
    answer = remove(response, [2.0] * 100, RATE, output="DEF")
    assert answer.samples == pytest.approx([152.867] * 100, rel=1e-5)


def test_a_long_record_is_no_other() -> None:
    """Sample by sample: neither demeaned, nor tapered, nor the way of short records."""
    response, *_ = KNOWN["square, stages alone"]
    answer = remove(response, np.full(20_000, GAIN), RATE, output="DEF")
    assert answer.samples == pytest.approx([12.3] * 20_000)


def test_samples_outside_of_the_polynomials_bounds_are_a_warning() -> None:
    stage = polynomial_stage(1, BAROMETER, "PA", "COUNTS")
    stage.approximation_lower_bound, stage.approximation_upper_bound = 800.0, 1_100.0
    answer = remove(Response(response_stages=[stage]), COUNTS, RATE, output="DEF")
    (warning,) = answer.warnings
    assert "60 of 100 samples lie outside 800 to 1100 PA" in warning
    assert has_number(warning, COUNTS.min() * BAROMETER[1] + BAROMETER[0], 1e-4)
    inside = remove(Response(response_stages=[stage]), COUNTS[:1], RATE, output="DEF")
    assert inside.warnings == []


def test_an_overall_polynomial_that_is_not_that_of_the_stages_is_a_warning() -> None:
    stages = [polynomial_stage(1, SQUARE, "C"), digitizer(2, RATE, 0.1)]
    response = Response(
        instrument_polynomial=overall(scaled((10.0, 2.0), GAIN), "C"), response_stages=stages
    )
    answer = remove(response, np.full(100, GAIN), RATE, output="DEF")
    assert answer.samples == pytest.approx([12.0] * 100)
    (warning,) = answer.warnings
    assert has_number(warning, 12.0, 1e-6)
    assert has_number(warning, 12.3, 1e-6)


def test_another_kind_of_polynomial_is_refused() -> None:
    stage = polynomial_stage(1, BAROMETER, "PA", "COUNTS")
    stage._approximation_type = "CHEBYSHEV"
    answer = remove(Response(response_stages=[stage]), COUNTS, RATE, output="DEF")
    assert "the polynomial of stage 1 is CHEBYSHEV: must be MACLAURIN" in answer.error


REFUSED = {
    "a filter after the polynomial": [
        polynomial_stage(1, SQUARE, "C"), low_pass(2), digitizer(3, RATE, 0.1),
    ],
    "no coefficients": [polynomial_stage(1, (), "C"), digitizer(2, RATE, 0.1)],
}  # fmt: skip
STAGES = {"a filter after the polynomial": 2, "no coefficients": 1}


@pytest.mark.parametrize("method", ["fast", "obspy"])
@pytest.mark.parametrize("name", REFUSED)
def test_a_chain_that_cannot_be_inverted_is_refused(name: str, method: str) -> None:
    """The error names the stage that prevents it."""
    answer = remove(
        Response(response_stages=REFUSED[name]), COUNTS, RATE, output="DEF", method=method
    )
    assert "stage" in answer.error.lower()
    assert has_number(answer.error, STAGES[name], 0)


@pytest.mark.filterwarnings("ignore::UserWarning")
@pytest.mark.parametrize("coefficients", [(0.1, 0.9), (0.1, 0.9, 0.05)])
def test_a_polynomial_behind_a_linear_sensor(coefficients: Sequence[float]) -> None:
    """ObsPy drops its constant, or refuses it: the truth, or an error that names the stage."""
    stages = [
        ResponseStage(1, 0.5, 0.1, "PA", "V"),
        polynomial_stage(2, coefficients, "V"),
        digitizer(3, RATE, 0.1),
    ]
    answer = remove(Response(response_stages=stages), COUNTS, RATE, output="DEF")
    if answer.error:
        assert "stage" in answer.error.lower()
        assert has_number(answer.error, 2, 0)
        return
    np.testing.assert_allclose(answer.samples, value(coefficients, VOLTS) / 0.5, rtol=1e-6)
