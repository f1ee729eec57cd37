"""Samples beside a segment: bridges across gaps, and extensions to zero."""

from functools import lru_cache

import numpy as np

from shared.response.arrays import FloatArray

LEVEL_S = 300.0
"""Length of the samples whose mean is the level at a gap, in seconds."""

_FADE_S = 1.0  # from the last sample to that level


def level_samples(rate: float) -> int:
    """Return the number of samples of a level, at a rate in Hz."""
    return max(1, round(LEVEL_S * rate))


def level(samples: FloatArray, rate: float) -> float:
    """Return the level at a gap or an end: the mean of the five minutes of samples next to it.

    Args:
        samples: from the gap or the end away, in any unit.
        rate: in Hz.
    """
    samples = samples[: level_samples(rate)]
    return float(samples.sum() / samples.size)


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
    level_before, sample_before, sample_after = level(last, rate), float(last[0]), float(first[0])
    slope = (level(first, rate) - level_before) / (size + 1)
    line = level_before + slope * np.arange(1, size + 1, dtype=np.float64)
    fade = _fade(size, rate)
    if size < 2 * fade.size:
        before, after = _overlapping(size, rate)
        line += before * (sample_before - line) + after * (sample_after - line)
        return line
    begin, end = line[: fade.size], line[size - fade.size :]
    begin += fade * (sample_before - begin)
    end += fade[::-1] * (sample_after - end)
    return line


@lru_cache(maxsize=16)
def _overlapping(size: int, rate: float) -> tuple[FloatArray, FloatArray]:
    """Return the weights of the samples beside a gap that is shorter than both fades."""
    fade = _fade(size, rate)
    before, after = np.zeros((2, size))
    before[: fade.size] = fade
    after[size - fade.size :] = fade[::-1]
    both = np.maximum(before + after, 1)
    return before / both, after / both


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


@lru_cache(maxsize=16)
def _fade(size: int, rate: float) -> FloatArray:
    return _descent(max(1, min(size, round(_FADE_S * rate))))


def _descent(size: int) -> FloatArray:
    """Return half a period of a cosine from 1 to 0, both ends excluded."""
    phase = np.pi * (np.arange(1, size + 1) / (size + 1))
    descent: FloatArray = (1 + np.cos(phase)) / 2
    return descent
