"""Channel patterns: network, station, channel and location codes with wildcards."""

import re
from dataclasses import dataclass

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
_WILDCARD = re.compile(r"[*?]")
_RIGHT = (
    "must be network.station.channel.location or network.station.location.channel, where * matches"
    " any characters and ? matches one, such as 'CI.SOC.HH?.*' or 'CI.SOC.*.HH?'"
)


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
        if not any(map(_WILDCARD.search, self.codes)):
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
        if not _WILDCARD.search(text):
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
        return None if any(map(_WILDCARD.search, self.codes)) else ChannelId(*self.codes)

    @property
    def regex(self) -> re.Pattern[str]:
        """Regular expression that matches the `nscl` of channels."""
        letters = {".": r"\.", "*": "[A-Z0-9]*", "?": "[A-Z0-9]"}
        return re.compile("".join(letters.get(letter, letter) for letter in str(self)))

    def __str__(self) -> str:
        return ".".join(self.codes)
