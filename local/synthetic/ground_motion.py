"""Synthetic ground motion: the noise of a quiet site, with or without an earthquake."""

import numpy as np
import numpy.typing as npt

Samples = npt.NDArray[np.float64]

# The band of the ground motion, with cosine ramps at both ends. Low end: 0 up to the first and 1
# from the second, in Hz. High end: 1 up to the first and 0 from the second, in fractions of the
# Nyquist frequency.
LOW_RAMP = (1 / 200, 1 / 100)
HIGH_RAMP = (0.7, 0.8)

# The noise level in decibels, on a scale from 0 (Peterson's low noise model) to 1 (his high noise
# model): 12 to 26 dB above the quietest sites on Earth.
_NOISE_LEVEL = 1 / 3

# The earthquake: M 3 at 40 km. Moment 10**(1.5 M + 9.1) = 4e13 N m, stress drop 3 MPa and shear
# velocity 3.2 km/s give Brune's corner frequency, 0.49 * 3200 * (3e6 / 4e13)**(1/3) Hz.
_CORNER = 6.6
# t*: travel time divided by Q, for path and site together, in s.
_T_STAR = 0.06
_S_AFTER_P = 5.0  # s
_P_AFTER_ORIGIN = 6.6  # s
_PEAK = 4e-5  # m/s
_DURATION = 300.0  # s; by then the coda is far below the noise


def ground_velocity(
    npts: int, sampling_rate: float, seed: int, earthquake_at: float | None
) -> Samples:
    """Return ground velocity in m/s: float64, of shape `(npts,)`.

    It is Gaussian noise with the spectrum of a quiet site (`noise_psd`), plus an earthquake of
    about magnitude 3 at 40 km with a peak of 4e-5 m/s. The motion is periodic: the first sample
    continues the last.

    The motion is band-limited, so that an instrument's record determines all of it. Below 1/200 Hz
    there is none: the response falls with the square of the frequency there, and rounding to whole
    counts would lose a motion that the noise models let grow over hours. Above 0.8 of Nyquist there
    is none: digitizers' anti-alias filters begin there. Between 0.01 Hz and 0.7 of Nyquist the band
    changes nothing.

    Args:
        npts: number of samples, positive.
        sampling_rate: in Hz, positive.
        seed: not negative; the same seed gives the same motion.
        earthquake_at: onset of the P wave, in s after the first sample; None: no earthquake.

    Raises:
        ValueError: an argument is out of its range, or the P wave's onset is not in the samples.
    """
    if npts <= 0 or sampling_rate <= 0:
        raise ValueError(f"need npts > 0 and sampling_rate > 0, got {npts} and {sampling_rate}")
    if earthquake_at is not None and not 0 <= earthquake_at < npts / sampling_rate:
        raise ValueError(
            f"earthquake_at must lie in the {npts / sampling_rate} s of the samples, "
            f"got {earthquake_at}"
        )
    frequencies = rfft_frequencies(npts, sampling_rate)
    # White noise of variance 1 has the one-sided power density 2 / sampling_rate.
    amplitude = np.sqrt(noise_psd(frequencies) * (sampling_rate / 2))
    spectrum = np.fft.rfft(np.random.default_rng(seed).standard_normal(npts))
    spectrum *= amplitude
    if earthquake_at is not None:
        spectrum += np.fft.rfft(_earthquake(npts, sampling_rate, seed, earthquake_at))
    spectrum *= _band(frequencies, sampling_rate / 2)
    return np.fft.irfft(spectrum, npts)


def noise_psd(frequencies: Samples) -> Samples:
    """Return the one-sided power spectral density of the noise's velocity in (m/s)^2/Hz; float64.

    In decibels, it lies a third of the way from the low to the high noise model of Peterson (1993,
    USGS Open-File Report 93-322). ObsPy tabulates both as acceleration in dB relative to
    1 (m/s^2)^2/Hz. The models end at 10 Hz; acceleration is constant above.

    Args:
        frequencies: in Hz, not negative. At 0 Hz the density is 0.
    """
    # Takes two seconds to import: only where it is used.
    from obspy.signal.spectral_estimation import get_nhnm, get_nlnm

    periods, low = get_nlnm()
    _, high = get_nhnm()  # at the same periods
    level = low + _NOISE_LEVEL * (high - low)
    density = np.zeros_like(frequencies)
    positive = frequencies > 0
    known = frequencies[positive]
    # Periods are in descending order, so log10(1/period) ascends.
    decibels = np.interp(np.log10(known), -np.log10(periods), level)
    density[positive] = 10 ** (decibels / 10) / (2 * np.pi * known) ** 2
    return density


def rfft_frequencies(npts: int, sampling_rate: float) -> Samples:
    """Return the frequencies in Hz of the rfft of `npts` samples at `sampling_rate` Hz; float64."""
    return np.asarray(np.fft.rfftfreq(npts, 1 / sampling_rate), dtype=np.float64)


def _band(frequencies: Samples, nyquist: float) -> Samples:
    """Return the band's gain, 0 to 1, at `frequencies` in Hz."""
    begin, whole = LOW_RAMP
    last_whole, end = (share * nyquist for share in HIGH_RAMP)
    rise = np.clip((frequencies - begin) / (whole - begin), 0, 1)
    fall = np.clip((end - frequencies) / (end - last_whole), 0, 1)
    return np.asarray(np.sin(np.pi / 2 * rise) ** 2 * np.sin(np.pi / 2 * fall) ** 2)


def _earthquake(npts: int, sampling_rate: float, seed: int, begin: float) -> Samples:
    """Return the earthquake alone in m/s, before band-limiting, in `npts` samples.

    It is Gaussian noise with the spectrum of source and path, times the envelope of the waves.
    """
    # Its own random numbers, so that the noise is the same with and without an earthquake.
    white = np.random.default_rng([seed, 1]).standard_normal(round(_DURATION * sampling_rate))
    frequencies = rfft_frequencies(white.size, sampling_rate)
    motion = np.fft.irfft(np.fft.rfft(white) * _earthquake_spectrum(frequencies), white.size)
    # The onset may lie between two samples: the envelope's times count from the onset.
    first = int(np.ceil(begin * sampling_rate))
    motion *= _envelope((first + np.arange(white.size)) / sampling_rate - begin)
    motion *= _PEAK / np.abs(motion).max()
    signal = np.zeros(npts)
    inside = signal[first : first + motion.size]
    inside += motion[: inside.size]
    return signal


def _earthquake_spectrum(frequencies: Samples) -> Samples:
    """Return the amplitude of velocity, without a unit, at `frequencies` in Hz.

    It is the omega-square source of Brune (1970, doi:10.1029/JB075i026p04997), with flat
    displacement below the corner, times anelastic attenuation.
    """
    source = frequencies / (1 + (frequencies / _CORNER) ** 2)
    return np.asarray(source * np.exp(-np.pi * frequencies * _T_STAR))


def _envelope(after_p: Samples) -> Samples:
    """Return the envelope of P, S and coda, without a unit, `after_p` seconds after P's onset.

    The coda decays as the power -1.5 of the time since the origin, and exponentially by attenuation
    (the single-scattering form of Aki and Chouet 1975, doi:10.1029/JB080i023p03322).
    """
    p_wave = 0.30 * _pulse(after_p, rise=0.05, decay=0.9)
    p_coda = 0.08 * _pulse(after_p, rise=0.3, decay=8.0)
    after_s = after_p - _S_AFTER_P
    s_wave = _pulse(after_s, rise=0.12, decay=1.8)
    since_origin = np.maximum(after_p, 0) + _P_AFTER_ORIGIN
    s_coda = 0.4 * _pulse(after_s, rise=0.5, decay=25.0)
    s_coda *= ((_P_AFTER_ORIGIN + _S_AFTER_P) / since_origin) ** 1.5
    return np.asarray(p_wave + p_coda + s_wave + s_coda)


def _pulse(time: Samples, rise: float, decay: float) -> Samples:
    """Return a pulse: 0 before time 0, a rise to almost 1, a decay; all arguments in s."""
    passed = np.maximum(time, 0)
    return np.asarray((1 - np.exp(-passed / rise)) * np.exp(-passed / decay))
