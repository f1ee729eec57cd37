"""Channel patterns: network, station, channel and location codes with wildcards."""

import re
from dataclasses import dataclass

from shared.archive.channel_id import ChannelId, blank_location
from shared.errors import BadRequestError

_WIDTHS = {"network": 2, "station": 5, "channel": 3, "location": 2}
"""Lengths of the longest codes that SEED allows."""

_CODE = re.compile(r"[A-Z0-9*?]*", re.ASCII)
_WILDCARD = re.compile(r"[*?]")
_RIGHT = (
    "must be network.station.channel.location in upper case, where * matches any characters and"
    " ? matches one, such as 'CI.SOC.HH?.*'"
)


@dataclass(frozen=True)
class ChannelPattern:
    """One channel, or all channels whose codes match.

    Attributes:
        codes: network, station, channel and location. "*" matches any number of characters, "?"
            matches one. The blank location is "".
    """

    codes: tuple[str, str, str, str]

    @classmethod
    def parse(cls, text: str) -> "ChannelPattern":
        """Read a channel such as "CI.SOC.HHZ.", or a pattern such as "CI.*.HH?.*".

        Raises:
            BadRequestError: there are not three or four codes, or a code is invalid.
        """
        if not _WILDCARD.search(text):
            channel = ChannelId.parse(text)
            return cls((channel.network, channel.station, channel.channel, channel.location))
        parts = text.split(".")
        if len(parts) not in (3, 4):
            raise BadRequestError(f"nscl {text!r}: {_RIGHT}", field="nscl")
        network, station, channel_code, location = (*parts, "")[:4]
        codes = (network, station, channel_code, blank_location(location))
        for (name, width), code in zip(_WIDTHS.items(), codes, strict=True):
            least = len(code.replace("*", ""))
            missing = not code and name != "location"
            if not _CODE.fullmatch(code) or least > width or missing:
                raise BadRequestError(f"nscl {text!r}: {name} code {code!r}; {_RIGHT}", field=name)
        return cls(codes)

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
