"""Days, channels and files as requests: wildcards resolved, duplicates dropped, in order."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from runner.errors import InputError
from runner.selection.channel_patterns import ChannelPattern
from runner.selection.listing import Listing
from runner.selection.selector import Selector
from runner.terminal import counted
from shared.archive.channel_id import ChannelId
from shared.archive.day import Day
from shared.corrected_days.request import CorrectedDayRequest

Lister = Callable[[Mapping[Day, Sequence[str]]], Mapping[Day, Listing]]
"""Lists what the archive has on days, of names that begin in certain ways."""

_SHOWN = 3  # names that are told as examples


@dataclass
class Selection:
    """What is to be requested.

    Attributes:
        requests: each once, in the order in which they were asked for.
        notes: what is to be known of it, in sentences.
    """

    requests: list[CorrectedDayRequest] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def select(wanted: Sequence[Selector], lister: Lister) -> Selection:
    """Turn what is wanted into requests.

    Raises:
        InputError: a pattern fits no channel on any of the days for which it is asked.
    """
    listings = _listings(wanted, lister)
    selection = Selection(notes=list(_notes_of_absence(wanted, listings)))
    asked = [request for item in wanted for request in _requests(item, listings)]
    selection.requests.extend(dict.fromkeys(asked))
    if twice := len(asked) - len(selection.requests):
        verb = "was" if twice == 1 else "were"
        selection.notes.append(f"dropped {counted(twice, 'request')} that {verb} there twice")
    ignored = [name for listing in listings.values() for name in listing.ignored]
    if ignored:
        shown = ", ".join(ignored[:_SHOWN])
        selection.notes.append(
            f"ignored {counted(len(ignored), 'name')} of the archive that are no channel's day:"
            f" {shown}"
        )
    return selection


def _listings(wanted: Sequence[Selector], lister: Lister) -> Mapping[Day, Listing]:
    prefixes: dict[Day, list[str]] = {}
    for item in wanted:
        if item.channels.channel is None:
            for day in item.days:
                prefixes.setdefault(day, []).append(item.channels.prefix)
    return lister(prefixes) if prefixes else {}


def _notes_of_absence(wanted: Sequence[Selector], listings: Mapping[Day, Listing]) -> Iterator[str]:
    """On which days a pattern fits nothing, wherever it is asked for.

    Raises:
        InputError: that is so on all of its days, as of a pattern that was mistyped.
    """
    items: dict[ChannelPattern, list[Selector]] = {}
    for item in wanted:
        items.setdefault(item.channels, []).append(item)
    for pattern, some in items.items():
        found = {day: bool(fit) for item in some for day, fit in _channels(item, listings).items()}
        without = sorted(day for day, fits in found.items() if not fits)
        if len(without) == len(found):
            place = f"{some[0].place}: " if some[0].place else ""
            listed = f", and {len(found):,} days were listed" if len(found) > 1 else ""
            raise InputError(
                f"{place}no channel fits {str(pattern)!r} on {_span(without)}:"
                f" the archive has none{listed}"
            )
        if without:
            days = ", ".join(map(str, without[:_SHOWN])) + ("..." if len(without) > _SHOWN else "")
            yield (
                f"no channel fits {str(pattern)!r} on {len(without):,} of"
                f" {counted(len(found), 'day')}: {days}"
            )


def _span(days: Sequence[Day]) -> str:
    """Days in a few words."""
    return str(days[0]) if len(days) == 1 else f"{days[0]}..{days[-1]}"


def _requests(item: Selector, listings: Mapping[Day, Listing]) -> Iterator[CorrectedDayRequest]:
    for day, channels in _channels(item, listings).items():
        for channel in channels:
            yield CorrectedDayRequest(day, channel, item.parameters)


def _channels(item: Selector, listings: Mapping[Day, Listing]) -> dict[Day, list[ChannelId]]:
    """The channels that fit, by day."""
    if item.channels.channel is not None:
        return {day: [item.channels.channel] for day in item.days}
    fits = item.channels.regex.fullmatch
    return {
        day: [channel for channel in listings[day].channels if fits(channel.nscl)]
        for day in item.days
    }
