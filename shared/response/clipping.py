"""Frequencies of a band at which a water level clips the response."""

import warnings

import numpy as np
from obspy.core.inventory import Response

from shared.response.arrays import FloatArray
from shared.response.evaluation import evaluate
from shared.response.parameters import Corners, RemovalParameters
from shared.waveforms.gaps import true_runs

_LOGARITHMIC, _LINEAR = 2_000, 500
"""Frequencies at which the response is evaluated, in logarithmic and in equal steps: the former
follow the slopes of a sensor, the latter those of an anti-alias filter."""

_LEAST = 0.99
"""Clipping that leaves more of the amplitude is not worth a warning."""

_MAX_RANGES = 3


def warn_of_clipping(
    response: Response,
    sampling_rate: float,
    nfft: int,
    parameters: RemovalParameters,
    corners: Corners,
) -> None:
    """Warn of the frequencies from f2 to f3 at which a water level clips the response.

    As in ObsPy's `invert_spectrum`, the response is raised to `10 ** (-water_level / 20)` of its
    maximum where it is lower. The ground motion is then too small, by the ratio of the two.

    Args:
        response: the instrument's response; not a polynomial.
        sampling_rate: in Hz.
        nfft: length of the FFT, which gives its lowest frequency.
        parameters: output and water level.
        corners: four corners in Hz. Without them, no frequencies are said to count, and the water
            level may clip any, as in ObsPy.

    Raises:
        ValueError, IndexError, NotImplementedError: evalresp refuses the response.
    """
    water_level = parameters.water_level
    if water_level is None or not corners:
        return
    lowest, nyquist = sampling_rate / nfft, sampling_rate / 2
    low, high = max(corners[1], lowest), min(corners[2], nyquist)
    if low > high:
        return
    slopes = np.geomspace(lowest, nyquist, _LOGARITHMIC), np.linspace(lowest, nyquist, _LINEAR)
    frequencies = np.unique(np.concatenate([[0.0, low, high], *slopes]))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the removal itself reports them
        amplitude = np.abs(evaluate(response, frequencies, parameters.output))
    floor = amplitude.max() * 10 ** (-water_level / 20)
    inside = (frequencies >= low) & (frequencies <= high)
    frequencies, amplitude = frequencies[inside], amplitude[inside]
    clipped = [slice(*ends) for ends in true_runs(amplitude < floor)]
    worst = [(at, float(amplitude[at].min() / floor)) for at in clipped]
    found = [_describe(frequencies[at], ratio) for at, ratio in worst if ratio < _LEAST]
    if found:
        more = f" and in {len(found) - _MAX_RANGES} more ranges" if len(found) > _MAX_RANGES else ""
        warnings.warn(
            f"the water level of {water_level:g} dB clips the response within the band of pre_filt:"
            f' {", ".join(found[:_MAX_RANGES])}{more}; "water_level": null clips nothing',
            stacklevel=2,
        )


def _describe(frequencies: FloatArray, ratio: float) -> str:
    span = f"{frequencies[0]:.3g} to {frequencies[-1]:.3g} Hz"
    return f"amplitudes from {span} are too small, down to {ratio:.3g} of the truth"
