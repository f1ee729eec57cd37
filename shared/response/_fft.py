"""FFTs in place, of any length: quick also where it is long, or has prime factors of hundreds.

NumPy's FFT slows down with every prime factor above 11: ObsPy's lengths have such of up to 499,
and take up to nine times as long as others. Here these factors are taken out of the length (J. W.
Cooley, J. W. Tukey, Math. Comp. 19, 1965): what remains is left to NumPy, and the transforms of
their own lengths are products of matrices, of which a processor does tens of billions of steps a
second. From one factor to the next the result is put in order, as T. G. Stockham did (1966).

One such factor also makes a long transform without any quicker: NumPy goes through all the memory
for each factor of a length, but what remains of it here fits the cache.
"""

import math
from typing import Literal

import numpy as np
import numpy.typing as npt

ComplexArray = npt.NDArray[np.complex128]

_OURS = range(14, 1000)  # prime factors; NumPy does better with others
_LONG = 1 << 20  # values that no cache holds
_BLOCK = 32768  # values worked on at a time, so that they stay in the processor's cache


def transform(values: ComplexArray) -> None:
    """The FFT of values, complex128 and contiguous, in place; takes as much space once more."""
    _transform(values, -1)


def inverse(values: ComplexArray) -> None:
    """The inverse FFT, divided by the length, in place; takes as much space once more."""
    _transform(values, 1)


def prime_factors(number: int) -> list[int]:
    """The prime factors of a number above 0, ascending, each as often as it is one."""
    factors, factor = [], 2
    while factor * factor <= number:
        while number % factor == 0:
            factors.append(factor)
            number //= factor
        factor += 1
    return factors + [number] * (number > 1)


def _factors(size: int) -> list[int]:
    """The factors of a length, all odd, that are taken out of it."""
    primes = [prime for prime in prime_factors(size) if prime in _OURS]
    if primes or size < _LONG:
        return primes
    return [factor for factor in range(25, 65, 2) if size % factor == 0][-1:]


def _transform(values: ComplexArray, sign: int) -> None:
    by_numpy = np.fft.fft if sign < 0 else np.fft.ifft
    factors = _factors(values.size)
    if not factors:
        by_numpy(values, out=values)
        return
    rows = taken = math.prod(factors)
    columns = values.size // rows
    now, other = np.empty_like(values), values
    table = now.reshape(rows, columns)
    table[:] = values.reshape(columns, rows).T
    by_numpy(table, axis=1, out=table)
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
        values /= taken


def _turn(table: ComplexArray, angle: float) -> None:
    """Multiply entry (j, k) or entries (j, k, all) by exp(i angle j k), in place."""
    # Along the longer axis few exponentials are computed, the others are products of two.
    order: Literal["C", "F"] = "C"
    if table.shape[1] > table.shape[0]:
        table, order = table.swapaxes(0, 1), "F"
    across = np.arange(table.shape[1])
    some = math.isqrt(len(table))
    factors = np.exp(1j * angle * np.multiply.outer(np.arange(some), across, order=order))
    for first in range(0, len(table), some):
        part = table[first : first + some]
        turn = factors[: len(part)] * np.exp(1j * angle * first * across)
        part *= turn if table.ndim == 2 else turn[:, :, None]


def _short(source: ComplexArray, target: ComplexArray, sign: int) -> None:
    """The transform of each column, of an odd length; the target may be the source.

    The sum of an entry and its mirror image needs the cosines alone, the difference the sines: real
    matrices of a quarter of the size.
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
