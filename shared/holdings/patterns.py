"""The channels that a request selects: lists of codes with wildcards, and perhaps a time span."""

from collections.abc import Sequence
from itertools import product, takewhile
from math import prod
from typing import Protocol

from shared.archive.channel_id import ChannelId, Codes
from shared.archive.channel_patterns import has_wildcard
from shared.errors import BadRequestError

_MOST_PREFIXES = 8
"""More prefixes than this are listed by their common beginning."""


class CodePatterns(Protocol):
    """Patterns of codes: a channel is selected if each of its codes matches one of them.

    Patterns are in upper case, with the wildcards "*" and "?". The blank location is "".
    """

    @property
    def network(self) -> Sequence[str]:
        """The patterns of the network code."""

    @property
    def station(self) -> Sequence[str]:
        """The patterns of the station code."""

    @property
    def location(self) -> Sequence[str]:
        """The patterns of the location code."""

    @property
    def channel(self) -> Sequence[str]:
        """The patterns of the channel code."""


class TimedPatterns(CodePatterns, Protocol):
    """Patterns of codes with a time span."""

    @property
    def start(self) -> int | None:
        """The start in ns since 1970; None if it is open."""

    @property
    def end(self) -> int | None:
        """The end in ns since 1970, included; None if it is open."""


def is_exact(patterns: CodePatterns) -> bool:
    """Return whether no code has a wildcard."""
    return not any(has_wildcard(code) for codes in _lists(patterns) for code in codes)


def has_exact_station(patterns: CodePatterns) -> bool:
    """Return whether neither network nor station has a wildcard."""
    return not any(map(has_wildcard, (*patterns.network, *patterns.station)))


def stations_of(patterns: CodePatterns) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the patterns of network and station, to compare them with others."""
    return tuple(patterns.network), tuple(patterns.station)


def count_exact(patterns: CodePatterns) -> int:
    """Return the number of the channels that exact codes name, without making them."""
    return prod(len(codes) for codes in _lists(patterns))


def exact_channels(patterns: CodePatterns) -> list[ChannelId]:
    """Return the channels that exact codes name; codes that SEED forbids name none."""
    channels = []
    for codes in product(*_lists(patterns)):
        try:
            channels.append(ChannelId(*codes))
        except BadRequestError:  # no archive has such a channel
            continue
    return channels


def listed_codes(selections: Sequence[CodePatterns]) -> list[Codes]:
    """Return a few patterns that together match all selected channels, for listings by prefix."""
    found = [codes for patterns in selections for codes in _few(_lists(patterns))]
    return found if len(found) <= _MOST_PREFIXES else [_common(tuple(zip(*found, strict=True)))]


def _lists(patterns: CodePatterns) -> tuple[Sequence[str], ...]:
    return patterns.network, patterns.station, patterns.channel, patterns.location


def _few(lists: Sequence[Sequence[str]]) -> list[Codes]:
    if prod(map(len, lists)) > _MOST_PREFIXES:
        return [_common(lists)]
    return list(product(*lists))  # type: ignore[arg-type]


def _common(lists: Sequence[Sequence[str]]) -> Codes:
    """Return one pattern that matches everything that lists of patterns match."""
    network, station, channel, location = (
        codes[0] if len(set(codes)) == 1 else f"{_common_beginning(codes)}*" for codes in lists
    )
    return network, station, channel, location


def _common_beginning(texts: Sequence[str]) -> str:
    first, last = min(texts), max(texts)
    pairs = takewhile(lambda pair: pair[0] == pair[1], zip(first, last, strict=False))
    return "".join(letter for letter, _ in pairs)
