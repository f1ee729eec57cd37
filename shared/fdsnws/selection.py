"""Selections: patterns of codes with a time span, and the bounds of their number."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from shared import limits
from shared.errors import BadRequestError, TooLargeError
from shared.fdsnws.parameters import CODES

ALL = ("*",)
"""The pattern of every code."""


@dataclass(frozen=True)
class Selection:
    """One line of a POST, or the codes and times of a GET.

    Attributes:
        network, station, location, channel: patterns in upper case: "*" is any characters, "?" is
            one, "" the blank location. A channel is selected if one of each matches.
        start, end: nanoseconds since 1970, both included; None is open.
    """

    network: tuple[str, ...] = ALL
    station: tuple[str, ...] = ALL
    location: tuple[str, ...] = ALL
    channel: tuple[str, ...] = ALL
    start: int | None = None
    end: int | None = None

    @property
    def patterns(self) -> int:
        """The number of patterns of whole channels."""
        product = len(self.network) * len(self.station)
        return product * len(self.location) * len(self.channel)


def selection_of(values: Mapping[str, Any]) -> Selection:
    """Return the selection of parameters' values, by long name; absent ones select all."""
    codes = {name: values.get(name, ALL) for name in CODES}
    return replace(Selection(**codes), start=values.get("starttime"), end=values.get("endtime"))


def check_span(start: int | None, end: int | None, place: str) -> None:
    """Refuse a time span that ends before it starts.

    Args:
        start: in nanoseconds since 1970; None is open.
        end: as the start.
        place: the span's place in the request, for the error.

    Raises:
        BadRequestError: the end is before the start.
    """
    if start is not None and end is not None and end < start:
        message = f"{place}: the end is before the start: must be at or after it"
        raise BadRequestError(message, field="endtime")


def bounds() -> str:
    """Return the bounds of the number of selections and patterns in a sentence.

    Raises:
        SettingsError: as of `limits.max_selections`.
    """
    return (
        f"A POST has at most {limits.max_selections():,} lines of channels (MAX_SELECTIONS), and a"
        f" request {limits.max_channel_patterns():,} combinations of codes (MAX_CHANNEL_PATTERNS)."
    )


def check_patterns(selections: Sequence[Selection]) -> None:
    """Refuse more patterns than one request may have.

    Raises:
        TooLargeError: there are more than `limits.max_channel_patterns`.
    """
    patterns, limit = sum(each.patterns for each in selections), limits.max_channel_patterns()
    if patterns > limit:
        raise TooLargeError(
            f"the request has {patterns:,} combinations of network, station, location and channel:"
            f" at most {limit:,} at a time; split it, or use wildcards",
            patterns=patterns,
            limit=limit,
        )
