"""What gaps and midnights do to real days: the error of what is corrected in spite of them.

The truth is what the same functions make of the same samples without the gap, or of the days as
one. All errors are relative to the rms of that.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import pairwise, product

import numpy as np
from obspy import Stream, Trace

from benchmarks.real_data import Channel
from shared.response import bridging
from shared.response.bridging import FloatArray
from shared.response.parameters import Corners, PreFilt, RemovalParameters
from shared.response.removal import remove_response
from shared.waveforms.segments import join

Band = tuple[float, float]

GAP_BANDS: tuple[Band, ...] = ((1, 10), (30, 60), (120, 180), (900, 960))
"""Distances from a gap, in s."""

EDGE_BANDS: tuple[Band, ...] = ((0, 10), (30, 60), (120, 180), (900, 960), (1800, 3600))
"""Distances from midnight, in s."""

BRIDGE, SPLIT, LED = "bridge", "split", "split, led to zero"

WAYS = (BRIDGE, SPLIT, LED)
"""What is done at a gap: `gaps: "bridge"`; `gaps: "split"`, which tapers as ObsPy does; and what
becomes of a gap that is too long to be bridged."""

_SHIFTS = 0.0, 0.05, 0.1  # of a day: gaps are cut at these places, one layout after the other
_LONG_S = 7200.0
_TAPERED = 0.05  # of a day at each end is left out of its rms: the tapers, and what they ring


class Undisturbed:
    """Days without gaps, corrected one by one.

    Args:
        channel: the days.
        pre_filt: as a request has it.

    Attributes:
        channel, pre_filt: as given.
        days: ground velocity in m/s, one array for each day.
        rms: of all of them without their ends, in m/s.
    """

    def __init__(self, channel: Channel, pre_filt: PreFilt) -> None:
        self.channel = channel
        self.pre_filt = pre_filt
        parameters = RemovalParameters(pre_filt=pre_filt)
        self.days = [correct(Stream([day]), channel, parameters)[0].data for day in channel.days]
        self.rms = _rms(np.concatenate([_without_ends(day) for day in self.days]))

    def gap_errors(self, length: float, way: str) -> list[float]:
        """The error around gaps of one length.

        Args:
            length: of each gap, in s.
            way: one of `WAYS`.

        Returns:
            For each of `GAP_BANDS`, the rms of both sides of all gaps.
        """
        rate = self.channel.sampling_rate
        found: dict[Band, list[FloatArray]] = {band: [] for band in GAP_BANDS}
        for (day, truth), shift in product(zip(self.channel.days, self.days, strict=True), _SHIFTS):
            cuts = _cuts(day, length, shift)
            parts = correct_around(day, cuts, self.channel, way, self.pre_filt)
            errors = [part - truth[place] for place, part in parts]
            for before, after in pairwise(errors):
                for (near, far), samples in found.items():
                    samples.append(before[::-1][round(near * rate) : round(far * rate)])
                    samples.append(after[round(near * rate) : round(far * rate)])
        return [_rms(np.concatenate(samples)) / self.rms for samples in found.values()]


def correct_around(
    day: Trace, cuts: Sequence[slice], channel: Channel, way: str, pre_filt: PreFilt
) -> list[tuple[slice, FloatArray]]:
    """Cut gaps into a day, and correct what is left.

    Args:
        day: in counts.
        cuts: the samples that are missing, in order.
        channel: whose day it is.
        way: one of `WAYS`.
        pre_filt: as a request has it.

    Returns:
        Each segment's place in the day, and its ground velocity in m/s.
    """
    edges = [0, *(edge for cut in cuts for edge in (cut.start, cut.stop)), day.stats.npts]
    places = [slice(*ends) for ends in zip(edges[::2], edges[1::2], strict=True)]
    parts = Stream([_part(day, place) for place in places])
    parameters = RemovalParameters(pre_filt=pre_filt, gaps=SPLIT if way == SPLIT else BRIDGE)
    # The longest gap to bridge is what this is to find out, so it must not decide here.
    with _longest_bridged(0.0 if way == LED else float("inf")):
        corrected = correct(parts, channel, parameters)
    return [(place, trace.data) for place, trace in zip(places, corrected, strict=True)]


def edge_errors(channel: Channel, margin: float) -> list[float]:
    """The error at the ends of a day that is corrected with some of its neighbours.

    Args:
        channel: three days in a row; the middle one is corrected.
        margin: how much of the other two is used, in s; 0 is none, and tapers at midnight.

    Returns:
        For each of `EDGE_BANDS`, the rms at both ends.
    """
    truth = as_one(channel)[1]
    error = with_margins(channel, 1, margin) - truth
    rms, rate = _rms(truth), channel.sampling_rate
    found = []
    for near, far in EDGE_BANDS:
        band = slice(round(near * rate), round(far * rate))
        found.append(_rms(np.concatenate([error[band], error[::-1][band]])) / rms)
    return found


def seam_errors(channel: Channel, margin: float, within: float) -> tuple[float, float]:
    """The error where days that were corrected one by one are joined.

    Args:
        channel: days in a row.
        margin: how much of its neighbours each day was corrected with, in s.
        within: how far from the seams the error is looked at, in s.

    Returns:
        The rms of the error around all seams; and of the steps that the seams add from the last
        sample of a day to the first of the next.
    """
    truth = as_one(channel)
    errors = [with_margins(channel, number, margin) - day for number, day in enumerate(truth)]
    near = round(within * channel.sampling_rate)
    around = [part for one, other in pairwise(errors) for part in (one[-near:], other[:near])]
    steps = np.array([other[0] - one[-1] for one, other in pairwise(errors)])
    rms = _rms(_without_ends(np.concatenate(truth)))
    return _rms(np.concatenate(around)) / rms, _rms(steps) / rms


def corners_of_a_day(channel: Channel) -> Corners:
    """What `pre_filt` "auto" is for a channel's day, in Hz.

    Of three days in one, the corners would differ in their last digit, and with them the result.
    """
    day = Stream([channel.days[0].copy()])
    return remove_response(day, channel.inventory, RemovalParameters(pre_filt="auto")).pre_filt


def as_one(channel: Channel) -> list[FloatArray]:
    """Days in a row, corrected as one and cut apart again: ground velocity in m/s."""
    days = Stream([day.copy() for day in channel.days])
    join(days)
    (corrected,) = correct(days, channel, RemovalParameters(pre_filt=corners_of_a_day(channel)))
    return np.split(corrected.data, np.cumsum([day.stats.npts for day in channel.days])[:-1])


def with_margins(channel: Channel, number: int, margin: float) -> FloatArray:
    """One of some days in a row, corrected with the ends of its neighbours: ground velocity in m/s.

    Args:
        channel: the days.
        number: of the day, from 0.
        margin: how much of each neighbour is used, in s; 0 is none.
    """
    length = round(margin * channel.sampling_rate)
    margins = Stream()
    if number:
        margins += _part(channel.days[number - 1], slice(-length, None))
    if number + 1 < len(channel.days):
        margins += _part(channel.days[number + 1], slice(0, length))
    day, parameters = Stream([channel.days[number]]), RemovalParameters(pre_filt="auto")
    (corrected,) = correct(day, channel, parameters, margins if length else None)
    data: FloatArray = corrected.data
    return data


def correct(
    stream: Stream,
    channel: Channel,
    parameters: RemovalParameters,
    margins: Stream | None = None,
) -> Stream:
    """Segments with the response removed; what was given stays as it is."""
    corrected = stream.copy()
    remove_response(corrected, channel.inventory, parameters, margins)
    return corrected


def _cuts(day: Trace, length: float, shift: float) -> list[slice]:
    """Where gaps are cut into a day: five at a time, or two if they are too long for that."""
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
def _longest_bridged(seconds: float) -> Iterator[None]:
    kept = bridging.MAX_BRIDGED_S
    bridging.MAX_BRIDGED_S = seconds
    try:
        yield
    finally:
        bridging.MAX_BRIDGED_S = kept


def _without_ends(day: FloatArray) -> FloatArray:
    end = round(_TAPERED * day.size)
    return day[end:-end]


def _rms(samples: FloatArray) -> float:
    return float(np.sqrt(np.mean(samples**2)))
