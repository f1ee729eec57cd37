"""Segments that continue or repeat one another, joined."""

from bisect import bisect_left
from heapq import heappop, heappush
from itertools import islice

import numpy as np
from obspy import Stream, Trace

from shared.waveforms._segment_time import require_time_for_segments
from shared.waveforms.gaps import off_count, set_off_count

_MOST_COMPARED = 16
"""Segments of one time to which another one is compared. More than these conflict in any case."""

_ALIGNED = 0.011  # of a sample interval: more than ObsPy allows between segments that it joins
_SAME_NS = 500  # ObsPy compares times to a microsecond


def merge(traces: list[Trace]) -> Stream:
    """Join segments of one sampling rate that continue or repeat each other."""
    # The order of the traces decides where several end within half a sample.
    ends = [(trace.stats.endtime.ns, number) for number, trace in enumerate(traces)]
    offs = [off_count(trace)[1] for trace in traces]
    merged = Stream(traces).merge(method=-1)
    if len(merged) < len(ends) and any(offs):
        ends.sort()
        for trace in merged:  # ObsPy keeps the notes of the first segment
            end, near = trace.stats.endtime.ns, round(trace.stats.delta * 1e9 / 2)
            first, stop = bisect_left(ends, (end - near,)), bisect_left(ends, (end + near + 1,))
            number = min((number for _, number in ends[first:stop]), default=None)
            set_off_count(trace, off_count(trace)[0], 0.0 if number is None else offs[number])
    return merged


def without_repeats(stream: Stream) -> list[Trace]:
    """Join segments that repeat any earlier one: `Stream.merge` compares neighbours alone.

    Raises:
        TooLargeError: there are too many for the time that is left.
    """
    ended: list[Trace] = []
    latest: dict[int, Trace] = {}  # those that may overlap the next one
    ends: list[tuple[int, int]] = []  # a heap of their ends
    for number, trace in enumerate(stream):
        require_time_for_segments(trace.id, len(stream) - number, "joining")
        start = trace.stats.starttime.ns
        while ends and ends[0][0] < start - _SAME_NS:
            end, place = heappop(ends)
            if place in latest and latest[place].stats.endtime.ns == end:
                ended.append(latest.pop(place))
        place = number
        for earlier in reversed(list(islice(reversed(latest), _MOST_COMPARED))):
            if (
                _may_repeat(latest[earlier], trace)
                and len(one := merge([latest[earlier], trace])) == 1
            ):
                place, trace = earlier, one[0]
                break
        latest[place] = trace
        heappush(ends, (trace.stats.endtime.ns, place))
    return sorted([*ended, *latest.values()], key=lambda trace: trace.stats.starttime)


def _may_repeat(earlier: Trace, trace: Trace) -> bool:
    """Return whether ObsPy may join a segment to an earlier one; it takes a millisecond for that.

    It joins them within a hundredth of a sample, and moves the later one onto the earlier one's
    grid.
    """
    if earlier.stats.sampling_rate != trace.stats.sampling_rate:
        return False
    start, delta = earlier.stats.starttime, earlier.stats.delta
    place = (trace.stats.starttime - start) / delta
    nearest = round(place)
    if abs(place - nearest) > _ALIGNED:
        return False
    if start + nearest * delta != trace.stats.starttime:
        return True
    own = earlier.data[nearest : nearest + trace.data.size]
    return bool(np.array_equal(own, trace.data[: own.size]))
