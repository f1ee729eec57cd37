"""The shape in which a long trace is convolved, and the place of each frequency in it."""

from dataclasses import dataclass
from functools import lru_cache
from math import log2

import numpy as np
import numpy.typing as npt

from shared.response._fft import SPLIT_OFF, order, prime_factors

_SHORT = 10_000
"""Shorter traces fit the cache as they are, and their response is evaluated on every bin."""


@dataclass(frozen=True, eq=False)
class Layout:
    """The spectrum of N samples, padded to 2N, as a matrix (`_convolution`).

    The bins from 0 to the Nyquist frequency, bin N, are panels of equal size, joined at their ends.
    Each is a column of the matrix. Row k has bin k of the even panels, and bin `size - k` of the
    odd ones as a complex conjugate: these are negative frequencies.

    Attributes:
        size: bins of a panel; the matrix has one row more.
        count: number of panels and of columns.
        places: int, the column of each panel.
    """

    size: int
    count: int
    places: npt.NDArray[np.intp]

    @property
    def points(self) -> int:
        """The number of samples, and the bin of the Nyquist frequency."""
        return self.size * self.count

    @property
    def nyquist(self) -> tuple[int, int]:
        """Row and column of the Nyquist frequency, the end of the last panel."""
        return self.count % 2 * self.size, int(self.places[-1])


@lru_cache(maxsize=8)
def layout_of(points: int) -> Layout:
    """Return the fastest layout for N samples."""
    if points < _SHORT:
        return shaped(points, 1)
    sizes = {1}
    for prime in prime_factors(points):
        sizes |= {size * prime for size in sizes}
    return shaped(*min(((size, points // size) for size in sorted(sizes)), key=_cost))


def shaped(size: int, count: int) -> Layout:
    """Return the layout with some number of panels of some size."""
    panels = np.arange(count)
    frequencies = np.where(panels % 2, count - (panels + 1) // 2, panels // 2)
    return Layout(size, count, np.argsort(order(count))[frequencies])


def _cost(shape: tuple[int, int]) -> float:
    """Return the time for each sample, in ns on one machine, as fitted to measurements."""
    size, count = shape
    beyond_cache = 10 * log2(max(1.0, size / 3000)) + 5 * log2(max(1.0, count / 5000))
    calls = 700 / size + 300 / count
    return 3 * _column_cost(2 * size) + 2 * _row_cost(count) + beyond_cache + calls


def _row_cost(length: int) -> float:
    primes = prime_factors(length)
    return 1 + sum(_prime_cost(prime) if prime < SPLIT_OFF else 17 for prime in primes)


def _column_cost(length: int) -> float:
    direct = 1 + sum(_prime_cost(prime) for prime in prime_factors(length))
    # NumPy's way with large factors, a convolution (L. I. Bluestein, 1970).
    return min(direct, 4.5 * (1 + 0.4 * log2(2 * length)))


def _prime_cost(prime: int) -> float:
    # NumPy has special code for the first five.
    return 0.4 * log2(prime) if prime <= 11 else prime / 8
