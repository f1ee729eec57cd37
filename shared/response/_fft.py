"""In-place FFTs that stay fast for long arrays and for lengths with large prime factors.

NumPy's FFT slows down with every prime factor above 11. ObsPy's lengths have prime factors of up to
499, and then take up to nine times as long. Here these factors are split off the length (J. W.
Cooley, J. W. Tukey, Math. Comp. 19, 1965). NumPy transforms the remaining length; the transforms of
the factors' own lengths are matrix products, which run at tens of billions of operations a second.
Between factors the array is reordered as by T. G. Stockham (1966).

Splitting off one factor also speeds up long transforms without large prime factors. NumPy passes
through all of the memory once for each factor; the remaining length here fits the cache.
"""

import math
from typing import Literal

import numpy as np

from shared.response.arrays import ComplexArray

_SPLIT_OFF = range(14, 1000)  # prime factors to split off; NumPy is faster with others
_LONG = 1 << 20  # values, more than a cache holds
_BLOCK = 32768  # values processed at a time, which fit the processor's cache


def transform(values: ComplexArray) -> None:
    """Replace values, complex128 and contiguous, by their FFT; needs as much scratch memory."""
    _transform(values, -1)


def inverse(values: ComplexArray) -> None:
    """Replace values by their inverse FFT, divided by the length; needs as much scratch memory."""
    _transform(values, 1)


def prime_factors(number: int) -> list[int]:
    """Return the prime factors of a positive number, ascending, with repetition."""
    factors, factor = [], 2
    while factor * factor <= number:
        while number % factor == 0:
            factors.append(factor)
            number //= factor
        factor += 1
    return factors + [number] * (number > 1)


def _factors(size: int) -> list[int]:
    """Return the factors to split off a length; all are odd."""
    primes = [prime for prime in prime_factors(size) if prime in _SPLIT_OFF]
    if primes or size < _LONG:
        return primes
    return [factor for factor in range(25, 65, 2) if size % factor == 0][-1:]


def _transform(values: ComplexArray, sign: int) -> None:
    numpy_fft = np.fft.fft if sign < 0 else np.fft.ifft
    factors = _factors(values.size)
    if not factors:
        numpy_fft(values, out=values)
        return
    rows = split_off = math.prod(factors)
    columns = values.size // rows
    now, other = np.empty_like(values), values
    table = now.reshape(rows, columns)
    table[:] = values.reshape(columns, rows).T
    numpy_fft(table, axis=1, out=table)
    _turn(table, sign * 2 * np.pi / values.size)
    for factor in factors:
        rows //= factor
        table = now.reshape(factor, -1)
        if rows == 1:
            _short(table, other.reshape(factor, -1), sign)
        else:
            _short(table, table, sign)
            parts = table.reshape(factor, rows, columns)
            _turn(parts, sign * 2 * np.pi / (factor * rows))
            other.reshape(rows, factor, columns)[:] = parts.swapaxes(0, 1)
        now, other = other, now
        columns *= factor
    if now is not values:
        values[:] = now
    if sign > 0:
        values /= split_off


def _turn(table: ComplexArray, angle: float) -> None:
    """Multiply entries (j, k) or (j, k, ...) by exp(i angle j k), in place."""
    # Along the longer axis only some exponentials are computed; the others are products of two.
    order: Literal["C", "F"] = "C"
    if table.shape[1] > table.shape[0]:
        table, order = table.swapaxes(0, 1), "F"
    across = np.arange(table.shape[1])
    rows = math.isqrt(len(table))
    factors = np.exp(1j * angle * np.multiply.outer(np.arange(rows), across, order=order))
    for first in range(0, len(table), rows):
        part = table[first : first + rows]
        turn = factors[: len(part)] * np.exp(1j * angle * first * across)
        part *= turn if table.ndim == 2 else turn[:, :, None]


def _short(source: ComplexArray, target: ComplexArray, sign: int) -> None:
    """Transform each column of an odd length from source to target, which may be the same array.

    The sum of an entry and its mirror image needs only the cosines, the difference only the sines:
    both are real matrices of a quarter of the size.
    """
    length, half = len(source), len(source) // 2
    order = np.arange(1, half + 1)
    angles = np.outer(order, order) % length * (2 * np.pi / length)
    cosines, sines = np.cos(angles), np.sin(angles) * sign
    width = max(1, _BLOCK // length)
    for first in range(0, source.shape[1], width):
        part, result = source[:, first : first + width], target[:, first : first + width]
        zeroth, mirrored = part[0].copy(), part[:half:-1]
        sums, differences = part[1 : half + 1] + mirrored, part[1 : half + 1] - mirrored
        even = (cosines @ sums.view(np.float64)).view(np.complex128) + zeroth
        odd = (sines @ differences.view(np.float64)).view(np.complex128) * 1j
        result[0] = zeroth + sums.sum(axis=0)
        result[1 : half + 1] = even + odd
        result[:half:-1] = even - odd
