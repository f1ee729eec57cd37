"""Responses that are polynomials, and the stages around them."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from obspy.core.inventory import (
    FIRResponseStage,
    InstrumentPolynomial,
    PolesZerosResponseStage,
    PolynomialResponseStage,
)

from tests.support.known_instruments import decimation

RATE = 1.0
GAIN = 400_000.0  # of the digitizer, counts/V
BAROMETER = (763.0, 8.7e-5)
# BK.CMB's electrolyte thermometer: degrees for volts.
THERMOMETER = (
    12.5091, 13.8687, 4.31802, 1.44163, 0.829113, 0.738976, 0.41094, 0.121068, 0.017856, 0.001043,
)  # fmt: skip
SQUARE = (10.0, 2.0, 0.3)
BOUNDS: dict[str, Any] = {
    "frequency_lower_bound": 0.0,
    "frequency_upper_bound": 0.5,
    "approximation_lower_bound": -1e9,
    "approximation_upper_bound": 1e9,
    "maximum_error": 0.0,
}


def polynomial_stage(
    number: int, coefficients: Sequence[float], units: str, output_units: str = "V", **gain: float
) -> PolynomialResponseStage:
    """A stage whose coefficients give its input, in `units`, of its output.

    Args:
        number: of the stage.
        coefficients: of the powers 0, 1, 2, ...
        units: of the input.
        output_units: of the output.
        gain: `gain` and `gain_frequency`, which such a stage may have beside its coefficients.
    """
    stage_gain = gain.get("gain"), gain.get("gain_frequency")
    return PolynomialResponseStage(
        number, *stage_gain, units, output_units, **BOUNDS, coefficients=list(coefficients)
    )


def overall(coefficients: Sequence[float], units: str) -> InstrumentPolynomial:
    """The polynomial that gives the quantity measured, in `units`, of counts."""
    return InstrumentPolynomial(units, "COUNTS", **BOUNDS, coefficients=list(coefficients))


def scaled(coefficients: Sequence[float], gain: float) -> list[float]:
    """The coefficients for counts, of those for volts."""
    return [value / gain**power for power, value in enumerate(coefficients)]


def value(coefficients: Sequence[float], x: npt.ArrayLike) -> npt.NDArray[np.float64]:
    """The polynomial's values."""
    return np.polynomial.polynomial.polyval(np.asarray(x, dtype=np.float64), list(coefficients))


def pass_through(number: int) -> FIRResponseStage:
    """A digital filter that changes nothing."""
    return FIRResponseStage(
        number, 1.0, 0.0, "COUNTS", "COUNTS", symmetry="NONE", coefficients=[1.0],
        **decimation(RATE),
    )  # fmt: skip


def low_pass(number: int) -> PolesZerosResponseStage:
    """An analogue filter of volts: no polynomial of its output's samples gives its input."""
    return PolesZerosResponseStage(
        number, 1.0, 0.0, "V", "V", pz_transfer_function_type="LAPLACE (RADIANS/SECOND)",
        normalization_frequency=0.0, normalization_factor=0.5, zeros=[], poles=[-0.5 + 0j],
    )  # fmt: skip
