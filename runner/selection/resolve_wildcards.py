"""Resolve selectors into requests: list the archive for wildcards, drop duplicates."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from runner.errors import InputError
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
        InputError: a pattern matches no channel on any of its days.
    """
    listings = _listings(selectors, lister)
    selection = Selection(notes=list(_missing_days(selectors, listings)))
    requests = [request for selector in selectors for request in _requests(selector, listings)]
    selection.requests.extend(dict.fromkeys(requests))
    if duplicates := len(requests) - len(selection.requests):
        selection.notes.append(f"dropped {pluralize(duplicates, 'duplicate request')}")
    ignored = [name for listing in listings.values() for name in listing.ignored]
    if ignored:
        examples = ", ".join(ignored[:_EXAMPLES])
        selection.notes.append(
            f"ignored {pluralize(len(ignored), 'archive object')} not named like a channel day:"
            f" {examples}"
        )
    return selection


def _listings(selectors: Sequence[Selector], lister: Lister) -> Mapping[Day, Listing]:
    patterns: dict[Day, list[ChannelPattern]] = {}
    for selector in selectors:
        if selector.channels.channel is None:
            for day in selector.days:
                patterns.setdefault(day, []).append(selector.channels)
    return lister(patterns) if patterns else {}


def _missing_days(selectors: Sequence[Selector], listings: Mapping[Day, Listing]) -> Iterator[str]:
    """Yield a note for each pattern that matches no channel on some of its days.

    Raises:
        InputError: a pattern matches none on all of its days, as if it were mistyped.
    """
    by_pattern: dict[ChannelPattern, list[Selector]] = {}
    for selector in selectors:
        by_pattern.setdefault(selector.channels, []).append(selector)
    for pattern, group in by_pattern.items():
        matched = {
            day: bool(channels)
            for selector in group
            for day, channels in _channels(selector, listings).items()
        }
        missing = sorted(day for day, is_matched in matched.items() if not is_matched)
        if len(missing) == len(matched):
            source = f"{group[0].source}: " if group[0].source else ""
            listed = f", and {len(matched):,} days were listed" if len(matched) > 1 else ""
            raise InputError(
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


def _requests(selector: Selector, listings: Mapping[Day, Listing]) -> Iterator[CorrectedDayRequest]:
    for day, channels in _channels(selector, listings).items():
        for channel in channels:
            yield CorrectedDayRequest(day, channel, selector.parameters)


def _channels(selector: Selector, listings: Mapping[Day, Listing]) -> dict[Day, list[ChannelId]]:
    """Return the channels that match a selector, by day."""
    if selector.channels.channel is not None:
        return {day: [selector.channels.channel] for day in selector.days}
    matches = selector.channels.regex.fullmatch
    return {
        day: [channel for channel in listings[day].channels if matches(channel.nscl)]
        for day in selector.days
    }
