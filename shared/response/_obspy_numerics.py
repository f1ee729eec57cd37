"""Small functions of ObsPy's response removal, equal to the last bit.

They stand here because `obspy.signal` loads SciPy and Matplotlib, for longer than a removal takes.
"""

import numpy as np

from shared.response._fft import prime_factors
from shared.response.arrays import FloatArray


def cosine_taper(npts: int, fraction: float) -> tuple[FloatArray, FloatArray]:
    """Return both ends of a window: quarters of a cosine, 0 at the first and last sample.

    In between, the window is 1. It is ObsPy's `cosine_taper` with `sactaper=True` and
    `halfcosine=False`.

    Args:
        npts: number of samples, 2 or more.
        fraction: of the samples that are tapered, both ends together; above 0, at most 1.

    Returns:
        float64, the window's first samples and its last ones.
    """
    length = int(npts * fraction / 2 + (0.5 if fraction < 1 else 0))
    first, last = max(length, 1), min(npts - length - 1, npts - 2)
    rise = np.cos(-(np.pi / 2.0 * (float(first) - np.arange(min(first, last))) / first))
    places = np.arange(last + 1, npts)
    return rise, np.cos(np.pi / 2.0 * (float(last) - places) / (npts - 1 - last))


def cosine_band(frequencies: FloatArray, corners: tuple[float, float, float, float]) -> FloatArray:
    """Return the band of `pre_filt`, as ObsPy's `cosine_sac_taper` gives it.

    Args:
        frequencies: in Hz, float64.
        corners: f1 to f4 in Hz; the band is 1 from f2 to f3, and 0 below f1 and above f4.

    Returns:
        float64, half a cosine from f1 to f2 and from f3 to f4.
    """
    f1, f2, f3, f4 = corners
    band = np.zeros_like(frequencies)
    rises = (f1 <= frequencies) & (frequencies <= f2)
    band[rises] = 0.5 * (1.0 - np.cos(np.pi * (frequencies[rises] - f1) / (f2 - f1)))
    band[(f2 < frequencies) & (frequencies < f3)] = 1.0
    falls = (f3 <= frequencies) & (frequencies <= f4)
    band[falls] = 0.5 * (1.0 + np.cos(np.pi * (frequencies[falls] - f3) / (f4 - f3)))
    return band


def fft_length(npts: int) -> int:
    """Return the length of ObsPy's FFT for `npts` samples, as its `_npts2nfft` gives it.

    It is twice as long, or slightly longer so that no prime factor reaches 500; failing that, it
    is the next power of two.
    """
    length = 2 * (npts + npts % 2)
    if length <= 5000:
        return length
    smooth = (trial for trial in range(length, length + 21, 2) if max(prime_factors(trial)) < 500)
    return next(smooth, 1 << (length - 1).bit_length())
