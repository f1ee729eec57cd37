"""Polynomials through values at Chebyshev nodes."""

import numpy as np
import pytest

from shared.response._chebyshev import (
    MIRROR,
    NODES,
    amplitude_bounds,
    basis,
    coefficients_of,
    error_bounds,
    halves,
    largest_amplitude,
    nodes,
)
from shared.response.arrays import product


def test_a_polynomial_comes_back() -> None:
    random = np.random.default_rng(1)
    expected = random.standard_normal((3, NODES)) + 1j * random.standard_normal((3, NODES))
    values = np.array([np.polynomial.chebyshev.chebval(nodes(), row) for row in expected])
    np.testing.assert_allclose(coefficients_of(values), expected, atol=1e-14)


def test_values_on_bins() -> None:
    coefficients = coefficients_of(np.exp(1j * np.outer([1, 2], nodes()))).T.copy()
    bins = np.arange(40.0, 72.0, 3)
    values = product(basis(bins, 39.5, 33.0), coefficients)
    expected = np.exp(1j * np.outer((bins - 56) / 16.5, [1, 2]))
    np.testing.assert_allclose(values, expected, atol=1e-8)


def test_a_halved_polynomial_is_the_same() -> None:
    whole = coefficients_of(np.exp(1j * np.outer([2, 3], nodes())))
    for first, half in zip((0, 40), halves(whole), strict=True):
        bins = np.arange(first, first + 41.0)
        values = product(basis(bins, first, 40), half.T.copy())
        expected = product(basis(bins, 0, 80), whole.T.copy())
        np.testing.assert_allclose(values, expected, atol=1e-14)


def test_a_mirrored_polynomial() -> None:
    (coefficients,) = coefficients_of(np.exp(1j * nodes())[None])
    bins = np.arange(11.0)
    values = product(basis(bins, 0, 10), coefficients[:, None].copy())
    other = product(basis(bins, 0, 10), (coefficients * MIRROR)[:, None])
    np.testing.assert_allclose(other, values[::-1], atol=1e-14)


@pytest.mark.parametrize("turns", [0.5, 1, 2])
def test_the_error_is_within_its_bound(turns: float) -> None:
    coefficients = coefficients_of(np.exp(1j * turns * np.pi * nodes())[None])
    expected = np.exp(1j * turns * np.pi * np.linspace(-1, 1, 1000))
    values = product(basis(np.arange(1000.0), 0, 999), coefficients.T.copy())[:, 0]
    error = np.abs(values - expected).max()
    (bound,) = error_bounds(coefficients)
    assert error < bound < 10_000 * error


def test_the_bound_of_an_amplitude_is_close_whatever_the_phase() -> None:
    turning = np.exp(3j * nodes())
    coefficients = coefficients_of(np.stack([turning, (2 + nodes()) * turning, 5j + 0 * nodes()]))
    np.testing.assert_allclose(amplitude_bounds(coefficients), [1, 3, 5], rtol=1e-4)


@pytest.mark.parametrize("length", [64, 16_384])
def test_the_largest_amplitude_on_a_bin(length: int) -> None:
    (coefficients,) = coefficients_of((3 + np.sin(4 * nodes()) + 1j * nodes())[None])
    bins = np.arange(1000.0, 1001 + length)
    values = product(basis(bins, 999.5, length + 1), coefficients[:, None].copy())
    largest = largest_amplitude(999.5, length + 1, coefficients)
    assert largest == pytest.approx(np.abs(values).max(), rel=1e-14)


@pytest.mark.parametrize(
    ("rows", "columns"), [(1, 5), (22, 2880), (3, 100_001), (0, 7), (200_000, 2)]
)
def test_product_in_parts_is_the_whole_product(rows: int, columns: int) -> None:
    random = np.random.default_rng(rows)
    left = random.normal(size=(rows, NODES))
    right = random.normal(size=(NODES, columns, 2)).view(np.complex128)[..., 0]
    expected = np.einsum("ij,jk->ik", left, right)
    assert np.abs(product(left, right) - expected).max(initial=0) < 1e-14 * NODES
