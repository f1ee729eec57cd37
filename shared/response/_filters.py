"""The filters of a response's stages as functions of frequency.

The formulas are those of the SEED manual 2.4, appendix C, for blockettes 53, 54 and 61, and of
evalresp 3.2.36 where the manual leaves a choice: ObsPy removes responses by it. Each filter returns
its value before normalisation, for frequencies f in Hz.
"""

from collections.abc import Callable, Sequence
from functools import partial

import numpy as np

from shared.response.arrays import ComplexArray, FloatArray, product

Filter = Callable[[FloatArray], ComplexArray | FloatArray]

_TURN = 2 * np.pi

SUM_TOLERANCE = 0.02
"""evalresp divides the coefficients of a filter by their sum where it is this far from 1."""

_BLOCK = 16
"""Coefficients in one block of a polynomial: the fewest operations for some 50 to 500 of them."""


def analog(
    zeros: ComplexArray, poles: ComplexArray, hertz: bool, frequencies: FloatArray
) -> ComplexArray:
    """Return poles and zeros: H = product of (s - zero) / product of (s - pole).

    The variable s is i f for poles and zeros in hertz, and 2 pi i f for those in rad/s. At a pole
    itself evalresp divides by nothing, and the value is 0.

    Args:
        zeros: complex128.
        poles: complex128.
        hertz: whether they are in hertz.
        frequencies: f in Hz.
    """
    s = np.zeros(frequencies.shape, np.complex128)
    s.imag = frequencies if hertz else _TURN * frequencies
    above, below = _product(s, zeros), _product(s, poles)
    # As in evalresp, the square of a small or large value leaves the range of floats.
    above *= below.conj()
    square = below.real**2 + below.imag**2
    divisible = square != 0
    np.divide(above.real, square, out=above.real, where=divisible)
    np.divide(above.imag, square, out=above.imag, where=divisible)
    return above


def digital(
    zeros: ComplexArray, poles: ComplexArray, interval: float, frequencies: FloatArray
) -> ComplexArray:
    """Return poles and zeros of a digital filter: H = product of (z - zero) / that of (z - pole).

    The variable z is exp(2 pi i f T) for the sampling interval T.

    Args:
        zeros: complex128.
        poles: complex128.
        interval: T in seconds.
        frequencies: f in Hz.
    """
    z = _turned(_TURN * frequencies * interval)[:, None]
    return _quotient(z - zeros, z - poles)


def recursive(
    numerator: FloatArray, denominator: FloatArray, interval: float, frequencies: FloatArray
) -> ComplexArray:
    """Return coefficients with feedback: H = sum of n[k] z^-k / sum of d[k] z^-k.

    The variable z is exp(2 pi i f T) for the sampling interval T.

    Args:
        numerator: n, float64, of one coefficient or more.
        denominator: d, the same.
        interval: T in seconds.
        frequencies: f in Hz.
    """
    angle = _TURN * frequencies * interval
    above, below = polynomial(numerator, angle), polynomial(denominator, angle)
    return _quotient(above[:, None], below[:, None])


def symmetric(half: FloatArray, odd: bool, interval: float, frequencies: FloatArray) -> FloatArray:
    """Return a symmetric FIR filter relative to its centre: H = sum of c[k] cos(2 pi f T j[k]).

    As in evalresp, a filter that the metadata declare symmetric has no delay, and so has one whose
    coefficients are: recorders correct it. The distance j from the centre is 0, 1, ... for an odd
    number of coefficients, and 0.5, 1.5, ... for an even one.

    Args:
        half: the first half of the coefficients c, float64; with the centre of an odd number.
        odd: whether the whole number of coefficients is odd.
        interval: the sampling interval T in seconds.
        frequencies: f in Hz.
    """
    angle = _TURN * frequencies * interval
    outwards = 2 * half[::-1]
    if odd:
        outwards[0] /= 2
        return polynomial(outwards, angle).real
    return (_turned(-0.5 * angle) * polynomial(outwards, angle)).real


def asymmetric(
    coefficients: FloatArray, interval: float, correction: float, frequencies: FloatArray
) -> ComplexArray:
    """Return a FIR filter: H = exp(2 pi i f t) times the sum of c[k] z^-k.

    The variable z is exp(2 pi i f T) for the sampling interval T. As in evalresp, t is the
    correction that the recorder applied, not the delay that it estimated.

    Args:
        coefficients: c, float64.
        interval: T in seconds.
        correction: t in seconds.
        frequencies: f in Hz.
    """
    radians = _TURN * frequencies
    values = polynomial(coefficients, radians * interval)
    return values * _turned(radians * correction) if correction else values


def fir(coefficients: FloatArray, interval: float, correction: float) -> Filter:
    """Return the filter of coefficients that the metadata do not declare symmetric.

    As in evalresp, coefficients whose sum lies outside of 0.98 to 1.02 are divided by it, and those
    that read alike from both ends are symmetric.

    Args:
        coefficients: float64, one or more.
        interval: the sampling interval in seconds.
        correction: the applied correction of the decimation, in seconds.
    """
    total = coefficients.cumsum()[-1]  # in order, as the last bit decides at the limits
    if total < 1.0 - SUM_TOLERANCE or total > 1.0 + SUM_TOLERANCE:
        coefficients = coefficients / total
    if np.array_equal(coefficients, coefficients[::-1]):
        half, odd = divmod(coefficients.size, 2)
        return partial(symmetric, coefficients[: half + odd], bool(odd), interval)
    return partial(asymmetric, coefficients, interval, correction)


def polynomial(coefficients: Sequence[float] | FloatArray, angle: FloatArray) -> ComplexArray:
    """Return the sum of c[k] exp(-i k angle), as a polynomial of blocks of coefficients.

    Args:
        coefficients: c, one or more.
        angle: in radians, float64.

    Returns:
        complex128, one value for each angle.
    """
    rows = -(-len(coefficients) // _BLOCK)
    blocks = np.zeros(rows * _BLOCK)
    blocks[: len(coefficients)] = coefficients
    powers = np.empty((_BLOCK, angle.size), np.complex128)
    powers[0], powers[1] = 1, _turned(-angle)
    for order in range(2, _BLOCK):
        np.multiply(powers[order // 2], powers[order - order // 2], out=powers[order])
    inner = product(blocks.reshape(rows, _BLOCK), powers)
    values: ComplexArray = inner[-1]
    step = _turned(-_BLOCK * angle)
    for row in inner[-2::-1]:
        values *= step
        values += row
    return values


def amplitudes(values: ComplexArray | FloatArray) -> FloatArray:
    """Return amplitudes as evalresp takes them: their squares may leave the range of floats."""
    result: FloatArray = np.sqrt(values.real**2 + values.imag**2)
    return result


def _turned(angle: FloatArray) -> ComplexArray:
    """Return exp(i angle)."""
    values = np.empty(angle.shape, np.complex128)
    np.cos(angle, out=values.real)
    np.sin(angle, out=values.imag)
    return values


def _product(s: ComplexArray, roots: ComplexArray) -> ComplexArray:
    """Return 1 + i times the product of s - root: evalresp begins so, above and below."""
    values = np.full_like(s, 1 + 1j)
    for root in roots:
        values *= s - root
    return values


def _quotient(above: ComplexArray, below: ComplexArray) -> ComplexArray:
    """Return products over the last axis, one divided by the other, by amplitude and phase.

    Complex division gives NaN at a pole, where evalresp's amplitude is infinite.
    """
    amplitude = amplitudes(above).prod(axis=-1) / amplitudes(below).prod(axis=-1)
    phase = np.angle(above).sum(axis=-1) - np.angle(below).sum(axis=-1)
    values: ComplexArray = amplitude * _turned(phase)
    return values
