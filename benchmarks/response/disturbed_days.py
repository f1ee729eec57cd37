"""Errors of corrected real days around gaps and midnights.

The reference is the same day corrected without the gap, or the days corrected as one. All errors
are relative to the rms of the reference.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import pairwise, product

import numpy as np
from obspy import Stream, Trace

from benchmarks.real_data import Channel
from shared.corrected_days.adjacent_days import needed_margins
from shared.response import bridging
from shared.response.arrays import FloatArray
from shared.response.parameters import Corners, PreFilt, RemovalParameters
from shared.response.removal import remove_channel_response
from shared.waveforms.segments import join

Band = tuple[float, float]

GAP_BANDS: tuple[Band, ...] = ((1, 10), (30, 60), (120, 180), (900, 960))
"""Distances from a gap, in s."""

EDGE_BANDS: tuple[Band, ...] = ((0, 10), (30, 60), (120, 180), (900, 960), (1800, 3600))
"""Distances from midnight, in s."""

BRIDGE, SPLIT, EXTEND = "bridge", "split", "split, extended to zero"

METHODS = (BRIDGE, SPLIT, EXTEND)
"""Methods at a gap: `gaps: "bridge"`; `gaps: "split"`, which tapers as ObsPy does; and the method
for a gap that is too long to bridge."""

_SHIFTS = 0.0, 0.05, 0.1  # of a day; each is another set of gaps
_LONG_S = 7200.0
_TAPERED = 0.05  # of a day at each end: left out of its rms, for the tapers and their ringing


class Undisturbed:
    """Days without gaps, corrected one by one.

    Args:
        channel: the days.
        pre_filt: as in a request.

    Attributes:
        channel: the days in counts.
        pre_filt: as in a request.
        days: ground velocity in m/s, one array per day.
        rms: rms of all days without their ends, in m/s.
    """

    def __init__(self, channel: Channel, pre_filt: PreFilt) -> None:
        self.channel = channel
        self.pre_filt = pre_filt
        parameters = RemovalParameters(pre_filt=pre_filt)
        self.days = [
            channel.remove_response(Stream([day]), parameters)[0].data for day in channel.days
        ]
        self.rms = _rms(np.concatenate([_without_ends(day) for day in self.days]))

    def gap_errors(self, length: float, method: str) -> list[float]:
        """Return the error around gaps of one length.

        Args:
            length: of each gap, in s.
            method: one of `METHODS`.

        Returns:
            For each of `GAP_BANDS`, the rms error on both sides of all gaps.
        """
        rate = self.channel.sampling_rate
        by_band: dict[Band, list[FloatArray]] = {band: [] for band in GAP_BANDS}
        for (day, truth), shift in product(zip(self.channel.days, self.days, strict=True), _SHIFTS):
            gaps = _gaps(day, length, shift)
            segments = correct_around(day, gaps, self.channel, method, self.pre_filt)
            errors = [samples - truth[place] for place, samples in segments]
            for before, after in pairwise(errors):
                for (near, far), samples in by_band.items():
                    samples.append(before[::-1][round(near * rate) : round(far * rate)])
                    samples.append(after[round(near * rate) : round(far * rate)])
        return [_rms(np.concatenate(samples)) / self.rms for samples in by_band.values()]


def correct_around(
    day: Trace, gaps: Sequence[slice], channel: Channel, method: str, pre_filt: PreFilt
) -> list[tuple[slice, FloatArray]]:
    """Cut gaps into a day and correct the segments between them.

    Args:
        day: in counts.
        gaps: the missing samples, in order.
        channel: the day's channel.
        method: one of `METHODS`.
        pre_filt: as in a request.

    Returns:
        Each segment's place in the day, and its ground velocity in m/s.
    """
    edges = [0, *(edge for gap in gaps for edge in (gap.start, gap.stop)), day.stats.npts]
    places = [slice(*ends) for ends in zip(edges[::2], edges[1::2], strict=True)]
    parts = Stream([_part(day, place) for place in places])
    parameters = RemovalParameters(pre_filt=pre_filt, gaps=SPLIT if method == SPLIT else BRIDGE)
    # The limit on bridged gaps comes from this measurement, so it must not affect it.
    with _max_bridged(0.0 if method == EXTEND else float("inf")):
        corrected = channel.remove_response(parts, parameters)
    return [(place, trace.data) for place, trace in zip(places, corrected, strict=True)]


def edge_errors(channel: Channel, margin: float) -> list[float]:
    """Return the error at the ends of a day that is corrected with its adjacent days.

    Args:
        channel: three days in a row; the middle one is corrected.
        margin: the part of each adjacent day that is used, in s; 0: none, with tapers at midnight.

    Returns:
        For each of `EDGE_BANDS`, the rms error at both ends.
    """
    truth = as_one(channel)[1]
    error = with_margins(channel, 1, margin) - truth
    rms, rate = _rms(truth), channel.sampling_rate
    errors = []
    for near, far in EDGE_BANDS:
        band = slice(round(near * rate), round(far * rate))
        errors.append(_rms(np.concatenate([error[band], error[::-1][band]])) / rms)
    return errors


def seam_errors(channel: Channel, margin: float, within: float) -> tuple[float, float]:
    """Return the error at the midnights between days that were corrected one by one.

    Args:
        channel: days in a row.
        margin: the part of each adjacent day that is used, in s.
        within: the time on both sides of midnight over which the rms error is computed, in s.

    Returns:
        The rms error around all midnights, and the rms of the spurious steps at midnight.
    """
    truth = as_one(channel)
    errors = [with_margins(channel, number, margin) - day for number, day in enumerate(truth)]
    near = round(within * channel.sampling_rate)
    around = [part for one, other in pairwise(errors) for part in (one[-near:], other[:near])]
    steps = np.array([other[0] - one[-1] for one, other in pairwise(errors)])
    rms = _rms(_without_ends(np.concatenate(truth)))
    return _rms(np.concatenate(around)) / rms, _rms(steps) / rms


def corners_of_a_day(channel: Channel) -> Corners:
    """Return the corners of `pre_filt` "auto" for a channel's first day, in Hz.

    For three days as one, the corners would differ in the last digit, and so would the result.
    """
    day = Stream([channel.days[0].copy()])
    return remove_channel_response(
        day, channel.inventory, RemovalParameters(pre_filt="auto")
    ).pre_filt


def needed_margin(channel: Channel) -> float:
    """Return how much of each adjacent day `edges: "neighbours"` reads with "auto", in s."""
    day, auto = Stream([channel.days[0]]), RemovalParameters(pre_filt="auto")
    return needed_margins(day, channel.inventory, auto)[0]


def as_one(channel: Channel) -> list[FloatArray]:
    """Correct days in a row as one, and cut them apart again: ground velocity in m/s."""
    days = Stream([day.copy() for day in channel.days])
    join(days)
    parameters = RemovalParameters(pre_filt=corners_of_a_day(channel))
    (corrected,) = channel.remove_response(days, parameters)
    return np.split(corrected.data, np.cumsum([day.stats.npts for day in channel.days])[:-1])


def with_margins(channel: Channel, number: int, margin: float) -> FloatArray:
    """Correct one of several days in a row with its adjacent days: ground velocity in m/s.

    Args:
        channel: the days.
        number: the day's index.
        margin: the part of each adjacent day that is used, in s; 0: none.
    """
    length = round(margin * channel.sampling_rate)
    margins = Stream()
    if number:
        margins += _part(channel.days[number - 1], slice(-length, None))
    if number + 1 < len(channel.days):
        margins += _part(channel.days[number + 1], slice(0, length))
    day, parameters = Stream([channel.days[number]]), RemovalParameters(pre_filt="auto")
    (corrected,) = channel.remove_response(day, parameters, margins if length else None)
    data: FloatArray = corrected.data
    return data


def _gaps(day: Trace, length: float, shift: float) -> list[slice]:
    """Return the gaps to cut into a day: five, or two if they are long."""
    places = np.linspace(0.15, 0.75, 5) if length < _LONG_S else np.linspace(0.2, 0.6, 2)
    size = round(length * day.stats.sampling_rate)
    firsts = [round((place + shift) * day.stats.npts) for place in places]
    return [slice(first, first + size) for first in firsts]


def _part(trace: Trace, place: slice) -> Trace:
    first, _, _ = place.indices(trace.stats.npts)
    part: Trace = trace.copy()
    part.data = trace.data[place].copy()
    part.stats.starttime += first * trace.stats.delta
    return part


@contextmanager
def _max_bridged(seconds: float) -> Iterator[None]:
    original = bridging.MAX_BRIDGED_S
    bridging.MAX_BRIDGED_S = seconds
    try:
        yield
    finally:
        bridging.MAX_BRIDGED_S = original


def _without_ends(day: FloatArray) -> FloatArray:
    end = round(_TAPERED * day.size)
    return day[end:-end]


def _rms(samples: FloatArray) -> float:
    return float(np.sqrt(np.mean(samples**2)))
