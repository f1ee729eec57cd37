"""Network, station, channel and location codes.

The SEED manual 2.4, chapter 8 (fixed section of data header), allows upper-case letters and digits:
1 or 2 for the network, 1 to 5 for the station, 3 for the channel, 0 to 2 for the location. Codes
become parts of S3 keys, so no other character passes.
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
    """The codes that identify one channel of one station, without padding.

    Attributes:
        network, station, channel: SEED codes.
        location: SEED code; "" is the blank location.

    Raises:
        BadRequestError: SEED does not allow the length or a character of a code.
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
        """Parse "NETWORK.STATION.CHANNEL.LOCATION", such as "CI.SOC.HHZ.".

        The last dot is optional if the location is blank.

        Raises:
            BadRequestError: there are not three or four parts, or a part is not a SEED code.
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
        """Codes in the order of `parse`, such as "CI.SOC.HHZ."."""
        return f"{self.network}.{self.station}.{self.channel}.{self.location}"

    @property
    def seed_id(self) -> str:
        """Codes in the order of SEED identifiers, such as "CI.SOC..HHZ"."""
        return f"{self.network}.{self.station}.{self.location}.{self.channel}"


def blank_location(location: str) -> str:
    """Return a location code without padding; "--" and spaces become the blank code, "".

    FDSN web services write the blank code as "--". miniSEED pads codes with spaces.
    """
    return "" if location == "--" else location.rstrip(" ")
