"""Corners of `pre_filt`: checked as given, or derived from the response."""

import math
import warnings

import numpy as np
from obspy.core.inventory import Response

from shared.errors import BadRequestError
from shared.response._flatness import flattest_motion, flattest_power
from shared.response.evaluation import evaluate
from shared.response.parameters import Corners, PreFilt
from shared.response.response_lists import is_list
from shared.response.units import input_units, motion_derivative

_BAND_DB = 20.0
"""The passband of an instrument is where its response, to the quantity that it is flattest to, is
at most this far below the maximum: a 120 s seismometer reaches down to 0.003 Hz, a 1 Hz geophone to
0.3 Hz."""

_ACCELEROMETER_HZ = 0.02
"""Lowest f2 of an accelerometer. It responds down to 0 Hz, but below this its self-noise exceeds
even high ground noise (Clinton and Heaton, Potential advantages of a strong-motion velocity meter
over a strong-motion accelerometer, Seismological Research Letters 73(3), 332-342, 2002)."""

_UPPER = 0.8, 0.9
"""Highest f3 and f4, as fractions of the Nyquist frequency: anti-alias filters begin there."""

_PERIODS = 10.0
"""Lowest number of periods of f2 within the data."""

_DAY_S = 86_400.0

_PER_DECADE = 200  # frequencies at which the response is evaluated


def resolve(pre_filt: PreFilt, response: Response, sampling_rate: float, seconds: float) -> Corners:
    """Return the corners of a request's `pre_filt`.

    "auto" becomes the instrument's passband. From f2 to f3 its response is within 20 dB of the
    maximum: the response to displacement, velocity or acceleration, whichever it is flattest to.
    The metadata may describe another of the three. At least ten periods of f2 fit into the data,
    and f3 is at most 0.8 of the Nyquist frequency. f1 is half of f2, and f4 is 9/8 of f3.

    Args:
        pre_filt: four corners in Hz, "auto", or None.
        response: the instrument's response.
        sampling_rate: in Hz.
        seconds: length of the data.

    Returns:
        Four corners in Hz, or None for no filter.

    Raises:
        BadRequestError: the corners lie beyond the Nyquist frequency, or below every frequency of
            the data.
        ValueError, IndexError, NotImplementedError: evalresp refuses the response.
    """
    if isinstance(pre_filt, str):
        return _passband(response, sampling_rate, seconds)
    _check(pre_filt, sampling_rate, seconds)
    return pre_filt


def _passband(response: Response, sampling_rate: float, seconds: float) -> Corners:
    highest = _UPPER[0] * sampling_rate / 2
    # The frequencies do not depend on the data's length, so that all days get the same band.
    decades = math.floor(math.log10(highest) * _PER_DECADE)
    lower = 10 ** (np.arange(decades - 8 * _PER_DECADE, decades) / _PER_DECADE)
    frequencies = np.append(lower, highest)
    for stage in filter(is_list, response.response_stages):  # undefined beyond its frequencies
        listed = [element.frequency for element in stage.response_list_elements]
        inside = (frequencies >= min(listed)) & (frequencies <= max(listed))
        frequencies = frequencies[inside]
    if not frequencies.size:
        raise ValueError("its response list has nothing below 0.8 of the Nyquist frequency")
    amplitude = np.abs(evaluate(response, frequencies, "DEF"))
    described = motion_derivative(input_units(response))
    if described is None:
        power, lowest = flattest_power(frequencies, amplitude), 0.0
    else:
        flattest = flattest_motion(frequencies, amplitude, described)
        power, lowest = described - flattest, _ACCELEROMETER_HZ if flattest == 2 else 0.0
    amplitude *= frequencies**power
    # Longer periods than those of a day never count.
    peak = amplitude[frequencies >= min(_PERIODS / _DAY_S, frequencies[-1])].max()
    passband = frequencies[amplitude >= peak * 10 ** (-_BAND_DB / 20)]
    f2, f3 = max(float(passband[0]), lowest), float(passband[-1])
    if f2 * seconds < _PERIODS:
        f2 = _PERIODS / seconds if seconds > 0 else f3
    f2 = min(f2, f3 / 2)
    f1, f4 = f2 / 2, f3 * _UPPER[1] / _UPPER[0]
    return _round_down(f1), _round_down(f2), _round_down(f3), _round_down(f4)


def _round_down(frequency: float) -> float:
    """Round a corner to three significant digits, down so that it stays within its limit."""
    digit = 10.0 ** (math.floor(math.log10(frequency)) - 2)
    return float(f"{math.floor(frequency / digit * (1 + 1e-9)) * digit:.3g}")


def _check(pre_filt: Corners, sampling_rate: float, seconds: float) -> None:
    # The FFT has twice as many samples: half a period of its lowest frequency fits the data.
    if pre_filt and seconds and pre_filt[3] <= 1 / (2 * seconds):
        raise BadRequestError(
            f"pre_filt is {list(pre_filt)}: must end above {1 / (2 * seconds):.2g} Hz, the lowest"
            f" frequency of {seconds:,.0f} s of data, or it removes all of them",
            field="pre_filt",
        )
    if pre_filt and pre_filt[0] >= sampling_rate / 2:
        raise BadRequestError(
            f"pre_filt is {list(pre_filt)}: must begin below {sampling_rate / 2} Hz, the Nyquist"
            " frequency of the data, or it removes all of them",
            field="pre_filt",
        )
    if pre_filt and pre_filt[3] > sampling_rate / 2:
        message = f"pre_filt ends beyond the Nyquist frequency of the data, {sampling_rate / 2} Hz"
        warnings.warn(message, stacklevel=2)
