"""Loss of a result's short periods where its samples are rounded to 32-bit floats.

These have 24 bits, so they round each sample by up to 3e-8 of its size. Displacement without a band
and without a water level drifts by many millions of times its amplitude above 1 Hz.
"""

import math
from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt
from obspy import Trace

from shared.errors import NoResponseError
from shared.response.arrays import FloatArray
from shared.response.report import RemovalReport

ENCODING_ADVICE = '"pre_filt": "auto" removes the drift, "encoding": "FLOAT64" keeps both'
"""Remedies where the request asked for 32 bits."""

RANGE_ADVICE = '"encoding": "FLOAT64" holds it, if the metadata are right'
"""Remedy where the request asked for 32 bits."""

_LARGEST = float(np.finfo(np.float32).max)

_LOSS = 0.02
"""Greatest rounding, in parts of the signal, without a warning; both are rms."""

_UPPER = 0.8
"""Upper end of the frequencies that are looked at, as a fraction of the Nyquist frequency. Beyond
it, the inverse of the anti-alias filter amplifies noise."""

_LOWEST_HZ = 1.0
_LOWEST_PART = 0.4
"""Their lower end, in Hz, and at most as a part of the upper end."""

_PERIODS, _LEAST_PERIODS = 32, 8  # of the lower end within a block
_DEAD = 1e-6
"""Greatest signal of a dead channel, in parts of the largest. Ground noise has more, as digitizers
have 24 bits."""

_BLOCKS = 24  # for a 100 Hz day, 0.9% of the samples in some milliseconds


def check_range(traces: Sequence[Trace], units: str, advice: str = RANGE_ADVICE) -> None:
    """Refuse a result beyond the range of 32-bit floats, which would make it infinite.

    Only metadata with absurd gains or coefficients give such a result.

    Args:
        traces: the result's segments: unmasked, float64.
        units: of the samples.
        advice: the remedy, for the end of the sentence.

    Raises:
        NoResponseError: a sample is larger than 32-bit floats hold.
    """
    ends = [end for trace in traces for end in (trace.data.min(), trace.data.max())]
    largest = max(map(abs, ends), default=0.0)
    if largest > _LARGEST:
        raise NoResponseError(
            f"{traces[0].id}: the result reaches {largest:.3g} {units}, and 32-bit floats end at"
            f" {_LARGEST:.3g}: {advice}"
        )


def describe_rounding(
    traces: Sequence[Trace], report: RemovalReport, advice: str = ENCODING_ADVICE
) -> list[str]:
    """Describe the loss of a result that 32-bit floats do not hold; most results lose nothing.

    The rounding of blocks of samples is compared with their signal above 1 Hz, or at low sampling
    rates, in the upper part of the spectrum.

    Args:
        traces: the result's segments, at least one: unmasked, float64. Only those that have the
            first one's sampling rate count.
        report: the report on the removal.
        advice: the remedies, for the end of the sentence.

    Returns:
        A warning in words, or nothing.
    """
    sampling_rate = traces[0].stats.sampling_rate
    highest = min(_UPPER * sampling_rate / 2, report.pre_filt[2] if report.pre_filt else math.inf)
    lowest = min(_LOWEST_HZ, _LOWEST_PART * highest)
    parts = [trace.data for trace in traces if trace.stats.sampling_rate == sampling_rate]
    blocks = _blocks(parts, math.ceil(_PERIODS / lowest * sampling_rate))
    size = min((block.size for block in blocks), default=0)
    lowest = max(lowest, _LEAST_PERIODS * sampling_rate / max(size, 1))
    if lowest > 0.8 * highest:  # too few samples
        return []
    band = lowest / sampling_rate, highest / sampling_rate
    signals = np.array([_power(block, *band) for block in blocks])
    roundings = np.array([_rounding(block) for block in blocks])
    for selected in _selections(signals, drifts=report.pre_filt is None):
        signal = math.sqrt(np.mean(signals[selected]))
        rounding = math.sqrt(np.mean(roundings[selected]))
        if rounding > _LOSS * signal:
            break
    else:
        return []
    times = f"{rounding / signal:.3g} times" if signal else "more than"
    return [
        f"32-bit floats round the samples by {rounding:.3g} {report.units} (rms), {times} their"
        f" signal above {lowest:.2g} Hz ({signal:.3g} {report.units}): {advice}"
    ]


def _selections(signals: FloatArray, *, drifts: bool) -> Iterator[npt.NDArray[np.bool_]]:
    """Yield the blocks to be judged together: all of them, and where they drift, the quieter half.

    An earthquake must not hide the loss of the quiet hours. A dead channel has nothing to lose.
    """
    yield np.ones(signals.size, dtype=bool)
    alive = signals > signals.max() * _DEAD**2
    if drifts and alive.any():
        yield alive & (signals <= np.median(signals[alive]))


def _blocks(parts: Sequence[FloatArray], size: int) -> list[FloatArray]:
    """Return blocks of equal size, spread over the longest parts; shorter if all parts are."""
    longest = sorted(parts, key=len, reverse=True)[:_BLOCKS]
    size = min(size, max(map(len, longest), default=0))
    longest = [part for part in longest if len(part) >= size > 0]
    total = sum(map(len, longest))
    blocks = []
    for part in longest:
        count = max(1, min(len(part) // size, _BLOCKS * len(part) // total))
        starts = np.linspace(0, len(part) - size, count + 2)[1:-1]
        blocks += [part[int(start) : int(start) + size] for start in starts]
    return blocks


def _rounding(block: FloatArray) -> float:
    """Return the variance of the rounding to 32-bit floats; that of a constant is 0."""
    return float(np.var(block.astype(np.float32) - block))


def _power(block: FloatArray, lowest: float, highest: float) -> float:
    """Return the mean square of the frequencies from `lowest` to `highest`, in cycles per sample.

    The second difference, and the window, keep the drift of lower frequencies out of them.
    """
    differences = np.diff(block, 2)
    window = np.hanning(differences.size)
    frequencies = np.fft.rfftfreq(differences.size)
    inside = (frequencies >= lowest) & (frequencies <= highest)
    gain = 4 * np.sin(np.pi * frequencies[inside]) ** 2
    spectrum = np.fft.rfft(differences * window)[inside] / gain
    return float(2 * np.sum(np.abs(spectrum) ** 2) / (differences.size * np.sum(window**2)))
