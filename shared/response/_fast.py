"""Response removal as ObsPy's, in a fraction of its time and memory.

The same steps in the same order (`obspy.core.trace.Trace.remove_response`): FFT of twice the
length, band, inverse response, inverse FFT. But the response is evaluated on few frequencies
(`inverse_response`), and the FFT is never of the padded length (`deconvolution`).
"""

import hashlib
import pickle
import warnings
from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np
from obspy.core.inventory import PolynomialResponseStage, Response, ResponseListResponseStage
from obspy.signal.invsim import cosine_sac_taper
from scipy.fft import next_fast_len

from shared.response import _deconvolution
from shared.response._fft import prime_factors
from shared.response._inverse_response import ComplexArray, FloatArray, InverseResponse
from shared.response.parameters import Corners

_FEWEST_SAMPLES = 10_000
"""Below, evalresp on every frequency costs no more than choosing some of them."""

_KEPT = 8
"""Inverse responses that a warm container keeps, of a few megabytes at most each."""


def covers(response: Response, npts: int) -> bool:
    """Whether `remove` can do a segment of `npts` samples.

    Polynomials are no transfer functions, and response lists are known on a few frequencies only,
    between which ObsPy has its own way to interpolate.
    """
    foreign = (PolynomialResponseStage, ResponseListResponseStage)
    stages = response.response_stages
    return (
        npts >= _FEWEST_SAMPLES
        and bool(stages)
        and not any(isinstance(stage, foreign) for stage in stages)
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
        samples: float64, contiguous: as many counts as there are, demeaned and tapered, then
            zeros up to half of their `fft_length`. What becomes of the zeros is of no use.
        sampling_rate: in Hz.
        response: `covers` it.
        output: "DISP", "VEL", "ACC" or "DEF".
        water_level: in dB; None is none.
        pre_filt: four corners in Hz; None is no filter.

    Raises:
        ValueError, IndexError, NotImplementedError: evalresp refuses the response.
    """
    nfft = 2 * samples.size
    known = _known(_Key.of(response), output, sampling_rate, nfft, water_level)
    for note in known.warnings:
        warnings.warn(note, stacklevel=2)
    transfer: _deconvolution.Transfer = known.inverse
    if pre_filt:
        transfer = _Band(known.inverse, pre_filt, sampling_rate / nfft)
    _deconvolution.convolve(samples, transfer)


def fft_length(npts: int) -> int:
    """The length of the FFT for a segment of `npts` samples: even, and at least twice that.

    It is ObsPy's (`obspy.signal.util._npts2nfft`), so that results agree, but where ObsPy takes the
    next power of two, as one with large prime factors is slow: up to twice as long as need be.
    """
    length = 2 * (npts + npts % 2)
    if length <= 5000:
        return length
    for trial in range(length, length + 21, 2):
        if prime_factors(trial)[-1] < 500:
            return trial
    next_power_of_two = 1 << (length - 1).bit_length()
    return min(_quick_length(length), next_power_of_two)


def _quick_length(length: int) -> int:
    """A length, at least as long, that is quick: rarely 1 % longer.

    `deconvolution` splits all multiples of 32 as far as it can. Of these, it is one without a prime
    factor above 11: for each of the others NumPy's FFT has code of its own. Many factors of two
    make it slow, as it then strides through memory by powers of two, which share a few places of
    the cache: with 2^18 * 33 samples it takes 1.4 times the time of its neighbours.
    """
    factor = -(-length // 32)
    while (factor := int(next_fast_len(factor))) % 512 == 0:
        factor += 1
    return 32 * factor


@dataclass(frozen=True)
class _Key:
    """A response, equal to another if all it consists of is equal."""

    digest: bytes
    response: Response = field(compare=False)

    @classmethod
    def of(cls, response: Response) -> "_Key":
        return cls(hashlib.sha256(pickle.dumps(response)).digest(), response)


@dataclass(frozen=True)
class _Known:
    """What depends on the channel alone: its inverse response, and what evalresp warned of."""

    inverse: InverseResponse
    warnings: tuple[str, ...]


def forget() -> None:
    """Drop the inverse responses that are kept from one segment to the next."""
    _known.cache_clear()


@lru_cache(maxsize=_KEPT)
def _known(
    key: _Key, output: str, sampling_rate: float, nfft: int, water_level: float | None
) -> _Known:
    # Rounded as ObsPy rounds it: at a zero of the response the last bit decides what is clipped.
    spacing = 1 / (2 * (1 / sampling_rate)) / (nfft // 2)

    def evaluate(bins: FloatArray) -> ComplexArray:
        values: ComplexArray = key.response.get_evalresp_response_for_frequencies(
            bins * spacing, output=output
        )
        return values

    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        inverse = InverseResponse(evaluate, nfft, water_level)
    return _Known(inverse, tuple(dict.fromkeys(str(warning.message) for warning in caught)))


class _Band:
    """An inverse response times a cosine band: `pre_filt`.

    Args:
        inverse: the inverse response.
        corners: f1 to f4 in Hz; 1 from f2 to f3, 0 below f1 and above f4.
        spacing: of the FFT's bins, in Hz.
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
        """Multiply entries of a spectrum, as `InverseResponse.multiply` does."""
        # A bin more to each side, so that rounding puts none into the wrong part.
        f1, f2, f3, f4 = (corner / self._spacing for corner in self._corners)
        edges = [(f1 - first) / step - 1, (f2 - first) / step + 2]
        edges += [(f3 - first) / step - 1, (f4 - first) / step + 2]
        a, b, c, d = (int(min(max(edge, 0), spectrum.size)) for edge in edges)
        spectrum[:a] = 0
        spectrum[d:] = 0
        for begin, end in ((a, b), (max(b, c), d)):
            bins = first + step * np.arange(begin, end, dtype=np.float64)
            spectrum[begin:end] *= cosine_sac_taper(bins * self._spacing, self._corners)
        self._inverse.multiply(spectrum[a:d], first + a * step, step, conjugate)
