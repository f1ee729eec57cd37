"""Arrays of the response removal: their types, and their product."""

import numpy as np
import numpy.typing as npt

ComplexArray = npt.NDArray[np.complex128]
FloatArray = npt.NDArray[np.float64]

_PRODUCTS = 1 << 17
"""Multiplications at a time. From about twice as many on, OpenBLAS starts a thread for each
processor. These threads spin while they wait, in the way of our own."""


def product(left: FloatArray, right: ComplexArray) -> ComplexArray:
    """Return the product of a real and a complex matrix, in this thread alone.

    Args:
        left: float64.
        right: complex128; each row is contiguous.
    """
    # NumPy is slow at multiplying a real by a complex matrix, so both parts are real columns.
    pairs = right.view(np.float64)
    values = np.empty((len(left), pairs.shape[1]))
    step = max(1, _PRODUCTS // max(1, left.size))
    for first in range(0, pairs.shape[1], step):
        place = slice(first, first + step)
        np.matmul(left, pairs[:, place], out=values[:, place])
    return values.view(np.complex128)
