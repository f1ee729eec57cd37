"""Network, station, channel and location codes, as SEED writes them.

The characters and lengths are those of the SEED manual 2.4, chapter 8 (fixed section of data
header): upper-case letters and digits; network 1 to 2, station 1 to 5, channel 3, location 0 to 2.
Nothing else ever reaches a key.
"""

import re
from dataclasses import dataclass

from shared.errors import BadRequestError

_CODES = {
    "network": (re.compile(r"[A-Z0-9]{1,2}"), "1 or 2 upper-case letters or digits, such as 'CI'"),
    "station": (re.compile(r"[A-Z0-9]{1,5}"), "1 to 5 upper-case letters or digits, such as 'SOC'"),
    "channel": (re.compile(r"[A-Z0-9]{3}"), "3 upper-case letters or digits, such as 'HHZ'"),
    "location": (
        re.compile(r"(?:[A-Z0-9]{1,2})?"),
        "up to 2 upper-case letters or digits; blank is '', '--' or '  '",
    ),
}


@dataclass(frozen=True, order=True)
class ChannelId:
    """One channel of one station.

    Attributes:
        network, station, channel: codes without padding.
        location: code without padding; the blank location is "".

    Raises:
        BadRequestError: a code has a length or characters that SEED does not allow.
    """

    network: str
    station: str
    channel: str
    location: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "location", blank_location(self.location))
        for name, (pattern, right) in _CODES.items():
            code = getattr(self, name)
            if not pattern.fullmatch(code):
                raise BadRequestError(f"{name} code {code!r}: must be {right}", field=name)

    @classmethod
    def parse(cls, nscl: str) -> "ChannelId":
        """Read a channel from "NETWORK.STATION.CHANNEL.LOCATION", such as "CI.SOC.HHZ.".

        The last dot may be left out when the location is blank.

        Raises:
            BadRequestError: it has not three or four parts, or a part is not a SEED code.
        """
        right = "must be network.station.channel.location, such as 'CI.SOC.HHZ.'"
        parts = nscl.split(".")
        if len(parts) not in (3, 4):
            raise BadRequestError(f"nscl {nscl!r}: {right}", field="nscl")
        try:
            return cls(*parts)
        except BadRequestError as error:
            raise BadRequestError(
                f"nscl {nscl!r}: {error.message}; {right}", field="nscl"
            ) from error

    @property
    def nscl(self) -> str:
        """The channel as `parse` reads it, such as "CI.SOC.HHZ."."""
        return f"{self.network}.{self.station}.{self.channel}.{self.location}"

    @property
    def seed_id(self) -> str:
        """The channel in ObsPy's order, network.station.location.channel: "CI.SOC..HHZ"."""
        return f"{self.network}.{self.station}.{self.location}.{self.channel}"


def blank_location(location: str) -> str:
    """A location code without padding: "--" and spaces are the blank location, "".

    FDSN web services write the blank code as "--", miniSEED pads it with spaces.
    """
    return "" if location == "--" else location.rstrip(" ")
