"""The codes and times of a request, in a form that is quickly compared with many epochs.

Selections with the same codes become one pattern with all of their time spans. Those that name
their stations without wildcards are found by a table.
"""

from bisect import bisect_right
from collections.abc import Callable, Iterable, Sequence
from itertools import product

from shared.archive.channel_patterns import has_wildcard, match_codes
from shared.errors import TooLargeError
from shared.fdsnws._station_limits import MAX_WILDCARDS
from shared.holdings.patterns import TimedPatterns
from shared.stations.epoch_times import format_epoch_time

Span = tuple[str, str]
"""A start and an end, both included, as texts of `epoch_times`; "" if they are open."""

_FOREVER = "~"
"""A text that sorts after all times."""


class Pattern:
    """Codes with time spans.

    Args:
        codes: a selection, whose times do not matter.
        spans: the time spans.

    Attributes:
        any_channel: whether it has all channels of its stations.
        any_station: whether it has all stations of its networks.
        is_open: whether it has all times.
    """

    def __init__(self, codes: TimedPatterns, spans: Iterable[Span]) -> None:
        self._network, self._station = _matcher(codes.network), _matcher(codes.station)
        self._location, self._channel = _matcher(codes.location), _matcher(codes.channel)
        self.any_station = self._station is None
        self.any_channel = self._location is None and self._channel is None
        self._starts, self._ends = _merged(spans)
        self.is_open = self._starts == [""] and self._ends == [_FOREVER]

    def has_station(self, network: str, station: str) -> bool:
        """Return whether it has channels of a station."""
        return self.has_network(network) and (self._station is None or self._station(station))

    def has_network(self, network: str) -> bool:
        """Return whether it has stations of a network."""
        return self._network is None or self._network(network)

    def has_channel(self, location: str, channel: str) -> bool:
        """Return whether it has a channel of its stations."""
        return (self._channel is None or self._channel(channel)) and (
            self._location is None or self._location(location)
        )

    def meets(self, start: str, end: str) -> bool:
        """Return whether an epoch has any time in common with one of its spans."""
        # Of the spans that begin by the end of the epoch, the last one ends latest.
        place = bisect_right(self._starts, end or _FOREVER)
        return place > 0 and self._ends[place - 1] >= start


class PatternTable:
    """The patterns of a request, by station.

    Args:
        selections: the selections of the request.

    Attributes:
        patterns: all patterns.

    Raises:
        TooLargeError: more than `MAX_WILDCARDS` of them have wildcards in network or station.
    """

    def __init__(self, selections: Sequence[TimedPatterns]) -> None:
        groups: dict[tuple[tuple[str, ...], ...], tuple[TimedPatterns, list[Span]]] = {}
        for each in selections:
            lists = each.network, each.station, each.location, each.channel
            codes = tuple(map(tuple, lists))
            groups.setdefault(codes, (each, []))[1].append(_span(each))
        self.patterns: list[Pattern] = []
        self._wild: list[Pattern] = []
        self._exact: dict[tuple[str, str], list[Pattern]] = {}
        self._known: dict[tuple[Pattern, ...], tuple[Pattern, ...]] = {}
        for first, spans in groups.values():
            pattern = Pattern(first, spans)
            self.patterns.append(pattern)
            if _is_exact(first):
                for station in product(first.network, first.station):
                    self._exact.setdefault(station, []).append(pattern)
            else:
                self._wild.append(pattern)
        if len(self._wild) > MAX_WILDCARDS:
            raise TooLargeError(
                f"the request has {len(self._wild):,} different lines with wildcards in network or"
                f" station: at most {MAX_WILDCARDS} in one request; join codes by commas, name"
                " stations without wildcards, or split it",
                limit=MAX_WILDCARDS,
            )

    def of_station(self, network: str, station: str) -> tuple[Pattern, ...]:
        """Return the patterns of a station; equal ones are the same object."""
        wild = (each for each in self._wild if each.has_station(network, station))
        found = (*self._exact.get((network, station), ()), *wild)
        return self._known.setdefault(found, found)


def exact_stations(selections: Sequence[TimedPatterns]) -> list[tuple[str, str]] | None:
    """Return the stations that selections name, in order; None if some have wildcards."""
    if not all(map(_is_exact, selections)):
        return None
    return sorted({each for codes in selections for each in product(codes.network, codes.station)})


def _is_exact(codes: TimedPatterns) -> bool:
    return not any(map(has_wildcard, (*codes.network, *codes.station)))


def _span(patterns: TimedPatterns) -> Span:
    return (
        "" if patterns.start is None else format_epoch_time(patterns.start),
        "" if patterns.end is None else format_epoch_time(patterns.end),
    )


def _merged(spans: Iterable[Span]) -> tuple[list[str], list[str]]:
    """Return the starts and the ends of spans in order; those that overlap become one."""
    starts: list[str] = []
    ends: list[str] = []
    for start, end in sorted((start, end or _FOREVER) for start, end in spans):
        if ends and start <= ends[-1]:
            ends[-1] = max(ends[-1], end)
        else:
            starts.append(start)
            ends.append(end)
    return starts, ends


def _matcher(patterns: Sequence[str]) -> Callable[[str], bool] | None:
    """Return a function that compares codes; None if all match, of whatever characters."""
    if any(pattern and not pattern.strip("*") for pattern in patterns):
        return None
    return match_codes(tuple(patterns))
