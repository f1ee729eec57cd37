"""How the day objects of a request are read, as far as the request alone determines it."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from shared.waveforms.day_readers import ChannelDay
from shared.waveforms.segments import TimeSpan
from shared.waveforms.spans import is_whole_simpler, merge_nearby

NEAR_MIDNIGHT_S = 60.0
"""A window that begins or ends this close to midnight may need the adjacent day, in seconds: no
day's object is assumed to reach farther into another day."""


@dataclass(frozen=True)
class Reads:
    """Reading day objects, as far as the spans of a request determine it.

    Attributes:
        requests: to S3 for each day object, if the archive has it; an estimate.
        whole: the day objects that are read whole.
    """

    requests: dict[ChannelDay, int]
    whole: set[ChannelDay]


def object_reads(spans: Iterable[tuple[ChannelDay, TimeSpan]]) -> Reads:
    """Estimate how each day object is read.

    The requests include those for adjacent days: one for the first records, and two for each part
    of the day, to find its records and to fetch the rest of them.

    Args:
        spans: the spans to read, with each of their days.
    """
    by_day: defaultdict[ChannelDay, list[TimeSpan]] = defaultdict(list)
    for channel_day, span in spans:
        by_day[channel_day].append(span)
    requests, whole = {}, set()
    for (channel, day), own in by_day.items():
        start, end = day.starttime, day.next.starttime
        parts = merge_nearby([(max(first, start), min(last, end)) for first, last in own])
        requests[channel, day] = 1 + 2 * len(parts)
        if is_whole_simpler(parts):
            requests[channel, day] = 3
            whole.add((channel, day))
        near = (
            (day.previous, parts[0][0] - start < NEAR_MIDNIGHT_S),
            (day.next, end - max(last for _, last in parts) < NEAR_MIDNIGHT_S),
        )
        for beside, is_near in near:
            if is_near and (channel, beside) not in by_day:
                requests[channel, beside] = 2
    return Reads(requests, whole)
