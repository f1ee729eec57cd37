"""Selections of channels and times, as a request makes them, and days that hold no data."""

from collections.abc import Sequence
from typing import NamedTuple

from local.cloud.s3_server import S3Server
from shared.archive.channel_id import ChannelId
from shared.archive.day import DAY_NS, Day
from shared.archive.scedc import SCEDC
from shared.holdings.holding import ChannelSpan

DAY = Day(2022, 2)
START = DAY.number * DAY_NS
HOUR = 3_600 * 10**9


class Selection(NamedTuple):
    """Codes with wildcards, and times in ns since 1970."""

    network: tuple[str, ...] = ("*",)
    station: tuple[str, ...] = ("*",)
    location: tuple[str, ...] = ("*",)
    channel: tuple[str, ...] = ("*",)
    start: int | None = START
    end: int | None = START + HOUR


def selection(text: str, start: int | None = START, end: int | None = START + HOUR) -> Selection:
    """Return the selection of NET.STA.LOC.CHA, each a list separated by commas."""
    codes = (tuple(part.split(",")) for part in text.split("."))
    return Selection(*codes, start, end)


def put(server: S3Server, nscl: str, day: Day = DAY) -> None:
    """Put an object without data for a channel's day into the archive."""
    server.put(SCEDC.waveform_key(ChannelId.parse(nscl), day), b"x")


def ids(spans: Sequence[ChannelSpan]) -> list[str]:
    """Return the SEED ids of spans."""
    return [each.channel.seed_id for each in spans]
