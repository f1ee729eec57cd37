"""Network, station, channel and location codes.

The SEED manual 2.4, chapter 8 (fixed section of data header), allows upper-case letters and digits:
1 or 2 for the network, 1 to 5 for the station, 3 for the channel, 0 to 2 for the location. Codes
become parts of S3 keys, so no other character passes. Requests may write them in lower case.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from shared.archive.ambiguous import AmbiguousError, describe_refusal
from shared.errors import BadRequestError
from shared.fields import shown

RIGHT_CHANNEL = (
    "must be network.station.channel.location, such as 'CI.SOC.HHZ.', or"
    " network.station.location.channel, such as 'CI.SOC..HHZ'"
)

Codes = tuple[str, str, str, str]
"""Network, station, channel and location."""

_T = TypeVar("_T")

_MAX_CHARACTERS = 100
"""Longer texts are no channels, however much padding they have."""

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
                raise BadRequestError(f"{name} code {shown(code)}: must be {right}", field=name)

    @classmethod
    def of_codes(
        cls, network: str, station: str, channel: str, location: str | None
    ) -> "ChannelId":
        """Return the channel of codes as people write them, padded or in lower case.

        A location is blank if it is None, "--", "null" or spaces.

        Raises:
            BadRequestError: a code is not one of SEED.
        """
        codes = clean_code(network), clean_code(station), clean_code(channel)
        return cls(*codes, clean_location(location or ""))

    @classmethod
    def parse(cls, nscl: str) -> "ChannelId":
        """Parse "NETWORK.STATION.CHANNEL.LOCATION" or SEED's "NETWORK.STATION.LOCATION.CHANNEL".

        Such as "CI.SOC.HHZ." or "CI.SOC..HHZ", in any case. Without a fourth code, the location is
        blank.

        Raises:
            BadRequestError: there are not three or four codes, or a code is not one of SEED.
        """
        return parse_codes(nscl, lambda codes: cls(*codes), RIGHT_CHANNEL)

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


def clean_code(code: str) -> str:
    """Return a code as SEED writes it: in upper case, without padding.

    Other characters than ASCII stay, as their upper case might be a code.
    """
    code = code.rstrip(" ")
    return code.upper() if code.isascii() else code


def clean_location(code: str) -> str:
    """Return a location code as SEED writes it; blank if it is "--", "null", "None" or spaces."""
    code = clean_code(code)
    return "" if code in ("--", "NULL", "NONE") else code


def parse_codes(text: str, make: Callable[[Codes], _T], right: str) -> _T:
    """Make a channel, or a pattern of channels, of a text in either order; see `split_codes`.

    Args:
        text: the codes.
        make: takes network, station, channel and location.
        right: the texts that would be right, for the error; begins with "must be".

    Raises:
        BadRequestError: the text is none, or `make` refuses its codes.
    """
    try:
        return make(split_codes(text))
    except BadRequestError as error:
        reason = f"{error.message}; {right}"
    except ValueError as error:
        reason = describe_refusal(error, right)
    raise BadRequestError(f"nscl {shown(text)}: {reason}", field="nscl")


def split_codes(text: str) -> Codes:
    """Return network, station, channel and location of a text in either order.

    A channel has three characters and a location none to two, which tells the orders apart. Codes
    may have wildcards: "*" is any number of characters, "?" is one.

    Raises:
        AmbiguousError: both orders are possible and differ.
        ValueError: there are not three or four codes.
    """
    parts = text.strip(" \t\r\n").split(".") if len(text) < _MAX_CHARACTERS else []
    if len(parts) not in (3, 4):
        raise ValueError
    network, station, first, second = map(clean_code, (*parts, "")[:4])
    first, second = clean_location(first), clean_location(second)
    if not (may_be_location(first) and may_be_channel(second)):
        return network, station, first, second
    if may_be_channel(first) and may_be_location(second) and first != second:
        raise AmbiguousError(
            f"could be the channel {first!r} at the location {second!r}, or the channel"
            f" {second!r} at the location {first!r}: write the channel with '?', such as"
            f" '{network}.{station}.{_exact(first)}.{second}' or"
            f" '{network}.{station}.{first}.{_exact(second)}'"
        )
    return network, station, second, first


def may_be_channel(code: str) -> bool:
    """Return whether a code or pattern can be three characters long."""
    least = len(code.replace("*", ""))
    return least <= 3 if "*" in code else least == 3


def may_be_location(code: str) -> bool:
    """Return whether a code or pattern can be up to two characters long."""
    return len(code.replace("*", "")) <= 2


def _exact(pattern: str) -> str:
    """Return the pattern of a channel, with its last "*" as the "?" that it stands for."""
    head, _, tail = pattern.rpartition("*")
    missing = 3 - len(head.replace("*", "")) - len(tail)
    return f"{head}{'?' * missing}{tail}".replace("*", "")
