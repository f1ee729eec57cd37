"""How the day objects of a request are read, as far as the request alone determines it."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from shared.archive.day import Day
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


class DaySamples(NamedTuple):
    """The samples that a day object has of a span.

    Attributes:
        first_ns, last_ns: the times of the first and the last one, in ns since 1970; None for none.
        delta_ns: the sample interval in ns; 0 if it is unknown.
    """

    first_ns: int | None
    last_ns: int | None
    delta_ns: float


def days_beside(
    days: Sequence[Day], start_ns: int, end_ns: int, found: Mapping[Day, DaySamples]
) -> Iterator[Day]:
    """Yield the adjacent days that may have a sample at an end of a span.

    A day's object need not begin and end at midnight: a sample near midnight may be in the object
    of either day. An adjacent day is not needed where the span's own day has the sample.

    Args:
        days: the span's own days, in order.
        start_ns: the start of the span in ns since 1970, included.
        end_ns: its end, likewise.
        found: the samples of those of the days that the archive has.
    """
    near = NEAR_MIDNIGHT_S * 1e9
    none = DaySamples(None, None, 0.0)
    first, last = found.get(days[0], none), found.get(days[-1], none)
    if start_ns - days[0].starttime.ns < near and (
        first.first_ns is None or first.first_ns > start_ns + first.delta_ns
    ):
        yield days[0].previous
    if days[-1].next.starttime.ns - end_ns < near and (
        last.last_ns is None or last.last_ns + last.delta_ns <= end_ns
    ):
        yield days[-1].next
