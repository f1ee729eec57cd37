"""Row 5 of docs/correctness.md: polynomials beside the stages that they stand for."""

import numpy as np
import pytest
from obspy.core.inventory import Response

from tests.support.front_doors import remove
from tests.support.known_instruments import digitizer
from tests.support.polynomials import (
    BAROMETER,
    RATE,
    SQUARE,
    overall,
    pass_through,
    polynomial_stage,
    value,
)

COUNTS = np.linspace(-1_000_000.0, 1_000_000.0, 100)


def test_the_unit_is_that_of_the_polynomial_that_is_evaluated() -> None:
    response = Response(
        response_stages=[polynomial_stage(1, BAROMETER, "PA", "COUNTS")],
        instrument_polynomial=overall([part / 100 for part in BAROMETER], "hPa"),
    )
    answer = remove(response, COUNTS, RATE, output="DEF")
    assert (answer.error, answer.units) == ("", "hPa")
    assert answer.samples == pytest.approx(value(BAROMETER, COUNTS) / 100, rel=1e-12)
    assert any(
        "stage 1 takes PA, but InstrumentPolynomial takes hPa" in text for text in answer.warnings
    )


def test_a_filter_behind_a_polynomial_that_stops_its_signal_is_refused() -> None:
    blocking = pass_through(3)
    blocking.coefficients = [0.5, -0.5]
    stages = [polynomial_stage(1, SQUARE, "PA"), digitizer(2, RATE, 0.0), blocking]
    answer = remove(Response(response_stages=stages), COUNTS, RATE, output="DEF")
    assert "the coefficients of stage 3 sum to 0" in answer.error
