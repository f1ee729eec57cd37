"""Days, channels and files as requests: wildcards resolved, duplicates dropped, in order."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from runner.failures import InputError
from runner.listing import Listing
from runner.wanted import Wanted
from shared.codes import ChannelId
from shared.corrected_day_request import CorrectedDayRequest
from shared.days import Day

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


def select(wanted: Sequence[Wanted], lister: Lister) -> Selection:
    """Turn what is wanted into requests.

    Raises:
        InputError: a pattern fits no channel on any of its days.
    """
    listings = _listings(wanted, lister)
    selection, asked = Selection(), 0
    seen: dict[CorrectedDayRequest, None] = {}
    for item in wanted:
        for request in _requests(item, listings, selection.notes):
            asked += 1
            seen[request] = None
    selection.requests.extend(seen)
    if asked > len(seen):
        selection.notes.append(f"dropped {asked - len(seen):,} requests that were there twice")
    ignored = [name for listing in listings.values() for name in listing.ignored]
    if ignored:
        shown = ", ".join(ignored[:_SHOWN])
        selection.notes.append(
            f"ignored {len(ignored):,} names of the archive that are no channel's day: {shown}"
        )
    return selection


def _listings(wanted: Sequence[Wanted], lister: Lister) -> Mapping[Day, Listing]:
    prefixes: dict[Day, list[str]] = {}
    for item in wanted:
        if item.channels.channel is None:
            for day in item.days:
                prefixes.setdefault(day, []).append(item.channels.prefix)
    return lister(prefixes) if prefixes else {}


def _requests(
    item: Wanted, listings: Mapping[Day, Listing], notes: list[str]
) -> Iterator[CorrectedDayRequest]:
    channels = _channels(item, listings)
    without = [day for day in item.days if not channels[day]]
    if len(without) == len(item.days):
        place = f"{item.place}: " if item.place else ""
        listed = f"the archive has none, and {len(item.days):,} days were listed"
        raise InputError(
            f"{place}no channel fits {str(item.channels)!r} on {item.span}:"
            f" {listed if len(item.days) > 1 else 'the archive has none'}"
        )
    if without:
        days = ", ".join(map(str, without[:_SHOWN])) + ("..." if len(without) > _SHOWN else "")
        notes.append(
            f"no channel fits {str(item.channels)!r} on {len(without):,} of"
            f" {len(item.days):,} days: {days}"
        )
    for day in item.days:
        for channel in channels[day]:
            yield CorrectedDayRequest(day, channel, item.parameters)


def _channels(item: Wanted, listings: Mapping[Day, Listing]) -> dict[Day, list[ChannelId]]:
    """The channels that fit, by day."""
    if item.channels.channel is not None:
        return {day: [item.channels.channel] for day in item.days}
    fits = item.channels.regex.fullmatch
    return {
        day: [channel for channel in listings[day].channels if fits(channel.nscl)]
        for day in item.days
    }
