"""FFTs of rows that stay fast for lengths with large prime factors.

NumPy's FFT is slow for prime factors above 100. ObsPy's lengths have several of them, up to 499
each. Here they are split off the length (J. W. Cooley, J. W. Tukey, Math. Comp. 19, 1965), so that
NumPy transforms each alone. The entries stay in the order in which the steps leave them.
"""

from math import prod

import numpy as np
import numpy.typing as npt

from shared.response.arrays import ComplexArray

SPLIT_OFF = 100
"""Prime factors above it are split off."""


def prime_factors(number: int) -> list[int]:
    """Return the prime factors of a positive number, ascending, with repetition."""
    factors, factor = [], 2
    while factor * factor <= number:
        while number % factor == 0:
            factors.append(factor)
            number //= factor
        factor += 1
    return factors + [number] * (number > 1)


def split_off(size: int) -> list[int]:
    """Return the factors to split off a length, leaving more than 1."""
    primes = [prime for prime in prime_factors(size) if prime > SPLIT_OFF]
    return primes[prod(primes) == size :]


def order(size: int) -> npt.NDArray[np.intp]:
    """Return the frequency of each entry, int, from 0 to `size - 1`."""
    frequencies, step = np.zeros(1, dtype=np.intp), 1
    for factor in [*split_off(size), size // prod(split_off(size))]:
        frequencies = np.add.outer(frequencies, step * np.arange(factor)).ravel()
        step *= factor
    return frequencies


class RowFFT:
    """FFT of the rows of matrices, and its inverse, in place.

    Args:
        size: length of a row.
    """

    def __init__(self, size: int) -> None:
        self._parts: list[tuple[int, ComplexArray]] = []
        for factor in split_off(size):
            across = np.arange(size // factor)
            turns = np.multiply.outer(np.arange(factor), across) * (-2j * np.pi / size)
            self._parts.append((factor, np.exp(turns)))
            size //= factor
        self._rest = size

    def transform(self, rows: ComplexArray) -> None:
        """Replace rows, complex128 and contiguous, by their FFTs in the `order` of entries."""
        for factor, turns in self._parts:
            part = rows.reshape(-1, factor, turns.shape[1])
            np.fft.fft(part, axis=1, out=part)
            part *= turns
        rest = rows.reshape(-1, self._rest)
        np.fft.fft(rest, axis=1, out=rest)

    def inverse(self, rows: ComplexArray) -> None:
        """Replace FFTs of rows by the rows."""
        rest = rows.reshape(-1, self._rest)
        np.fft.ifft(rest, axis=1, out=rest)
        for factor, turns in reversed(self._parts):
            part = rows.reshape(-1, factor, turns.shape[1])
            part *= turns.conj()
            np.fft.ifft(part, axis=1, out=part)
