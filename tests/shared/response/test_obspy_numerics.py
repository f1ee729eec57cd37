"""ObsPy's small functions and the project's, to the last bit."""

import itertools

import numpy as np
from obspy.signal.invsim import cosine_sac_taper
from obspy.signal.invsim import cosine_taper as obspys_taper
from obspy.signal.util import _npts2nfft

from shared.response._obspy_numerics import cosine_band, cosine_taper, fft_length

FRACTIONS = (1e-9, 0.001, 0.05, 0.1, 0.3, 0.77, 0.99, 0.999999, 1.0)


def test_tapers_are_obspys() -> None:
    for npts, fraction in itertools.product([*range(2, 60), 999, 10_000], FRACTIONS):
        expected = obspys_taper(npts, fraction, sactaper=True, halfcosine=False)
        rise, fall = cosine_taper(npts, fraction)
        between = np.ones(npts - rise.size - fall.size)
        np.testing.assert_array_equal(np.concatenate([rise, between, fall]), expected)


def test_bands_are_obspys() -> None:
    frequencies = np.linspace(0, 50, 5_001)
    for corners in ((0.001, 0.002, 40.0, 45.0), (0.0, 1.0, 1.0, 60.0), (5.0, 7.5, 8.0, 50.0)):
        expected = cosine_sac_taper(frequencies, corners)
        np.testing.assert_array_equal(cosine_band(frequencies, corners), expected)


def test_lengths_are_obspys() -> None:
    many = np.random.default_rng(7).integers(6_000, 18_000_000, 60).tolist()
    for npts in [*range(1, 6_000, 31), *range(2_490, 2_520), *many, 8_640_000, 8_640_001]:
        assert fft_length(npts) == _npts2nfft(npts), npts
