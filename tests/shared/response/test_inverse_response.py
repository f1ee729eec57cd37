"""The interpolated inverse response against one evaluated on every bin."""

from collections.abc import Callable

import numpy as np
import pytest
from obspy import read_inventory
from obspy.core.inventory import Response
from obspy.signal.invsim import invert_spectrum

from local.synthetic import instrument
from shared.response import evaluation
from shared.response._inverse_response import TOLERANCE, InverseResponse
from shared.response._layout import Layout, layout_of, shaped
from shared.response.arrays import ComplexArray
from tests.support.commands import Measured
from tests.support.plugins.real_data import REAL_DATA

Evaluate = Callable[[np.ndarray], np.ndarray]


def evaluator(response: Response, sampling_rate: float, nfft: int, output: str) -> Evaluate:
    return lambda bins: evaluation.evaluate(response, bins * (sampling_rate / nfft), output)


def on_every_bin(evaluate: Evaluate, nfft: int, water_level: float | None) -> np.ndarray:
    """Return the inverse as ObsPy computes it."""
    return inverted(evaluate(np.arange(nfft // 2 + 1, dtype=float)), water_level)


def inverted(response: ComplexArray, water_level: float | None) -> ComplexArray:
    if water_level is not None:
        invert_spectrum(response, water_level)
        return response
    return np.concatenate([[0], 1 / response[1:]])


def interpolated(inverse: InverseResponse, height: int = 7) -> ComplexArray:
    """Return the inverse on every bin, from blocks of some rows of the layout's matrix."""
    layout = inverse.layout
    matrix = np.ones((layout.size + 1, layout.count), dtype=complex)
    for first in range(0, len(matrix), height):
        inverse.multiply(matrix[first : first + height], first)
    values = np.empty(layout.points + 1, dtype=complex)
    for panel, column in enumerate(matrix.T[layout.places]):
        place = slice(panel * layout.size, (panel + 1) * layout.size + 1)
        values[place] = column[::-1].conj() if panel % 2 else column
    return values


def worst(values: np.ndarray, expected: np.ndarray) -> float:
    """Return the largest relative error of any bin; zeros must coincide."""
    zero = expected == 0
    assert not values[zero].any()
    return float((np.abs(values - expected)[~zero] / np.abs(expected)[~zero]).max())


LAYOUTS = [
    *(shaped(*shape) for shape in ((1, 2), (2, 1), (8, 4), (9, 7), (20, 25), (1, 500), (1_000, 1))),
    *(layout_of(points) for points in (10_010, 49_997, 200_000)),
]


@pytest.mark.parametrize("layout", LAYOUTS, ids=lambda layout: f"{layout.size} by {layout.count}")
@pytest.mark.parametrize("water_level", [60.0, 20.0, None])
@pytest.mark.parametrize("output", ["VEL", "DISP", "ACC"])
def test_every_bin_is_within_the_tolerance(
    layout: Layout, water_level: float | None, output: str
) -> None:
    nfft = 2 * layout.points
    evaluate = evaluator(instrument.response(40.0), 40.0, nfft, output)
    inverse = InverseResponse(evaluate, layout, water_level)
    assert worst(interpolated(inverse), on_every_bin(evaluate, nfft, water_level)) < 10 * TOLERANCE
    assert inverse.evaluations < nfft / 2 + 3_000


def test_a_short_fft_is_evaluated_on_every_bin() -> None:
    evaluate = evaluator(instrument.response(40.0), 40.0, 18_002, "VEL")
    inverse = InverseResponse(evaluate, layout_of(9_001), 60.0)
    assert worst(interpolated(inverse), on_every_bin(evaluate, 18_002, 60.0)) < 1e-12
    assert inverse.evaluations == 9_003


@pytest.mark.parametrize("layout", LAYOUTS[-3:], ids=lambda layout: str(layout.points))
def test_the_last_bin_is_exact(layout: Layout) -> None:
    """The bin at the Nyquist frequency is evaluated itself, at the end of any panel."""
    nfft = 2 * layout.points
    for evaluate in (
        lambda bins: np.full(bins.size, 1e5 + 0j),  # flat, like an accelerometer's
        evaluator(instrument.response(40.0), 40.0, nfft, "VEL"),
    ):
        inverse = InverseResponse(evaluate, layout, 60.0)
        expected = on_every_bin(evaluate, nfft, 60.0)
        assert worst(interpolated(inverse), expected) < 10 * TOLERANCE


def test_a_long_fft_takes_few_evaluations() -> None:
    nfft = 2**24
    evaluate = evaluator(instrument.response(40.0), 40.0, nfft, "VEL")
    assert InverseResponse(evaluate, layout_of(nfft // 2), 60.0).evaluations < nfft / 100


def test_a_response_that_no_polynomial_fits_is_evaluated_on_every_bin() -> None:
    def jagged(bins: np.ndarray) -> np.ndarray:
        return 2 + np.sin(bins.astype(int) * 12.9898) + 0j

    nfft = 20_000
    inverse = InverseResponse(jagged, layout_of(nfft // 2), None)
    assert worst(interpolated(inverse), on_every_bin(jagged, nfft, None)) < 1e-15


def test_a_narrow_peak_sets_the_water_level() -> None:
    """A resonance between the first nodes must not be overlooked."""

    def resonance(bins: np.ndarray) -> np.ndarray:
        return 1 + 1000 / (1 + 1j * (bins - 4_321.0) / 40)

    nfft = 40_000
    inverse = InverseResponse(resonance, layout_of(nfft // 2), 40.0)
    assert worst(interpolated(inverse), on_every_bin(resonance, nfft, 40.0)) < 10 * TOLERANCE


def test_rows_can_be_taken_in_any_blocks() -> None:
    nfft = 10_000
    evaluate = evaluator(instrument.response(40.0), 40.0, nfft, "VEL")
    inverse = InverseResponse(evaluate, shaped(50, 100), 60.0)
    whole = interpolated(inverse, nfft)
    for height in (1, 2, 16):
        np.testing.assert_allclose(interpolated(inverse, height), whole, rtol=1e-14)


def test_zero_everywhere_is_an_error() -> None:
    with pytest.raises(ValueError, match="zero on all frequencies"):
        InverseResponse(lambda bins: np.zeros(bins.size, dtype=complex), layout_of(500), 60.0)


@pytest.mark.real_data
def test_every_channel_of_a_real_station(measured: Measured) -> None:
    errors = {}
    for file in ("CI_WBM", "CI_HEC"):
        (station,) = read_inventory(str(REAL_DATA / f"FDSNstationXML/CI/{file}.xml"))[0]
        for channel in station:
            units = channel.response.response_stages[0].input_units if channel.response else ""
            if units not in ("m/s", "m/s**2"):
                continue
            for output in ("VEL", "DISP", "ACC"):
                nfft = 100_000
                evaluate = evaluator(channel.response, channel.sample_rate, nfft, output)
                response = evaluate(np.arange(nfft // 2 + 1, dtype=float))
                for water_level in (60.0, None):
                    inverse = InverseResponse(evaluate, layout_of(nfft // 2), water_level)
                    expected = inverted(response.copy(), water_level)
                    name = f"{channel.code}.{channel.location_code} {channel.start_date.year}"
                    errors[name, output, water_level] = worst(interpolated(inverse), expected)
    measured(f"{len(errors)} inverses, worst error of a bin {max(errors.values()):.1e}")
    assert len(errors) == 144
    assert max(errors.values()) < 10 * TOLERANCE
