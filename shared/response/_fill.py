"""Samples beside a segment: bridges across gaps, and extensions to zero."""

import numpy as np

from shared.response.arrays import FloatArray

LEVEL_S = 300.0
"""Length of the samples whose mean is the level at a gap, in seconds."""

_FADE_S = 1.0  # from the last sample to that level


def level(samples: FloatArray, rate: float) -> float:
    """Return the level at a gap or an end: the mean of the five minutes of samples next to it.

    Args:
        samples: from the gap or the end away, in any unit.
        rate: in Hz.
    """
    return float(samples[: max(1, round(LEVEL_S * rate))].mean())


def bridge(last: FloatArray, first: FloatArray, size: int, rate: float) -> FloatArray:
    """Return the samples that bridge a gap.

    They are the line between the levels on both sides, so that the long periods go on. The last
    sample before the gap fades to this line within a second, as does the first one after it.

    Args:
        last: the samples before the gap, backwards.
        first: the samples after the gap.
        size: the number of missing samples, at least 1.
        rate: in Hz.
    """
    line: FloatArray = np.linspace(level(last, rate), level(first, rate), size + 2)[1:-1]
    fade = _fade(size, rate)
    left, right = np.zeros((2, size))
    left[: fade.size] = fade
    right[size - fade.size :] = fade[::-1]
    both = np.maximum(left + right, 1)  # in a short gap the fades overlap
    left, right = left / both, right / both
    filled: FloatArray = left * last[0] + right * first[0] + (1 - left - right) * line
    return filled


def lead(samples: FloatArray, size: int, rate: float) -> FloatArray:
    """Return samples that lead from `samples[0]` to the level there and on to zero.

    Args:
        samples: from the end away.
        size: the number of samples to return.
        rate: in Hz.
    """
    descent = level(samples, rate) * _descent(size)
    fade = _fade(size, rate)
    descent[: fade.size] += fade * (samples[0] - descent[: fade.size])
    return descent


def _fade(size: int, rate: float) -> FloatArray:
    return _descent(max(1, min(size, round(_FADE_S * rate))))


def _descent(size: int) -> FloatArray:
    """Return half a period of a cosine from 1 to 0, both ends excluded."""
    phase = np.pi * (np.arange(1, size + 1) / (size + 1))
    descent: FloatArray = (1 + np.cos(phase)) / 2
    return descent
