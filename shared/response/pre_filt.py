"""The corners of `pre_filt`: checked, or chosen."""

import math
import warnings

import numpy as np
from obspy.core.inventory import Response, ResponseListResponseStage

from shared.errors import BadRequestError
from shared.response.epochs import input_units
from shared.response.parameters import Corners, PreFilt

_HEARD_DB = 20.0
"""An instrument hears the ground where its response, in the unit of what it measures, is at most
this far below its maximum: a 120 s seismometer down to 0.003 Hz, a 1 Hz geophone to 0.3 Hz."""

_ACCELEROMETER_HZ = 0.02
"""An accelerometer responds down to 0 Hz, but below this its own noise is above the ground's, even
where that is high (Clinton and Heaton, Potential advantages of a strong-motion velocity meter over
a strong-motion accelerometer, Seismological Research Letters 73(3), 332-342, 2002)."""

_UPPER = 0.8, 0.9
"""f3 and f4 at most, in parts of the Nyquist frequency: anti-alias filters begin there."""

_PERIODS = 10.0
"""Of f2 that the data must be long for, at least."""

_PER_DECADE = 200  # frequencies at which the response is looked at


def resolve(pre_filt: PreFilt, response: Response, sampling_rate: float, seconds: float) -> Corners:
    """The corners that a request's `pre_filt` means.

    "auto" becomes the band in which the instrument hears the ground: f2 to f3, where its response
    is within 20 dB of its maximum, at least ten periods of f2 fit into the data and f3 is at most
    0.8 of the Nyquist frequency; f1 is half of f2, and f4 is 9/8 of f3.

    Args:
        pre_filt: four corners in Hz, "auto", or None.
        response: of the instrument.
        sampling_rate: in Hz.
        seconds: how long the data are.

    Returns:
        Four corners in Hz, or None for no filter.

    Raises:
        BadRequestError: the corners lie beyond the Nyquist frequency, or below every frequency of
            the data.
        ValueError, IndexError, NotImplementedError: evalresp refuses the response.
    """
    if isinstance(pre_filt, str):
        return _heard(response, sampling_rate, seconds)
    _check(pre_filt, sampling_rate, seconds)
    return pre_filt


def _heard(response: Response, sampling_rate: float, seconds: float) -> Corners:
    highest = _UPPER[0] * sampling_rate / 2
    # The same frequencies whatever the data: two days must not get two bands.
    decades = math.floor(math.log10(highest) * _PER_DECADE)
    lower = 10 ** (np.arange(decades - 8 * _PER_DECADE, decades) / _PER_DECADE)
    frequencies = np.append(lower, highest)
    for stage in response.response_stages:
        if isinstance(stage, ResponseListResponseStage):  # beyond it, nothing is known
            known = [element.frequency for element in stage.response_list_elements]
            inside = (frequencies >= min(known)) & (frequencies <= max(known))
            frequencies = frequencies[inside]
    if not frequencies.size:
        raise ValueError("its response list has nothing below 0.8 of the Nyquist frequency")
    values = response.get_evalresp_response_for_frequencies(frequencies, output="DEF")
    amplitude = np.abs(values)
    heard = frequencies[amplitude >= amplitude.max() * 10 ** (-_HEARD_DB / 20)]
    f2, f3 = float(heard[0]), float(heard[-1])
    units = input_units(response).upper().replace("SEC", "S")
    if "S**2" in units or units.endswith("/S/S"):
        f2 = max(f2, _ACCELEROMETER_HZ)
    if f2 * seconds < _PERIODS:
        f2 = _PERIODS / seconds if seconds > 0 else f3
    f2 = min(f2, f3 / 2)
    f1, f4 = f2 / 2, f3 * _UPPER[1] / _UPPER[0]
    return _legible(f1), _legible(f2), _legible(f3), _legible(f4)


def _legible(frequency: float) -> float:
    """Three digits, which are enough for a corner; rounded down, so that no limit is passed."""
    digit = 10.0 ** (math.floor(math.log10(frequency)) - 2)
    return float(f"{math.floor(frequency / digit * (1 + 1e-9)) * digit:.3g}")


def _check(pre_filt: Corners, sampling_rate: float, seconds: float) -> None:
    # The FFT is of twice as many samples: its lowest frequency is that of half a period.
    if pre_filt and seconds and pre_filt[3] <= 1 / (2 * seconds):
        raise BadRequestError(
            f"pre_filt is {list(pre_filt)}: must end above {1 / (2 * seconds):.2g} Hz, the lowest"
            f" frequency of {seconds:,.0f} s of data, or nothing of them is left",
            field="pre_filt",
        )
    if pre_filt and pre_filt[0] >= sampling_rate / 2:
        raise BadRequestError(
            f"pre_filt is {list(pre_filt)}: must begin below {sampling_rate / 2} Hz, the Nyquist"
            " frequency of the data, or nothing of them is left",
            field="pre_filt",
        )
    if pre_filt and pre_filt[3] > sampling_rate / 2:
        note = f"pre_filt ends beyond the Nyquist frequency of the data, {sampling_rate / 2} Hz"
        warnings.warn(note, stacklevel=2)
