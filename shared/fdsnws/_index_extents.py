"""The extents of many channels to the day, by the archive's index, without reading an object."""

from collections.abc import Sequence
from threading import Lock

from shared.archive.archive import Archive
from shared.archive.channel_id import ChannelId
from shared.archive.day import DAY_NS, Day
from shared.aws.s3_client import in_threads
from shared.fdsnws._availability_rows import Row
from shared.holdings.day_holdings import holdings_on
from shared.holdings.patterns import CodePatterns
from shared.holdings.resolve import ChannelDays

_MICROSECOND_NS = 1_000


def index_extents(
    archive: Archive,
    selections: Sequence[CodePatterns],
    selected: Sequence[ChannelDays],
    *,
    rates: bool,
) -> list[Row]:
    """Return the first and the last day with data of each channel and sampling rate.

    Args:
        archive: the archive.
        selections: the codes of the request, for days that have no index.
        selected: the channels and days that they select.
        rates: whether extents of different rates stand apart.

    Returns:
        The extents, from the first microsecond of a day to the last one. Their quality is not
        known, and neither are their updates and the number of their spans. Neither is the rate of a
        channel on days without an index.

    Raises:
        BadRequestError, S3Error, SettingsError: as of `holdings_on`.
        TooLargeError: an index is larger than its limit.
    """
    wanted: dict[Day, set[ChannelId]] = {}
    for each in selected:
        for day in each.days:
            wanted.setdefault(day, set()).add(each.channel)
    found: dict[tuple[ChannelId, float], list[int]] = {}
    lock = Lock()

    def add(day: Day) -> None:
        holdings = holdings_on(archive, day, selections)
        with lock:
            for holding in holdings.all:
                if holding.channel in wanted[day]:
                    rate = (holding.sampling_rate or 0.0) if rates else 0.0
                    found.setdefault((holding.channel, rate), []).append(day.number)

    in_threads(add, sorted(wanted))
    return [
        Row(
            channel,
            "",
            rate,
            min(days) * DAY_NS,
            (max(days) + 1) * DAY_NS - _MICROSECOND_NS,
        )
        for (channel, rate), days in found.items()
    ]
