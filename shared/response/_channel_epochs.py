"""The epochs of a channel in a station's metadata, found quickly for each of many segments."""

from bisect import bisect_left
from collections.abc import Iterator
from functools import cached_property

import numpy as np
from obspy import Inventory, Trace, UTCDateTime
from obspy.core.inventory import Channel, Response

from shared.archive.channel_id import blank_location
from shared.archive.time import format_time
from shared.response.checked_response import CheckedResponse, check

_FAR_NS = 2**63 - 1  # the last time that an int64 holds


class ChannelEpochs:
    """The epochs of a channel, found quickly for each of many segments.

    Args:
        trace: a segment of the channel.
        inventory: the station's metadata.

    Attributes:
        every: all epochs, in the file's order.
        found: the responses of segments by their `stretch`; `find_response` extends it.
    """

    def __init__(self, trace: Trace, inventory: Inventory) -> None:
        self.every = list(_epochs_of(trace, inventory))
        self.found: dict[tuple[int, float, str], CheckedResponse] = {}
        self._starts = np.array([_ns(epoch.start_date, -1) for epoch in self.every], np.int64)
        self._ends = np.array([_ns(epoch.end_date, 1) for epoch in self.every], np.int64)
        self._checked: dict[int, CheckedResponse] = {}
        self._changes = sorted([*self._starts.tolist(), *self._ends.tolist()])

    def near(self, trace: Trace) -> list[Channel]:
        """Return the epochs that may be valid within a segment, in the file's order."""
        begin, end = _around(trace)
        places = np.flatnonzero((self._starts <= end) & (self._ends >= begin))
        return [self.every[place] for place in places.tolist()]

    def stretch(self, trace: Trace, output: str = "") -> tuple[int, float, str] | None:
        """Return a key that segments share if they have one response; None if it may change."""
        begin, end = _around(trace)
        place = bisect_left(self._changes, begin)
        changes = place < len(self._changes) and self._changes[place] <= end
        return None if changes else (place, trace.stats.sampling_rate, output)

    def checked(self, response: Response) -> CheckedResponse:
        """Return the response of one of the epochs, checked once.

        Raises:
            ValueError: it cannot be right.
        """
        if id(response) not in self._checked:
            self._checked[id(response)] = check(response)
        return self._checked[id(response)]

    @cached_property
    def words(self) -> str:
        """The time spans of all epochs."""
        return "; ".join(map(span_of, self.every)) or "nothing of this channel"


def span_of(epoch: Channel) -> str:
    """Return the time span of an epoch in words."""
    start = "..." if epoch.start_date is None else format_time(epoch.start_date)
    end = "open" if epoch.end_date is None else format_time(epoch.end_date)
    return f"{start} to {end}"


def _around(trace: Trace) -> tuple[int, int]:
    """Return the start and the end of a segment in ns since 1970, with a margin."""
    margin = round(2e9 * trace.stats.delta) + 10**9
    return trace.stats.starttime.ns - margin, trace.stats.endtime.ns + margin


def _ns(date: UTCDateTime | None, sign: int) -> int:
    """Return a date in ns since 1970, within 290 years; an open one lies there in its direction."""
    ns: int = date.ns if date else sign * _FAR_NS
    return min(max(ns, -_FAR_NS), _FAR_NS)


def _epochs_of(trace: Trace, inventory: Inventory) -> Iterator[Channel]:
    """Yield all epochs of the segment's channel, in the file's order."""
    stats = trace.stats
    code = stats.channel, blank_location(stats.location)
    for network in inventory:
        for station in network:
            if (network.code, station.code) == (stats.network, stats.station):
                for channel in station:
                    location = blank_location(channel.location_code)
                    if (channel.code, location) == code:
                        yield channel
