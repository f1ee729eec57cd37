"""Estimate time and cost of many channel days. Needs nothing but Python."""

import math
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from runner.costs import prices
from runner.costs.channel_day import channel_day_cost, result_bytes, sampling_rate_of
from runner.costs.memory import recommended_memory
from runner.terminal import pluralize
from shared.archive.channel_id import ChannelId


@dataclass(frozen=True)
class Estimate:
    """Estimated cost of a number of channel days.

    Attributes:
        channel_days: number of channel days.
        seconds: billed seconds of all days; divide by the number of workers for elapsed time.
        gb_seconds: seconds times memory in GB.
        dollars: Lambda's time and requests, writes to S3, logs, and the queue if there is one.
        memory_mb: memory of the function.
        result_bytes: size of the results.
    """

    channel_days: int
    seconds: float
    gb_seconds: float
    dollars: float
    memory_mb: int
    result_bytes: float

    def sentence(self) -> str:
        """Return the estimate in words, with its assumptions."""
        return (
            f"estimate for {pluralize(self.channel_days, 'channel day')}: about"
            f" {_duration(self.seconds)} of computing, {_gb_seconds_text(self.gb_seconds)} and"
            f" {dollar_text(self.dollars)} with {self.memory_mb:,} MB, at AWS list prices for"
            f" {prices.REGION} as of {prices.LIST_DATE}, for default parameters and sampling rates"
            f" guessed from channel codes; results of {_size_text(self.result_bytes)}:"
            f" {dollar_text(prices.download_once(self.result_bytes))} to download them once over"
            " the internet,"
            f" {dollar_text(prices.storage_per_month(self.result_bytes))} a month to store them"
        )


def estimate(channels: Iterable[ChannelId], queued: bool) -> Estimate:
    """Estimate the cost of correcting channel days with the recommended memory.

    Assumes warm containers, default parameters, and no free tier left. Reading the archive is free.

    Args:
        channels: the channel of each day; a channel appears once per day.
        queued: whether the requests go through the queue.
    """
    memory_mb = recommended_memory("response")
    rates = Counter(sampling_rate_of(channel) for channel in channels)
    costs = [(days, channel_day_cost(rate, memory_mb, queued)) for rate, days in rates.items()]
    return Estimate(
        channel_days=rates.total(),
        seconds=math.fsum(days * cost.seconds for days, cost in costs),
        gb_seconds=math.fsum(days * cost.gb_seconds for days, cost in costs),
        dollars=math.fsum(days * cost.dollars for days, cost in costs),
        memory_mb=memory_mb,
        result_bytes=math.fsum(days * result_bytes(rate) for rate, days in rates.items()),
    )


def dollar_text(dollars: float) -> str:
    """Format dollars with the significant digits only: $12,345, $1.23 or $0.00012."""
    if dollars >= 1000:
        return f"${dollars:,.0f}"
    if dollars >= 1:
        return f"${dollars:,.2f}"
    return f"${dollars:.{max(2, 1 - math.floor(math.log10(dollars)))}f}" if dollars else "$0"


def _gb_seconds_text(gb_seconds: float) -> str:
    digits = 0 if gb_seconds >= 10 else 1
    return f"{gb_seconds:,.{digits}f} GB-seconds"


def _size_text(size: float) -> str:
    for length, unit in ((1e12, "TB"), (1e9, "GB"), (1e6, "MB"), (1e3, "kB")):
        if size >= length:
            return f"{size / length:,.{0 if size >= 10 * length else 1}f} {unit}"
    return f"{size:.0f} bytes"


def _duration(seconds: float) -> str:
    if seconds < 1:
        return f"{seconds:.1g} s"
    for limit, length, unit in ((120, 1, "s"), (7200, 60, "minutes"), (172_800, 3600, "hours")):
        if seconds < limit:
            return f"{seconds / length:,.0f} {unit}"
    return f"{seconds / 86400:,.0f} days"
