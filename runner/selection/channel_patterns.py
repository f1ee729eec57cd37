"""Channels with wildcards, and where in the archive their names begin."""

import re
from dataclasses import dataclass

from shared.archive.channel_id import ChannelId, blank_location
from shared.errors import BadRequestError

_WIDTHS = {"network": 2, "station": 5, "channel": 3, "location": 2}
"""The columns of SCEDC's names, in their order; a shorter code is padded with "_"."""

_CODE = re.compile(r"[A-Z0-9*?]*", re.ASCII)
_WILDCARD = re.compile(r"[*?]")
_RIGHT = (
    "must be network.station.channel.location with upper-case codes, in which * stands for any"
    " characters and ? for one, such as 'CI.SOC.HH?.*'"
)


@dataclass(frozen=True)
class ChannelPattern:
    """One channel, or all whose codes fit.

    Attributes:
        codes: network, station, channel and location; "*" in them is any number of characters,
            "?" is one. The blank location is "".
    """

    codes: tuple[str, str, str, str]

    @classmethod
    def parse(cls, text: str) -> "ChannelPattern":
        """Read "CI.SOC.HHZ." or "CI.*.HH?.*"; without wildcards it is a channel as requests have.

        Raises:
            BadRequestError: it has not three or four codes, or a code cannot be one.
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
        """The one channel, if there are no wildcards."""
        return None if any(map(_WILDCARD.search, self.codes)) else ChannelId(*self.codes)

    @property
    def prefix(self) -> str:
        """What the archive's names of all that fit begin with, such as "CISOC__HH"."""
        prefix = ""
        for width, code in zip(_WIDTHS.values(), self.codes, strict=True):
            if wildcard := _WILDCARD.search(code):
                return prefix + code[: wildcard.start()]
            prefix += code.ljust(width, "_")
        return prefix

    @property
    def regex(self) -> re.Pattern[str]:
        """Fits the `nscl` of channels."""
        letters = {".": r"\.", "*": "[A-Z0-9]*", "?": "[A-Z0-9]"}
        return re.compile("".join(letters.get(letter, letter) for letter in str(self)))

    def __str__(self) -> str:
        return ".".join(self.codes)
