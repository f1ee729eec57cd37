"""Linear convolution of a long trace with a transfer function, fast and in little memory.

The plain method pads N samples with N zeros against wrap-around, transforms, multiplies, transforms
back and discards the second half. Half of its input is zero and half of its output unused, so the
transform of length 2N can be avoided. Its odd bins and its even bins are each a transform of the N
samples (decimation in frequency, Cooley and Tukey 1965). The even bins are split repeatedly. No
array is longer than the trace.

The odd bins of a real transform of M samples are one complex transform of M/2: the two halves of
the samples are its real and imaginary parts, with a phase shift. Its entry j is bin 1 + 4j. Entries
beyond the Nyquist frequency are the conjugates of the bins 3 + 4i.
"""

from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from shared.response import _fft
from shared.response.arrays import ComplexArray, FloatArray

AnyArray = npt.NDArray[Any]

_BLOCK = 32768  # samples processed at a time, which fit the processor's cache
_MAX_STRIDE = 8  # from this stride on, a further split saves no time


class Transfer(Protocol):
    """A transfer function on the bins of an FFT of even length.

    Attributes:
        last_bin: the bin of the Nyquist frequency, half of the FFT's length.
    """

    last_bin: int

    def multiply(
        self, spectrum: ComplexArray, first: int, step: int, conjugate: bool = False
    ) -> None:
        """Multiply a spectrum, whose entry j is bin `first + j * step`, in place."""


def convolve(samples: FloatArray, transfer: Transfer) -> None:
    """Convolve samples with a transfer function, in place.

    The result is the first half of `irfft(rfft(samples, nfft) * transfer)`, where nfft is twice the
    number of samples. As in ObsPy, the magnitude replaces the value at the Nyquist frequency.

    Args:
        samples: float64, contiguous; half of the FFT's length. An odd number of samples prevents
            the split, and takes twice the memory.
        transfer: the transfer function on the bins of that FFT.

    Raises:
        ValueError: the number of samples is not half of the FFT's length.
    """
    if samples.size != transfer.last_bin:
        raise ValueError(
            f"{samples.size} samples: must be {transfer.last_bin}, half of the FFT's length"
        )
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
    """Apply the bins 0, stride, 2 stride, ... to the samples, in place."""
    size = samples.size
    if size % 8 or stride >= _MAX_STRIDE:
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
    """Apply the same bins without a split, to an even number of samples.

    Pairs of samples as real and imaginary parts have a transform of half the length. The transform
    of the samples follows from it in place (Cooley, Lewis and Welch 1970).
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
    """Turn the transform of pairs into that of samples (sign -1) or back (sign 1), in place.

    Entry 0, which holds two bins, is left to the caller.
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
    """Apply the bins stride, 3 stride, 5 stride, ... to the samples.

    Returns:
        Half as many values, complex128: the real parts are the first half of the result, the
        negative imaginary parts its second.
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
    # Two transforms of half the length need half the scratch memory.
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
    # In reverse order, the others are the conjugates of bins from step - first on.
    transfer.multiply(values[below:][::-1], step - first, step, conjugate=True)
    _fft.inverse(values)


def _turn(values: ComplexArray, angle: float) -> None:
    """Multiply entry m by exp(i m angle), in place."""
    table = np.exp(1j * angle * np.arange(min(_BLOCK, values.size)))
    for first in range(0, values.size, _BLOCK):
        part = values[first : first + _BLOCK]
        part *= table[: part.size] * np.exp(1j * angle * first)


def _sum_and_difference(first: AnyArray, second: AnyArray) -> None:
    """Replace two arrays by their sum and their difference."""
    for begin in range(0, first.size, _BLOCK):
        one, other = first[begin : begin + _BLOCK], second[begin : begin + _BLOCK]
        difference = one - other
        one += other
        other[:] = difference
