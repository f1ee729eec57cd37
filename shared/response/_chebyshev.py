"""Polynomials through the values at Chebyshev nodes, on the bins of a panel.

L. N. Trefethen, Approximation Theory and Approximation Practice, SIAM 2013, chapters 2 to 4 and 8:
a smooth function's error is about the size of its last coefficients.
"""

from functools import cache, lru_cache

import numpy as np
import numpy.typing as npt

ComplexArray = npt.NDArray[np.complex128]
FloatArray = npt.NDArray[np.float64]

NODES = 12
"""Nodes of a panel; the polynomial's degree is one less."""

_SAFETY = 10.0  # between the last coefficients and the error that they stand for
_PEAK_SAMPLES = 1024  # bins of a panel on which its largest amplitude is looked for first


@cache
def nodes() -> FloatArray:
    """The `NODES` Chebyshev nodes of the first kind, descending, in -1 to 1."""
    return np.cos(np.pi * (np.arange(NODES) + 0.5) / NODES)


def coefficients_of(values: ComplexArray) -> ComplexArray:
    """Chebyshev coefficients, lowest degree first.

    Args:
        values: at the nodes, complex128, panels by nodes.

    Returns:
        Panels by degrees.
    """
    found: ComplexArray = values @ _coefficients_of_values().T
    return found


def error_bounds(coefficients: ComplexArray) -> FloatArray:
    """By how much the polynomials, panels by degrees, may be off: float64, one for each panel."""
    bounds: FloatArray = np.abs(coefficients[:, -2:]).max(axis=1) * _SAFETY
    return bounds


@lru_cache(maxsize=256)
def basis(size: int, offset: int, step: int) -> FloatArray:
    """The Chebyshev polynomials on each `step`-th bin of a panel, from bin `offset` on.

    Args:
        size: bins of the panel, of which the first lies at -1 and the last at 1.
        offset: the first bin wanted.
        step: bins from one to the next.

    Returns:
        Bins by degrees; kept, so not to be written to.
    """
    bins = np.linspace(-1, 1, size)[offset::step]
    return np.ascontiguousarray(np.polynomial.chebyshev.chebvander(bins, NODES - 1))


def polynomial(basis: FloatArray, coefficients: ComplexArray) -> ComplexArray:
    """The sum of basis polynomials, bins by degrees, with the coefficients of one panel."""
    # One product of real matrices, as NumPy's mixed one is slow.
    pairs = np.ascontiguousarray(coefficients).view(np.float64).reshape(-1, 2)
    return (basis @ pairs).view(np.complex128)[:, 0]


def largest(size: int, coefficients: ComplexArray) -> float:
    """The largest amplitude of a polynomial on a panel's bins.

    It is looked for on some of them, then on all around the best.
    """
    step = max(1, size // _PEAK_SAMPLES)
    best = int(np.abs(polynomial(basis(size, 0, step), coefficients)).argmax()) * step
    around = basis(size, 0, 1)[max(0, best - step) : best + step]
    return float(np.abs(polynomial(around, coefficients)).max())


@cache
def _coefficients_of_values() -> FloatArray:
    """The matrix that makes Chebyshev coefficients of the values at the nodes."""
    order = np.arange(NODES)
    matrix: FloatArray = np.cos(np.pi * np.outer(order, order + 0.5) / NODES) * 2 / NODES
    matrix[0] /= 2
    return matrix
