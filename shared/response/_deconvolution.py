"""Multiplies the spectrum of a long trace by a transfer function, in little time and memory.

A trace of N samples is padded with N zeros, so that its end does not wrap around into its
beginning, transformed, multiplied, transformed back, and the second half is thrown away. As half of
the input is zero and half of the output unwanted, the transform of length 2N need not be made: its
odd bins and its even bins are each a transform of the N samples alone (decimation in frequency,
Cooley and Tukey 1965), and the even bins are split so again. No array is longer than the trace.

The odd bins of a real transform of M samples are one complex transform of M/2 (the samples' halves
as real and imaginary part, turned by a quarter): its entry j is bin 1 + 4j, and the bins beyond the
Nyquist frequency among these are the conjugates of the bins 3 + 4i.
"""

from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from shared.response import _fft

ComplexArray = npt.NDArray[np.complex128]
FloatArray = npt.NDArray[np.float64]
AnyArray = npt.NDArray[Any]

_BLOCK = 32768  # samples worked on at a time, so that they stay in the processor's cache
_DEEPEST = 8  # stride at which no further split saves anything


class Transfer(Protocol):
    """A transfer function on the bins 0 to the Nyquist frequency of an FFT of even length."""

    last_bin: int

    def multiply(
        self, spectrum: ComplexArray, first: int, step: int, conjugate: bool = False
    ) -> None:
        """Multiply entries of a spectrum, which are bins first, first + step, ..., in place."""


def convolve(samples: FloatArray, transfer: Transfer) -> None:
    """Multiply the spectrum of samples by a transfer function, in place.

    The result is the first half of `irfft(rfft(samples, nfft) * transfer)` with an nfft of twice
    the number of samples. As in ObsPy, the value at the Nyquist frequency is made its magnitude.

    Args:
        samples: float64, contiguous; their number is half the FFT's length. If it is odd, the
            transform cannot be split, and takes twice the memory.
        transfer: of that FFT.

    Raises:
        ValueError: the number of samples is not half of the FFT's length.
    """
    if samples.size != transfer.last_bin:
        raise ValueError(f"{samples.size} samples: must be {transfer.last_bin}, half of the FFT's")
    if samples.size % 2:
        padded = np.zeros(2 * samples.size)
        padded[: samples.size] = samples
        _whole(padded, transfer, 1)
        samples[:] = padded[: samples.size]
        return
    odd = _odd_bins(samples, transfer, 1)
    _even_bins(samples, transfer, 2)
    half = samples.size // 2
    samples *= 0.5
    odd *= 0.5
    samples[:half] += odd.real
    samples[half:] -= odd.imag


def _even_bins(samples: FloatArray, transfer: Transfer, stride: int) -> None:
    """What the bins 0, stride, 2 stride, ... make of the samples, in place."""
    size = samples.size
    if size % 8 or stride >= _DEEPEST:
        _whole(samples, transfer, stride)
        return
    first, second = samples[: size // 2], samples[size // 2 :]
    _sum_and_difference(first, second)
    odd = _odd_bins(second, transfer, stride)
    _even_bins(first, transfer, 2 * stride)
    second[: size // 4] = odd.real
    np.negative(odd.imag, out=second[size // 4 :])
    del odd
    samples *= 0.5
    _sum_and_difference(first, second)


def _whole(samples: FloatArray, transfer: Transfer, stride: int) -> None:
    """The same without a split, of an even number of samples.

    Taken in pairs, as real and imaginary parts, they have a transform of half the length, from
    which theirs is had in place (Cooley, Lewis and Welch 1970).
    """
    values = samples.view(np.complex128)
    _fft.transform(values)
    _untangle(values, -1)
    zero, last = values[0].real + values[0].imag, values[0].real - values[0].imag
    values[0] = zero
    nyquist = np.array([last], dtype=np.complex128)
    transfer.multiply(values, 0, stride)
    transfer.multiply(nyquist, transfer.last_bin, stride)
    zero, last = values[0].real, abs(nyquist[0])
    values[0] = complex(zero + last, zero - last) / 2
    _untangle(values, 1)
    _fft.inverse(values)


def _untangle(values: ComplexArray, sign: int) -> None:
    """From the transform of pairs to the transform of samples (sign -1), or back, in place.

    The entries 1 and on; entry 0 holds two bins.
    """
    size = values.size
    for first in range(1, size // 2 + 1, _BLOCK):
        end = min(first + _BLOCK, size // 2 + 1)
        one, other = values[first:end], values[size - end + 1 : size - first + 1][::-1]
        mirrored = other.conj()
        even, odd = (one + mirrored) * 0.5, (one - mirrored) * 0.5
        odd *= np.exp(1j * sign * np.pi * (0.5 + np.arange(first, end) / size))
        one[:] = even + odd
        np.conj(even - odd, out=other)


def _odd_bins(samples: FloatArray, transfer: Transfer, stride: int) -> ComplexArray:
    """What the bins stride, 3 stride, 5 stride, ... make of the samples.

    Returns:
        Half as many complex values: the real parts are the result's first half, the imaginary
        parts the negative of its second.
    """
    half = samples.size // 2
    values = np.empty(half, dtype=np.complex128)
    values.real = samples[:half]
    np.negative(samples[half:], out=values.imag)
    _turn(values, -np.pi / samples.size)
    _filter(values, transfer, stride, 4 * stride)
    _turn(values, np.pi / samples.size)
    return values


def _filter(values: ComplexArray, transfer: Transfer, first: int, step: int) -> None:
    """Multiply the spectrum of values, whose entry j is bin `first + j * step`, in place."""
    if values.size % 2 or values.size < _BLOCK:
        _filter_whole(values, transfer, first, step)
        return
    # Two transforms of half the length need half the scratch space.
    one, other = values[: values.size // 2], values[values.size // 2 :]
    _sum_and_difference(one, other)
    _turn(other, -2 * np.pi / values.size)
    _filter_whole(one, transfer, first, 2 * step)
    _filter_whole(other, transfer, first + step, 2 * step)
    _turn(other, 2 * np.pi / values.size)
    values *= 0.5
    _sum_and_difference(one, other)


def _filter_whole(values: ComplexArray, transfer: Transfer, first: int, step: int) -> None:
    _fft.transform(values)
    below = -((first - transfer.last_bin) // step)  # entries below the Nyquist frequency
    transfer.multiply(values[:below], first, step)
    # From the other end, they are the conjugates of bins that begin at step - first.
    transfer.multiply(values[below:][::-1], step - first, step, conjugate=True)
    _fft.inverse(values)


def _turn(values: ComplexArray, angle: float) -> None:
    """Multiply entry m by exp(i m angle), in place."""
    table = np.exp(1j * angle * np.arange(min(_BLOCK, values.size)))
    for first in range(0, values.size, _BLOCK):
        part = values[first : first + _BLOCK]
        part *= table[: part.size] * np.exp(1j * angle * first)


def _sum_and_difference(first: AnyArray, second: AnyArray) -> None:
    """Replace two arrays by their sum and their difference, in place."""
    for begin in range(0, first.size, _BLOCK):
        one, other = first[begin : begin + _BLOCK], second[begin : begin + _BLOCK]
        difference = one - other
        one += other
        other[:] = difference
