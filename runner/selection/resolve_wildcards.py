"""Resolve selectors into requests: list the archive for wildcards, drop duplicates."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from runner.errors import NoMatchError
from runner.selection.listing import Listing
from runner.selection.selector import Selector
from runner.terminal import pluralize
from shared.archive.channel_id import ChannelId
from shared.archive.channel_patterns import ChannelPattern
from shared.archive.day import Day
from shared.corrected_days.request import CorrectedDayRequest

Lister = Callable[[Mapping[Day, Sequence[ChannelPattern]]], Mapping[Day, Listing]]
"""Lists the archive: takes the channel patterns of each day, returns its listing."""

_EXAMPLES = 3  # days or names shown in a message


class Selects(Protocol):
    """Days of one channel, or of all channels that match a pattern, and their source."""

    @property
    def days(self) -> tuple[Day, ...]:
        """In order."""

    @property
    def channels(self) -> ChannelPattern:
        """The channel or the pattern."""

    @property
    def source(self) -> str:
        """Such as "days.txt, line 3"; "" is the command line."""


@dataclass(frozen=True)
class Matches:
    """The channels that selectors match.

    Attributes:
        channels: of each selector in order, by day.
        missing: notes on days without a matching channel.
        ignored: notes on objects that are not named like a channel day.
    """

    channels: list[dict[Day, list[ChannelId]]]
    missing: list[str]
    ignored: list[str]


@dataclass
class Selection:
    """The selected requests.

    Attributes:
        requests: without duplicates, in the order of the selectors.
        notes: remarks for the user, such as days without a matching channel.
    """

    requests: list[CorrectedDayRequest] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def resolve(selectors: Sequence[Selector], lister: Lister) -> Selection:
    """Resolve selectors into requests.

    Args:
        selectors: the selectors.
        lister: called once if a selector has wildcards.

    Raises:
        NoMatchError: a pattern matches no channel on any of its days.
    """
    matches = match_channels(selectors, lister)
    requests = [
        CorrectedDayRequest(day, channel, selector.parameters)
        for selector, by_day in zip(selectors, matches.channels, strict=True)
        for day, channels in by_day.items()
        for channel in channels
    ]
    unique = list(dict.fromkeys(requests))
    duplicates = duplicate_notes(len(requests) - len(unique), "request")
    return Selection(unique, [*matches.missing, *duplicates, *matches.ignored])


def match_channels(selectors: Sequence[Selects], lister: Lister) -> Matches:
    """Find the channels that match selectors.

    Args:
        selectors: the selectors.
        lister: called once if a selector has wildcards.

    Raises:
        NoMatchError: a pattern matches no channel on any of its days.
    """
    listings = _listings(selectors, lister)
    channels = [_channels(selector, listings) for selector in selectors]
    missing = list(_missing_days(selectors, channels))
    ignored = [name for listing in listings.values() for name in listing.ignored]
    notes = []
    if ignored:
        examples = ", ".join(ignored[:_EXAMPLES])
        notes.append(
            f"ignored {pluralize(len(ignored), 'archive object')} not named like a channel day:"
            f" {examples}"
        )
    return Matches(channels, missing, notes)


def duplicate_notes(duplicates: int, noun: str) -> list[str]:
    """Return a note on a number of duplicates; none for 0."""
    return [f"dropped {pluralize(duplicates, f'duplicate {noun}')}"] if duplicates else []


def _listings(selectors: Sequence[Selects], lister: Lister) -> Mapping[Day, Listing]:
    patterns: dict[Day, list[ChannelPattern]] = {}
    for selector in selectors:
        if selector.channels.channel is None:
            for day in selector.days:
                patterns.setdefault(day, []).append(selector.channels)
    return lister(patterns) if patterns else {}


def _missing_days(
    selectors: Sequence[Selects], channels: Sequence[Mapping[Day, list[ChannelId]]]
) -> Iterator[str]:
    """Yield a note for each pattern that matches no channel on some of its days.

    Raises:
        NoMatchError: a pattern matches none on all of its days, as if it were mistyped.
    """
    by_pattern: dict[ChannelPattern, dict[Day, bool]] = {}
    sources: dict[ChannelPattern, str] = {}
    for selector, by_day in zip(selectors, channels, strict=True):
        sources.setdefault(selector.channels, selector.source)
        matched = by_pattern.setdefault(selector.channels, {})
        matched.update({day: bool(found) for day, found in by_day.items()})
    for pattern, matched in by_pattern.items():
        missing = sorted(day for day, is_matched in matched.items() if not is_matched)
        if len(missing) == len(matched):
            source = f"{sources[pattern]}: " if sources[pattern] else ""
            listed = f", and {len(matched):,} days were listed" if len(matched) > 1 else ""
            raise NoMatchError(
                f"{source}no channel matches {str(pattern)!r} on {_range_text(missing)}:"
                f" the archive has none{listed}"
            )
        if missing:
            more = "..." if len(missing) > _EXAMPLES else ""
            yield (
                f"no channel matches {str(pattern)!r} on {len(missing):,} of"
                f" {pluralize(len(matched), 'day')}:"
                f" {', '.join(map(str, missing[:_EXAMPLES]))}{more}"
            )


def _range_text(days: Sequence[Day]) -> str:
    return str(days[0]) if len(days) == 1 else f"{days[0]}..{days[-1]}"


def _channels(selector: Selects, listings: Mapping[Day, Listing]) -> dict[Day, list[ChannelId]]:
    """Return the channels that match a selector, by day."""
    if selector.channels.channel is not None:
        return {day: [selector.channels.channel] for day in selector.days}
    matches = selector.channels.regex.fullmatch
    return {
        day: [channel for channel in listings[day].channels if matches(channel.nscl)]
        for day in selector.days
    }
