"""Polynomials through values at Chebyshev nodes."""

import numpy as np
import pytest

from shared.response._chebyshev import (
    NODES,
    basis,
    coefficients_of,
    error_bounds,
    largest_amplitude,
    nodes,
    polynomial,
)


def test_a_polynomial_comes_back() -> None:
    random = np.random.default_rng(1)
    expected = random.standard_normal((3, NODES)) + 1j * random.standard_normal((3, NODES))
    values = np.array([np.polynomial.chebyshev.chebval(nodes(), row) for row in expected])
    np.testing.assert_allclose(coefficients_of(values), expected, atol=1e-14)


@pytest.mark.parametrize(("offset", "step"), [(0, 1), (0, 4), (3, 4), (63, 64)])
def test_values_on_bins(offset: int, step: int) -> None:
    (coefficients,) = coefficients_of(np.exp(1j * nodes())[None])
    bins = np.linspace(-1, 1, 256)[offset::step]
    values = polynomial(basis(256, offset, step), coefficients)
    np.testing.assert_allclose(values, np.exp(1j * bins), atol=1e-12)


@pytest.mark.parametrize("turns", [0.5, 1, 2])
def test_the_error_is_within_its_bound(turns: float) -> None:
    coefficients = coefficients_of(np.exp(1j * turns * np.pi * nodes())[None])
    expected = np.exp(1j * turns * np.pi * np.linspace(-1, 1, 1000))
    error = np.abs(polynomial(basis(1000, 0, 1), coefficients[0]) - expected).max()
    (bound,) = error_bounds(coefficients)
    assert error < bound < 10_000 * error


@pytest.mark.parametrize("size", [64, 16_384])
def test_the_largest_amplitude_on_a_bin(size: int) -> None:
    (coefficients,) = coefficients_of((3 + np.sin(4 * nodes()) + 1j * nodes())[None])
    values = polynomial(basis(size, 0, 1), coefficients)
    assert largest_amplitude(size, coefficients) == pytest.approx(np.abs(values).max(), rel=1e-14)
