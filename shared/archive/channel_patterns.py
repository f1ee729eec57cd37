"""Channel patterns: network, station, channel and location codes with wildcards."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from shared.archive.channel_id import (
    ChannelId,
    Codes,
    clean_code,
    clean_location,
    may_be_channel,
    may_be_location,
    parse_codes,
)
from shared.errors import BadRequestError
from shared.fields import shown

_WIDTHS = {"network": 2, "station": 5, "channel": 3, "location": 2}
"""Lengths of the longest codes that SEED allows."""

_CODE = re.compile(r"[A-Z0-9*?]*", re.ASCII)
_MANY = 16
"""More patterns than this are matched once for each code, as they take a microsecond each."""

_WILDCARD = re.compile(r"[*?]")
_RIGHT = (
    "must be network.station.channel.location or network.station.location.channel, where * matches"
    " any characters and ? matches one, such as 'CI.SOC.HH?.*' or 'CI.SOC.*.HH?'"
)


def has_wildcard(code: str) -> bool:
    """Return whether a code has a wildcard, "*" or "?"."""
    return _WILDCARD.search(code) is not None


@lru_cache(1_000)
def match_codes(patterns: tuple[str, ...]) -> Callable[[str], bool]:
    """Return a function that checks whether a code matches one of several patterns.

    Args:
        patterns: codes in upper case, without padding. "*" matches any number of characters, "?"
            matches one. The blank location is "".
    """
    exact = frozenset(pattern for pattern in patterns if not has_wildcard(pattern))
    wild = dict.fromkeys(_regex_of(pattern) for pattern in patterns if has_wildcard(pattern))
    if not wild:
        return exact.__contains__
    matches = re.compile("|".join(wild)).fullmatch

    def is_match(code: str) -> bool:
        return code in exact or matches(code) is not None

    return lru_cache(10_000)(is_match) if len(wild) > _MANY else is_match


def _regex_of(pattern: str) -> str:
    wildcards = {"*": "[A-Z0-9]*", "?": "[A-Z0-9]"}
    single = re.sub(r"\*+", "*", pattern)  # a regex with many in a row would take forever
    return "".join(wildcards.get(letter) or re.escape(letter) for letter in single)


@dataclass(frozen=True)
class ChannelPattern:
    """One channel, or all channels whose codes match.

    Attributes:
        codes: network, station, channel and location. "*" matches any number of characters, "?"
            matches one. The blank location is "".

    Raises:
        BadRequestError: a code is invalid.
    """

    codes: Codes

    def __post_init__(self) -> None:
        if not any(map(has_wildcard, self.codes)):
            ChannelId(*self.codes)  # which checks them
            return
        for (name, width), code in zip(_WIDTHS.items(), self.codes, strict=True):
            least = len(code.replace("*", ""))
            missing = not code and name != "location"
            if not _CODE.fullmatch(code) or least > width or missing:
                raise BadRequestError(f"{name} code {shown(code)}", field=name)

    @classmethod
    def parse(cls, text: str) -> "ChannelPattern":
        """Read a channel such as "CI.SOC.HHZ.", or a pattern such as "CI.*.HH?.*".

        Location and channel may be in either order, as in `ChannelId.parse`.

        Raises:
            BadRequestError: there are not three or four codes, a code is invalid, or both orders
                are possible.
        """
        if not has_wildcard(text):
            channel = ChannelId.parse(text)
            return cls((channel.network, channel.station, channel.channel, channel.location))
        return parse_codes(text, cls, _RIGHT)

    @classmethod
    def of_words(cls, network: str, station: str, location: str, channel: str) -> "ChannelPattern":
        """Return the pattern of four codes in FDSN's order, or with the last two exchanged.

        Raises:
            BadRequestError: a code is invalid.
        """
        location, channel = clean_location(location), clean_location(channel)
        if not (may_be_location(location) and may_be_channel(channel)) and (
            may_be_channel(location) and may_be_location(channel)
        ):
            location, channel = channel, location
        return cls((clean_code(network), clean_code(station), channel, location))

    @property
    def channel(self) -> ChannelId | None:
        """The channel, if there are no wildcards; else None."""
        return None if any(map(has_wildcard, self.codes)) else ChannelId(*self.codes)

    @property
    def regex(self) -> re.Pattern[str]:
        """Regular expression that matches the `nscl` of channels."""
        return re.compile(r"\.".join(map(_regex_of, self.codes)))

    def __str__(self) -> str:
        return ".".join(self.codes)
