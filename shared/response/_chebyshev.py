"""Chebyshev interpolation of complex values on the bins of a panel.

L. N. Trefethen, Approximation Theory and Approximation Practice, SIAM 2013, chapters 2 to 4 and 8:
the interpolation error of a smooth function is about the size of its last coefficients.
"""

from functools import cache, lru_cache

import numpy as np

from shared.response.arrays import ComplexArray, FloatArray

NODES = 12
"""Nodes of a panel; the polynomial's degree is one less."""

_SAFETY = 10.0  # factor from the last coefficients to the error bound
_PEAK_SAMPLES = 1024  # bins of a panel in the first pass of the search for its largest amplitude


@cache
def nodes() -> FloatArray:
    """Return the `NODES` Chebyshev nodes of the first kind, descending, between -1 and 1."""
    return np.polynomial.chebyshev.chebpts1(NODES)[::-1]


def coefficients_of(values: ComplexArray) -> ComplexArray:
    """Return Chebyshev coefficients, lowest degree first.

    Args:
        values: values at the nodes, complex128, panels by nodes.

    Returns:
        complex128, panels by degrees.
    """
    coefficients: ComplexArray = values @ _node_transform().T
    return coefficients


def error_bounds(coefficients: ComplexArray) -> FloatArray:
    """Return a bound of each polynomial's error.

    Args:
        coefficients: complex128, panels by degrees.

    Returns:
        float64, one bound for each panel.
    """
    bounds: FloatArray = np.abs(coefficients[:, -2:]).max(axis=1) * _SAFETY
    return bounds


@lru_cache(maxsize=256)
def basis(size: int, offset: int, step: int) -> FloatArray:
    """Return the Chebyshev polynomials on every `step`-th bin of a panel.

    Args:
        size: bins of the panel; the first lies at -1, the last at 1.
        offset: the first bin to return.
        step: bins from one to the next.

    Returns:
        float64, bins by degrees. The array is cached, so callers must not write to it.
    """
    bins = np.linspace(-1, 1, size)[offset::step]
    return np.ascontiguousarray(np.polynomial.chebyshev.chebvander(bins, NODES - 1))


def polynomial(basis: FloatArray, coefficients: ComplexArray) -> ComplexArray:
    """Return the values of one panel's polynomial.

    Args:
        basis: float64, bins by degrees.
        coefficients: complex128, of one panel.
    """
    # NumPy is slow at multiplying a real by a complex matrix, so both parts are real columns.
    pairs = np.ascontiguousarray(coefficients).view(np.float64).reshape(-1, 2)
    return (basis @ pairs).view(np.complex128)[:, 0]


def largest_amplitude(size: int, coefficients: ComplexArray) -> float:
    """Return the largest amplitude of one panel's polynomial on its bins.

    A coarse pass over some bins is refined on all bins around the best one.

    Args:
        size: bins of the panel.
        coefficients: complex128, of the panel.
    """
    step = max(1, size // _PEAK_SAMPLES)
    best = int(np.abs(polynomial(basis(size, 0, step), coefficients)).argmax()) * step
    around = basis(size, 0, 1)[max(0, best - step) : best + step]
    return float(np.abs(polynomial(around, coefficients)).max())


@cache
def _node_transform() -> FloatArray:
    """Return the matrix from values at the nodes to Chebyshev coefficients."""
    order = np.arange(NODES)
    matrix: FloatArray = np.cos(np.pi * np.outer(order, order + 0.5) / NODES) * 2 / NODES
    matrix[0] /= 2
    return matrix
