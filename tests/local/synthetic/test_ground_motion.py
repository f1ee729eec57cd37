"""The synthetic ground motion: its spectrum, its earthquake, and its dependence on the seed."""

import numpy as np
import pytest
from obspy.signal.spectral_estimation import get_nhnm, get_nlnm
from scipy.signal import welch

from local.synthetic.ground_motion import ground_velocity, noise_psd

RATE = 40.0
NPTS = 2**20  # 7.3 hours


@pytest.fixture(scope="module")
def noise() -> np.ndarray:
    return ground_velocity(NPTS, RATE, seed=5, earthquake_at=None)


@pytest.fixture(scope="module")
def earthquake(noise) -> np.ndarray:
    """The earthquake alone, with P 1000.3 s after the first sample."""
    return ground_velocity(NPTS, RATE, seed=5, earthquake_at=1000.3) - noise


def rms(samples: np.ndarray) -> float:
    return float(np.sqrt(np.mean(samples**2)))


def between(samples: np.ndarray, begin: float, end: float) -> np.ndarray:
    """Return the samples from `begin` to `end`, in s after the first."""
    return samples[int(begin * RATE) : int(end * RATE)]


def test_noise_has_the_power_of_its_model(noise):
    frequencies, density = welch(noise, RATE, nperseg=2**14)
    inside = (frequencies > 0.05) & (frequencies < 0.7 * RATE / 2)
    ratio = density[inside] / noise_psd(frequencies[inside])
    # Each estimate is a mean over some 127 half-overlapping windows.
    assert np.abs(10 * np.log10(ratio)).max() < 2
    assert 10 * np.log10(ratio.mean()) == pytest.approx(0, abs=0.05)


def test_noise_lies_between_peterson_s_models():
    periods, low = get_nlnm()
    high = get_nhnm()[1]
    frequencies = 1 / periods
    acceleration = noise_psd(frequencies) * (2 * np.pi * frequencies) ** 2
    above_low = 10 * np.log10(acceleration) - low
    assert above_low == pytest.approx((high - low) / 3, abs=1e-6)
    assert noise_psd(np.array([0.0])) == 0


def test_noise_is_of_a_quiet_site(noise):
    # Dominated by the microseisms: tenths of a micrometre per second.
    assert 5e-8 < rms(noise) < 5e-7
    assert noise.dtype == np.float64
    assert noise.shape == (NPTS,)


def test_nothing_below_1_200_hz_nor_above_0_8_nyquist(noise):
    spectrum = np.abs(np.fft.rfft(noise))
    frequencies = np.fft.rfftfreq(NPTS, 1 / RATE)
    outside = (frequencies < 1 / 200) | (frequencies > 0.4 * RATE)
    assert spectrum[outside].max() < 1e-12 * spectrum.max()


def test_earthquake_begins_with_p_has_its_peak_in_s_and_a_coda(earthquake):
    before = rms(between(earthquake, 900, 1000))
    p_wave = rms(between(earthquake, 1000.3, 1002.3))
    s_wave = rms(between(earthquake, 1005.3, 1008.3))
    coda = [rms(between(earthquake, begin, begin + 10)) for begin in (1020, 1040, 1060, 1100)]
    # The high-pass filter of the band is acausal: a swell precedes P, 0.15 % of it and far below
    # the noise.
    assert before < 1e-2 * p_wave
    assert p_wave < s_wave / 2
    assert s_wave > coda[0] > coda[1] > coda[2] > coda[3] > 0
    assert 1005.3 < np.abs(earthquake).argmax() / RATE < 1010
    assert 1e-5 < np.abs(earthquake).max() < 1e-4
    assert rms(between(earthquake, 1320, 1400)) < 1e-4 * s_wave


def test_earthquake_stands_out_of_the_noise(noise, earthquake):
    assert rms(between(earthquake, 1000.3, 1002.3)) > 10 * rms(noise)


def test_earthquake_does_not_depend_on_the_day_s_length(earthquake):
    short = 2**16  # the coda is cut off
    cut = ground_velocity(short, RATE, 5, 1000.3) - ground_velocity(short, RATE, 5, None)
    window = slice(int(1000 * RATE), int(1060 * RATE))
    assert cut[window] == pytest.approx(earthquake[window], abs=1e-7)


def test_an_earthquake_may_begin_just_before_the_end():
    assert ground_velocity(4000, RATE, 1, earthquake_at=99.99).shape == (4000,)


def test_a_seed_fixes_the_motion():
    first, second, other = (ground_velocity(2**16, RATE, seed, None) for seed in (1, 1, 2))
    assert np.array_equal(first, second)
    assert abs(np.corrcoef(first, other)[0, 1]) < 0.1


def test_the_random_numbers_are_those_the_archive_was_designed_with():
    # NumPy may change a distribution's random numbers between versions.
    assert ground_velocity(2**12, RATE, 1, None)[:2] == pytest.approx(
        [8.131837487e-08, 7.356973515e-08], rel=1e-6
    )


@pytest.mark.parametrize(
    ("npts", "rate", "seed", "at", "message"),
    [
        (0, 40.0, 1, None, "got 0 and 40.0"),
        (10, 0.0, 1, None, "got 10 and 0.0"),
        (4000, 40.0, 1, 100.0, "100.0 s of the samples, got 100.0"),
        (4000, 40.0, 1, -1.0, "got -1.0"),
        (4000, 40.0, -1, None, "negative"),
    ],
)
def test_arguments_out_of_range_are_named(npts, rate, seed, at, message):
    with pytest.raises(ValueError, match=message):
        ground_velocity(npts, rate, seed, at)
