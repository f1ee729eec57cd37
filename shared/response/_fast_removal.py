"""Response removal that agrees with ObsPy's, in a fraction of its time and memory.

The steps and their order are those of `obspy.core.trace.Trace.remove_response`: FFT of twice the
length, band, inverse response, inverse FFT. Here the response is evaluated on few frequencies
(`_inverse_response`), and no FFT has the padded length (`_deconvolution`).
"""

import hashlib
import pickle
import warnings
from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np
from obspy.core.inventory import PolynomialResponseStage, Response, ResponseListResponseStage
from scipy.fft import next_fast_len

from shared.response import _deconvolution
from shared.response._fft import prime_factors
from shared.response._inverse_response import InverseResponse
from shared.response._obspy_numerics import cosine_band
from shared.response.arrays import ComplexArray, FloatArray
from shared.response.evaluation import evaluate
from shared.response.parameters import Corners

_MIN_SAMPLES = 10_000
"""Shorter segments gain nothing: evalresp on every frequency is as fast as on selected ones."""

_MAX_CACHED = 8
"""Inverse responses that a warm container caches, each of a few megabytes at most."""


def covers(response: Response, npts: int) -> bool:
    """Return whether `remove` supports this response, for a segment of `npts` samples.

    A polynomial is not a transfer function. A response list has few frequencies, and ObsPy
    interpolates between them in its own manner.
    """
    unsupported = (PolynomialResponseStage, ResponseListResponseStage)
    stages = response.response_stages
    return (
        npts >= _MIN_SAMPLES
        and bool(stages)
        and not any(isinstance(stage, unsupported) for stage in stages)
    )


def remove(
    samples: FloatArray,
    sampling_rate: float,
    response: Response,
    output: str,
    water_level: float | None,
    pre_filt: Corners,
) -> None:
    """Remove the response from samples, in place.

    Args:
        samples: float64, contiguous: counts, demeaned and tapered, followed by zeros up to half
            of their `fft_length`. The result is meaningless where the zeros were.
        sampling_rate: in Hz.
        response: a response that `covers` accepts.
        output: "DISP", "VEL", "ACC" or "DEF".
        water_level: in dB; None is no water level.
        pre_filt: four corners in Hz; None is no filter.

    Raises:
        ValueError, IndexError, NotImplementedError: evalresp refuses the response.
    """
    nfft = 2 * samples.size
    cached = _cached_inverse(_Key.of(response), output, sampling_rate, nfft, water_level)
    for message in cached.warnings:
        warnings.warn(message, stacklevel=2)
    transfer: _deconvolution.Transfer = cached.inverse
    if pre_filt:
        transfer = _Band(cached.inverse, pre_filt, sampling_rate / nfft)
    _deconvolution.convolve(samples, transfer)


def fft_length(npts: int) -> int:
    """Return the length of the FFT for `npts` samples: even, and at least twice as many.

    It equals ObsPy's (`obspy.signal.util._npts2nfft`), so that results agree, with one exception.
    ObsPy takes the next power of two, up to twice as long as needed, to avoid lengths with large
    prime factors; here a shorter fast length replaces it.
    """
    length = 2 * (npts + npts % 2)
    if length <= 5000:
        return length
    for trial in range(length, length + 21, 2):
        if prime_factors(trial)[-1] < 500:
            return trial
    next_power_of_two = 1 << (length - 1).bit_length()
    return min(_fast_length(length), next_power_of_two)


def _fast_length(length: int) -> int:
    """Return a length, at least as long, with a fast transform; it is rarely 1 % longer.

    It is a multiple of 32, which `_deconvolution` splits as far as it can. It has no prime factor
    above 11, since NumPy's FFT has special code for each smaller one. Many factors of two are
    avoided: strides of powers of two share a few places of the cache. 2^18 * 33 samples take 1.4
    times as long as neighbouring lengths.
    """
    factor = -(-length // 32)
    while (factor := int(next_fast_len(factor))) % 512 == 0:
        factor += 1
    return 32 * factor


@dataclass(frozen=True)
class _Key:
    """A response as a cache key, equal to another if all of its contents are equal."""

    digest: bytes
    response: Response = field(compare=False)

    @classmethod
    def of(cls, response: Response) -> "_Key":
        return cls(hashlib.sha256(pickle.dumps(response)).digest(), response)


@dataclass(frozen=True)
class _CachedInverse:
    """An inverse response, with the warnings of evalresp to repeat for each segment."""

    inverse: InverseResponse
    warnings: tuple[str, ...]


@lru_cache(maxsize=_MAX_CACHED)
def _cached_inverse(
    key: _Key, output: str, sampling_rate: float, nfft: int, water_level: float | None
) -> _CachedInverse:
    # Rounded as in ObsPy: at a zero of the response, the last bit decides whether it is clipped.
    spacing = 1 / (2 * (1 / sampling_rate)) / (nfft // 2)

    def at_bins(bins: FloatArray) -> ComplexArray:
        return evaluate(key.response, bins * spacing, output)

    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        inverse = InverseResponse(at_bins, nfft, water_level)
    return _CachedInverse(inverse, tuple(dict.fromkeys(str(warning.message) for warning in caught)))


class _Band:
    """An inverse response multiplied by the cosine band of `pre_filt`.

    Args:
        inverse: the inverse response.
        corners: f1 to f4 in Hz; the band is 1 from f2 to f3, and 0 below f1 and above f4.
        spacing: distance of the FFT's bins in Hz.
    """

    def __init__(
        self, inverse: InverseResponse, corners: tuple[float, float, float, float], spacing: float
    ) -> None:
        self.last_bin = inverse.last_bin
        self._inverse = inverse
        self._corners = corners
        self._spacing = spacing

    def multiply(
        self, spectrum: ComplexArray, first: int, step: int, conjugate: bool = False
    ) -> None:
        """Multiply a spectrum in place, as `InverseResponse.multiply` does."""
        # One bin of tolerance on each side keeps rounding from putting a bin into the wrong part.
        f1, f2, f3, f4 = (corner / self._spacing for corner in self._corners)
        edges = [(f1 - first) / step - 1, (f2 - first) / step + 2]
        edges += [(f3 - first) / step - 1, (f4 - first) / step + 2]
        a, b, c, d = (int(min(max(edge, 0), spectrum.size)) for edge in edges)
        spectrum[:a] = 0
        spectrum[d:] = 0
        removed = []
        for begin, end in ((a, b), (max(b, c), d)):
            bins = first + step * np.arange(begin, end, dtype=np.float64)
            taper = cosine_band(bins * self._spacing, self._corners)
            spectrum[begin:end] *= taper
            removed.append(begin + np.flatnonzero(taper == 0))
        self._inverse.multiply(spectrum[a:d], first + a * step, step, conjugate)
        # Where the response is zero, its inverse is infinite, and zero times infinity is NaN.
        spectrum[np.concatenate(removed)] = 0
