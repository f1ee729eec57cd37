"""Cost of one channel day or one window request, from the measurement and AWS's list prices."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from runner.costs import measurement, prices
from shared.archive.channel_id import ChannelId

QUEUE_REQUESTS = 3
"""SQS requests per message if none shares a batch: send, receive, delete."""

HIGHEST_RATE_HZ = 200.0
"""The highest sampling rate in SCEDC's archive, and so the most expensive."""

LOWEST_RATE_HZ = 1.0
"""The lowest measured sampling rate. Below it, a day takes no less time."""

_STRONG_MOTION_LOCATION = "2C"

# Band codes: https://docs.fdsn.org/projects/source-identifiers/en/v1.0/channel-codes.html, each at
# the rate that SCEDC's stations use. Bands below 1 Hz take the same few seconds as 1 Hz.
_BAND_HZ = {
    **dict.fromkeys("EH", 100.0),
    **dict.fromkeys("BS", 40.0),
    "M": 10.0,
    **dict.fromkeys("LVUWRPTQ", LOWEST_RATE_HZ),
}


@dataclass(frozen=True)
class ChannelDayCost:
    """Cost of one channel day at one memory size, in a warm container.

    Attributes:
        seconds: billed seconds.
        gb_seconds: seconds times memory in GB.
        dollars: everything that AWS bills for the day.
    """

    seconds: float
    gb_seconds: float
    dollars: float


def sampling_rate_of(channel: ChannelId) -> float:
    """Guess a channel's sampling rate in Hz from its codes.

    The first letter of a channel code is the band, a range of rates. SCEDC's stations use H and E
    at 100 Hz (200 Hz at location 2C), B and S at 40, M at 10, L at 1 Hz and the rest below. A
    letter for more than 200 Hz, or for no rate, counts as 200 Hz, the most expensive.
    """
    rate = _BAND_HZ.get(channel.channel[0], HIGHEST_RATE_HZ)
    strong_motion = channel.location == _STRONG_MOTION_LOCATION and rate == _BAND_HZ["H"]
    return HIGHEST_RATE_HZ if strong_motion else rate


def channel_day_cost(sampling_rate: float, memory_mb: int, queued: bool = True) -> ChannelDayCost:
    """Return the cost of a channel day in a warm container.

    Seconds are interpolated linearly between the measured sampling rates. Request counts and log
    bytes are those of the next measured rate.

    Args:
        sampling_rate: in Hz; outside the measured range, the nearest measured rate is used.
        memory_mb: memory of the function; a measured size.
        queued: whether the request comes through the queue.

    Raises:
        ValueError: that memory size was not measured at that rate, or was too small.
    """
    measured: dict[float, float] = {
        cell["sampling_rate"]: cell["billed_seconds"]
        for cell in measurement.fitting_cells("response")
        if cell["memory_mb"] == memory_mb
    }
    day = measurement.day_counts(sampling_rate)
    if day["sampling_rate"] not in measured:
        raise ValueError(f"{sampling_rate:g} Hz with {memory_mb} MB: not measured, or too little")
    seconds = _interpolate(sampling_rate, sorted(measured.items()))
    gb_seconds = seconds * memory_mb / 1024
    dollars = gb_seconds_dollars(gb_seconds) + _fees(day, queued)
    return ChannelDayCost(seconds, gb_seconds, dollars)


def result_bytes(sampling_rate: float) -> float:
    """Return the size of a corrected day in bytes, which grows with the number of samples.

    Args:
        sampling_rate: in Hz; below the lowest measured rate, that one is used.
    """
    day = measurement.day_counts(sampling_rate)
    size: float = day["result_bytes"]
    return size * max(sampling_rate, LOWEST_RATE_HZ) / float(day["sampling_rate"])


def request_dollars(function: str, cell: Mapping[str, Any]) -> float:
    """Return everything that AWS bills for a measured request, in dollars.

    Args:
        function: "response", for a channel day from the queue, or "timewindow", for a request to
            the HTTP API with its reply sent to the internet.
        cell: the measured cell.
    """
    dollars = gb_seconds_dollars(cell["billed_seconds"] * cell["memory_mb"] / 1024)
    if function == "response":
        return dollars + _fees(measurement.day_counts(cell["sampling_rate"]), queued=True)
    fees = prices.LAMBDA_REQUEST.dollars + prices.HTTP_API_REQUEST.dollars
    reply_bytes: int = cell["reply_bytes"]
    return dollars + fees + reply_bytes / prices.GIB * prices.TRANSFER_OUT_GB.dollars


def gb_seconds_dollars(gb_seconds: float) -> float:
    """Return Lambda's price of compute time, in dollars."""
    return gb_seconds * prices.LAMBDA_GB_SECOND.dollars


def _fees(day: Mapping[str, Any], queued: bool) -> float:
    """Return the dollars for a channel day besides compute. Reading the archive is free."""
    writes: int = sum(day["output_requests"].values())
    log_bytes: int = day["log_bytes"]
    dollars = prices.LAMBDA_REQUEST.dollars + writes * prices.S3_PUT.dollars
    dollars += log_bytes / prices.GIB * prices.LOGS_GB.dollars
    return dollars + (QUEUE_REQUESTS * prices.SQS_REQUEST.dollars if queued else 0.0)


def _interpolate(x: float, points: Sequence[tuple[float, float]]) -> float:
    """Interpolate linearly between points in order of x; constant beyond the ends."""
    for (left, low), (right, high) in pairwise(points):
        if left <= x <= right:
            fraction = (x - left) / (right - left)
            return (1 - fraction) * low + fraction * high
    return points[0][1] if x < points[0][0] else points[-1][1]
