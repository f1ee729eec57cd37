"""Levels of the counts at gaps, and all along the uninterrupted runs of a channel."""

from collections.abc import Sequence
from functools import cached_property, lru_cache

import numpy as np

from shared.response._fill import level_samples
from shared.response.arrays import FloatArray
from shared.response.bridging import Segment, are_alike
from shared.waveforms.gaps import missing_samples

_BLOCK_S = 10.0  # the levels along a run are computed from means of these
_STEP_S = 60.0  # from one level to the next


def level(samples: FloatArray, rate: float) -> float:
    """Return the level at a gap: a weighted mean of up to five minutes of samples.

    The weights are a Hann window. A plain mean would have surface waves in it, and the difference
    of two of them would look like an offset.

    Args:
        samples: from the gap away, in counts.
        rate: in Hz.
    """
    samples = samples[: level_samples(rate)]
    return float(_hann(samples.size) @ samples)


class Run:
    """Segments that adjoin, with one rate and response.

    Attributes:
        segments: as given.
        rate: in Hz.
    """

    def __init__(self, segments: list[Segment]) -> None:
        self.segments = segments
        self.rate = float(segments[0].trace.stats.sampling_rate)

        self._block = max(1, round(_BLOCK_S * self.rate))
        self._step = max(1, round(_STEP_S * self.rate / self._block))

    @property
    def step_s(self) -> float:
        """The time from one level to the next, in seconds."""
        return self._step * self._block / self.rate

    @cached_property
    def samples(self) -> FloatArray:
        """The samples in counts, of the type that the segments have."""
        parts = [segment.trace.data for segment in self.segments]
        return parts[0] if len(parts) == 1 else np.concatenate(parts)

    @cached_property
    def levels(self) -> FloatArray:
        """The levels of the run, one for each minute; none if it is too short."""
        block = self._block
        count = max(1, round(level_samples(self.rate) / block))
        blocks = self.samples.size // block
        if blocks < count:
            return np.empty(0)
        means = self.samples[: blocks * block].reshape(blocks, block).mean(axis=1)
        windows = np.lib.stride_tricks.sliding_window_view(means, count)[:: self._step]
        levels: FloatArray = windows @ _hann(count)
        return levels


def uninterrupted_runs(segments: Sequence[Segment]) -> list[Run]:
    """Group segments, which are in order, into runs."""
    parts: list[list[Segment]] = []
    for segment in segments:
        last = parts[-1][-1] if parts else None
        if last and are_alike(last, segment) and not missing_samples(last.trace, segment.trace):
            parts[-1].append(segment)
        else:
            parts.append([segment])
    return [Run(part) for part in parts]


@lru_cache(maxsize=64)
def _hann(size: int) -> FloatArray:
    """Return a Hann window whose ends are not zero and whose sum is 1."""
    window: FloatArray = np.hanning(size + 2)[1:-1]
    window /= window.sum()
    return window
