"""The quantity to which an instrument's response is flat, whichever the metadata describe.

A response to displacement is that to velocity, steeper by one power of the frequency. So its slope
on logarithmic axes shows to which of them the instrument is flat.
"""

import numpy as np

from shared.response.arrays import FloatArray

_SLOPE = 0.25
"""Largest slope of a flat response, in powers of the frequency."""

_LEAST_DECADES = 0.3
"""Least width of a flat part. A seismometer is flat to acceleration, too, near its corner, over 0.1
to 0.2 decades, depending on its damping."""

_DECADES = 3.0
"""Width of the band that is judged, below the highest frequency. Sampling rates suit instruments:
where an infrasound sensor is recorded at 40 Hz, it counts little that it is flat below 0.01 Hz."""

VELOCITY = 1
"""The derivative of displacement that seismometers are flat to above their corner. If that lies
above the highest frequency, they are flat to nothing."""


def flattest_motion(frequencies: FloatArray, amplitude: FloatArray, derivative: int) -> int:
    """Return the derivative of displacement to which a response is flattest: 0, 1 or 2.

    It is 1, velocity, unless the response to another is flat over a wider part of the band.

    Args:
        frequencies: in Hz, ascending, evenly spaced on a logarithmic axis.
        amplitude: the response to the derivative that the metadata describe.
        derivative: that derivative.
    """
    widths = _flat_widths(frequencies, amplitude)
    # The response to the derivative d is that described, times the frequency to `derivative - d`.
    others = {other: widths[derivative - other] for other in (0, 2)}
    best = max(others, key=others.__getitem__)
    wider = others[best] > max(widths[derivative - VELOCITY], _LEAST_DECADES)
    return best if wider else VELOCITY


def flattest_power(frequencies: FloatArray, amplitude: FloatArray) -> int:
    """Return the power of the frequency, -1 to 2, that flattens a response to another quantity.

    It is 0, the quantity that the metadata describe, unless another power is flat over a wider part
    of the band. It is -1, a derivative, only if the response rises up to the highest frequency:
    below its lower corner, each sensor is flat to a derivative, and records its own noise.

    Args:
        frequencies: in Hz, ascending, evenly spaced on a logarithmic axis.
        amplitude: the response.
    """
    slopes, spacing = _slopes(frequencies, amplitude)
    widths = _flat_widths(frequencies, amplitude)
    highest = slopes[-max(1, round(_LEAST_DECADES / spacing)) :]
    rises = highest.size > 0 and np.median(highest) > 1 - _SLOPE
    best = max((0, 1, 2, -1) if rises else (0, 1, 2), key=widths.__getitem__)
    return best if widths[best] > _LEAST_DECADES else 0


def _flat_widths(frequencies: FloatArray, amplitude: FloatArray) -> dict[int, float]:
    """Return the decades in which each power of the frequency, -3 to 3, flattens a response."""
    slopes, spacing = _slopes(frequencies, amplitude)
    return {
        power: spacing * np.count_nonzero(np.abs(slopes + power) < _SLOPE) for power in range(-3, 4)
    }


def _slopes(frequencies: FloatArray, amplitude: FloatArray) -> tuple[FloatArray, float]:
    """Return the slopes of a response in the band that is judged, and their spacing in decades."""
    judged = (frequencies >= frequencies[-1] / 10**_DECADES) & (amplitude > 0)
    if np.count_nonzero(judged) < 2:
        return np.empty(0), 1.0
    logarithms = np.log10(frequencies[judged])
    slopes: FloatArray = np.gradient(np.log10(amplitude[judged]), logarithms)
    return slopes, float(np.median(np.diff(logarithms)))
