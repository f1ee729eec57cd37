"""Errors around gaps after which the counts lie on another level, in quiet days and in codas.

A gap is cut into a real day, and the samples after it are raised. The reference is the day without
both. Errors are relative to the rms of the reference at the same distance from the gap, and `split`
by ObsPy's rules is the measure: no offset changes it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import cycle

import numpy as np
from obspy import Stream, Trace

from benchmarks.markdown import figure, table
from benchmarks.real_data import Channel
from benchmarks.response.disturbed_days import BRIDGE, GAP_BANDS, SPLIT
from shared.response.arrays import FloatArray
from shared.response.parameters import PreFilt, RemovalParameters
from shared.response.removal import remove_channel_response
from shared.waveforms.segments import cut

OFFSETS = 0.0, 20.0, 100.0, 500.0, 20_000.0
"""Counts; every other gap gets the negative."""

PLACES = 0.2, 0.7
"""Of the day, one gap at a time."""

LENGTHS_S = 1.0, 60.0, 600.0, 3_600.0, 10_800.0

CODA = 30.0
"""Amplitude of the coda at the gap, in times of the day's noise."""

_Pieces = list[list[FloatArray]]
"""For each gap, the samples at each of its distances."""

_NOISE_S = 600.0  # the day's noise is the median of the standard deviations over this time
_CODA_HZ = 0.008, 0.08  # the surface waves of a distant earthquake
_CODA_BEFORE_S = 1_200.0  # from its begin to the gap
_CODA_DECAY_S = 1_800.0


@dataclass(frozen=True)
class GapErrors:
    """Errors around gaps of one length, relative to the true motion at the same distances.

    Attributes:
        split: of ObsPy's split.
        default: of the default, for each offset.
        done: for each offset, the treatments that the default chose.
    """

    split: float
    default: dict[float, float]
    done: dict[float, list[str]]


@dataclass(frozen=True, eq=False)
class Situation:
    """The circumstances of gaps.

    Attributes:
        channel: the days that gaps are cut into.
        pre_filt: as in a request.
        coda: the amplitude of a distant earthquake's coda at the gap, in times of the day's noise;
            0 for a quiet day.
    """

    channel: Channel
    pre_filt: PreFilt
    coda: float = 0.0
    _truths: dict[tuple[int, int], FloatArray] = field(default_factory=dict)

    def errors(self, length: float, offsets: Sequence[float] = OFFSETS) -> GapErrors:
        """Return the errors around gaps of one length.

        The error at each distance is the rms over all gaps. The figure is the rms of the distances.

        Args:
            length: of the gaps, in s.
            offsets: after the gaps, in counts.
        """
        true: _Pieces = []
        split: _Pieces = []
        default: dict[float, _Pieces] = {offset: [] for offset in offsets}
        done: dict[float, list[str]] = {offset: [] for offset in offsets}
        for sign, (day, truth, first) in zip(cycle((1, -1)), self._days(), strict=False):
            gap = slice(first, first + round(length * self.channel.sampling_rate))
            true.append(self._around(truth, gap))
            split.append(self._around(self._correct(day, gap, 0.0, SPLIT)[0] - truth, gap))
            for offset in offsets:
                corrected, treatment = self._correct(day, gap, sign * offset, BRIDGE)
                default[offset].append(self._around(corrected - truth, gap))
                done[offset].append(treatment)
        rms = _by_distance(true)
        return GapErrors(
            _rms(_by_distance(split) / rms),
            {offset: _rms(_by_distance(pieces) / rms) for offset, pieces in default.items()},
            done,
        )

    def _days(self) -> Iterator[tuple[Trace, FloatArray, int]]:
        """Yield each day in counts, its ground velocity, and the first sample of the gap."""
        for number, day in enumerate(self.channel.days):
            for place in PLACES:
                first = round(place * day.stats.npts)
                yield _with_coda(day, self.coda, first, number), self._truth(number, first), first

    def _truth(self, number: int, first: int) -> FloatArray:
        """Return the ground velocity of a day without a gap, with a coda at a sample."""
        key = number, first if self.coda else 0
        if key not in self._truths:
            day = _with_coda(self.channel.days[number], self.coda, first, number)
            parameters = RemovalParameters(pre_filt=self.pre_filt)
            corrected = self.channel.remove_response(Stream([day]), parameters)
            self._truths[key] = corrected[0].data
        return self._truths[key]

    def _correct(
        self, day: Trace, gap: slice, offset: float, method: str
    ) -> tuple[FloatArray, str]:
        """Return the ground velocity around a gap, zero in it, and the gap's treatment."""
        parts = [cut(day, 0, gap.start), cut(day, gap.stop, day.stats.npts)]
        stream = Stream([part.copy() for part in parts])
        stream[1].data += offset
        parameters = RemovalParameters(pre_filt=self.pre_filt, gaps=method)
        report = remove_channel_response(stream, self.channel.inventory, parameters)
        before, after = (trace.data for trace in stream)
        return np.concatenate([before, np.zeros(gap.stop - gap.start), after]), report.gaps[0][
            "done"
        ]

    def _around(self, samples: FloatArray, gap: slice) -> list[FloatArray]:
        """Return the samples at each distance from a gap, on both sides."""
        parts = []
        for near, far in GAP_BANDS:
            distance = slice(*(round(at * self.channel.sampling_rate) for at in (near, far)))
            sides = samples[: gap.start][::-1][distance], samples[gap.stop :][distance]
            parts.append(np.concatenate(sides))
        return parts


def offset_table(situations: Sequence[Situation], lengths: Sequence[float] = LENGTHS_S) -> str:
    """Return the errors of situations that differ in their channel, as geometric means.

    Returns:
        A table in Markdown: ObsPy's split, then the default for each offset, by the gaps' length.
        A line below has the largest ratio of the two, of one channel.
    """
    errors = [[each.errors(length) for each in situations] for length in lengths]
    rows = [["split, any", *(figure(_mean([one.split for one in each])) for each in errors)]]
    for offset in OFFSETS:
        means = [_mean([one.default[offset] for one in each]) for each in errors]
        rows.append([f"{offset:,.0f}", *map(figure, means)])
    worst = max(
        one.default[offset] / one.split for each in errors for one in each for offset in OFFSETS
    )
    head = ["offset, counts", *(f"{length:,g} s" for length in lengths)]
    return f"{table(head, rows)}\nThe default is at most {worst:.2f} times as wrong as the split.\n"


def _with_coda(day: Trace, amplitude: float, first: int, seed: int) -> Trace:
    """Return a day as float64, with a coda that has decayed to an amplitude at a sample."""
    changed = day.copy()
    changed.data = day.data.astype(np.float64)
    if not amplitude:
        return changed
    npts, rate = day.stats.npts, day.stats.sampling_rate
    parts = np.array_split(changed.data, max(1, round(npts / rate / _NOISE_S)))
    noise = float(np.median([part.std() for part in parts]))
    frequencies = np.fft.rfftfreq(npts, 1 / rate)[1:]
    middle, width = np.log(_CODA_HZ[0] * _CODA_HZ[1]) / 2, np.log(_CODA_HZ[1] / _CODA_HZ[0]) / 4
    spectrum = np.exp(-0.5 * ((np.log(frequencies) - middle) / width) ** 2)
    turns = np.random.default_rng((seed, first)).random(frequencies.size)
    waves = np.fft.irfft(np.append(0, spectrum * np.exp(2j * np.pi * turns)), npts)
    seconds = (np.arange(npts) - first) / rate + _CODA_BEFORE_S
    rise = 1 - np.exp(-np.maximum(seconds, 0) / (_CODA_BEFORE_S / 10))
    envelope = np.where(seconds > 0, np.exp(-(seconds - _CODA_BEFORE_S) / _CODA_DECAY_S) * rise, 0)
    changed.data += amplitude * noise * envelope * waves / waves.std()
    return changed


def _by_distance(pieces: _Pieces) -> FloatArray:
    """Return the rms at each distance, over all gaps."""
    return np.array([_rms(np.concatenate(parts)) for parts in zip(*pieces, strict=True)])


def _mean(errors: Sequence[float]) -> float:
    """Return the geometric mean."""
    return float(np.exp(np.mean(np.log(errors))))


def _rms(samples: FloatArray) -> float:
    return float(np.sqrt(np.mean(samples**2)))
