"""Chebyshev interpolation of complex values on the bins of a span.

L. N. Trefethen, Approximation Theory and Approximation Practice, SIAM 2013, chapters 2 to 4 and 8:
the interpolation error of a smooth function is about the size of its last coefficients.
"""

from functools import cache
from math import ceil, floor

import numpy as np

from shared.response.arrays import ComplexArray, FloatArray, product

NODES = 12
"""Nodes of a span; the polynomial's degree is one less."""

MIRROR = (-1.0) ** np.arange(NODES)
"""Factors from a polynomial's coefficients to those of its mirror image."""

_SAFETY = 10.0  # factor from the last coefficients to the error bound
_PEAK_SAMPLES = 1024  # bins of a span in the first pass of the search for its largest amplitude


@cache
def nodes() -> FloatArray:
    """Return the `NODES` Chebyshev nodes of the first kind, descending, between -1 and 1."""
    return np.polynomial.chebyshev.chebpts1(NODES)[::-1]


def coefficients_of(values: ComplexArray) -> ComplexArray:
    """Return Chebyshev coefficients, lowest degree first.

    Args:
        values: values at the nodes, complex128, spans by nodes.

    Returns:
        complex128, spans by degrees.
    """
    coefficients: ComplexArray = values @ _node_transform().T
    return coefficients


def error_bounds(coefficients: ComplexArray) -> FloatArray:
    """Return a bound of each polynomial's error.

    Args:
        coefficients: complex128, spans by degrees.

    Returns:
        float64, one bound for each span.
    """
    bounds: FloatArray = np.abs(coefficients[:, -2:]).max(axis=1) * _SAFETY
    return bounds


def basis(bins: FloatArray, first: float, length: float) -> FloatArray:
    """Return the Chebyshev polynomials on bins of a span.

    Args:
        bins: float64.
        first: start of the span, which lies at -1.
        length: its length; its end lies at 1.

    Returns:
        float64, bins by degrees.
    """
    places = (bins - first) * (2 / length) - 1
    return np.polynomial.chebyshev.chebvander(places, NODES - 1).astype(np.float64, copy=False)


def amplitude_bounds(coefficients: ComplexArray) -> FloatArray:
    """Return a bound of each polynomial's amplitude on its span, close to its largest amplitude.

    The squared amplitude is a polynomial of twice the degree, whose coefficients give the bound. A
    turning phase has no effect on them.

    Args:
        coefficients: complex128, polynomials by degrees.

    Returns:
        float64, one bound for each polynomial.
    """
    points = np.polynomial.chebyshev.chebpts1(2 * NODES)[::-1]
    values = coefficients @ np.polynomial.chebyshev.chebvander(points, NODES - 1).T
    squares = (values.real**2 + values.imag**2) @ _node_transform(2 * NODES).T
    bounds: FloatArray = np.sqrt(np.abs(squares).sum(axis=1))
    return bounds


def halves(coefficients: ComplexArray) -> tuple[ComplexArray, ComplexArray]:
    """Return the coefficients of the same polynomials on both halves of their spans.

    Args:
        coefficients: complex128, polynomials by degrees.
    """
    left, right = _halving()
    return coefficients @ left, coefficients @ right


def largest_amplitude(first: float, length: float, coefficients: ComplexArray) -> float:
    """Return the largest amplitude of a polynomial on the bins of its span.

    A coarse pass over some bins is refined on all bins around the best one.

    Args:
        first: start of the span.
        length: its length in bins.
        coefficients: complex128, of the polynomial.
    """
    bins = np.arange(ceil(first), floor(first + length) + 1, dtype=np.float64)
    step = max(1, bins.size // _PEAK_SAMPLES)

    def amplitudes(some: FloatArray) -> FloatArray:
        values = product(basis(some, first, length), coefficients[:, None])
        return np.asarray(np.abs(values[:, 0]), np.float64)

    best = int(amplitudes(bins[::step]).argmax()) * step
    return float(amplitudes(bins[max(0, best - step) : best + step]).max())


@cache
def _halving() -> tuple[FloatArray, FloatArray]:
    """Return the matrices that turn coefficients on a span into those on its halves."""
    order = NODES - 1
    left, right = (np.polynomial.chebyshev.chebvander((nodes() + at) / 2, order) for at in (-1, 1))
    return (_node_transform() @ left).T, (_node_transform() @ right).T


@cache
def _node_transform(count: int = NODES) -> FloatArray:
    """Return the matrix from values at Chebyshev nodes to coefficients."""
    order = np.arange(count)
    matrix: FloatArray = np.cos(np.pi * np.outer(order, order + 0.5) / count) * 2 / count
    matrix[0] /= 2
    return matrix
