"""What jobs on Lambda cost, from a measurement of the function and AWS's list prices.

The measurement lies beside this module; `python -m benchmarks.memory.memory_sweep --write`
replaces it.
Nothing in here needs more than Python.
"""

import json
import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path
from statistics import geometric_mean
from typing import Any

from runner.costs import prices
from runner.terminal import counted
from shared.archive.channel_id import ChannelId

MEASUREMENT = Path(__file__).with_name("channel_day_costs.json")

MOST_ABOVE_CHEAPEST = 1.10
"""How much more than at the cheapest memory size a job may cost at the recommended one."""

NEARLY_AS_FAST = 1.10
"""How much longer than at the fastest affordable size a job may take at the recommended one."""

MOST_FILLED = 0.8
"""How much of its memory a function may need for what is measured: other days need more."""

QUEUE_REQUESTS = 3
"""Requests to SQS for a message, if none shares one with another: send, receive, delete."""

FASTEST_HZ = 200.0
"""The sampling rate of the fastest and so dearest days that SCEDC's archive has."""

_SLOWEST_HZ = 1.0
_STRONG_MOTION_LOCATION = "2C"

# Band codes: https://docs.fdsn.org/projects/source-identifiers/en/v1.0/channel-codes.html, each at
# the rate that SCEDC's stations have in it. Below 1 Hz it is the same few seconds' job.
_BAND_HZ = {
    **dict.fromkeys("EH", 100.0),
    **dict.fromkeys("BS", 40.0),
    "M": 10.0,
    **dict.fromkeys("LVUWRPTQ", _SLOWEST_HZ),
}


@dataclass(frozen=True)
class JobCost:
    """What one channel's day takes at one memory size, its container warm.

    Attributes:
        seconds: billed.
        gb_seconds: seconds times memory in GB.
        dollars: everything that AWS bills for the job.
    """

    seconds: float
    gb_seconds: float
    dollars: float


@dataclass(frozen=True)
class Estimate:
    """What a number of channel days would cost.

    Attributes:
        jobs: channel days.
        seconds: billed, of all jobs together; divided by the workers it is the time it takes.
        gb_seconds: seconds times memory in GB.
        dollars: Lambda's time and requests, writing to S3, logs, and the queue if there is one.
        memory_mb: of the function.
    """

    jobs: int
    seconds: float
    gb_seconds: float
    dollars: float
    memory_mb: int

    def sentence(self) -> str:
        """The estimate in words, with what it rests on."""
        return (
            f"an estimate for {counted(self.jobs, 'channel day')}: about"
            f" {_duration(self.seconds)} of computing, {_gb_seconds_text(self.gb_seconds)} and"
            f" {dollar_text(self.dollars)} with {self.memory_mb:,} MB, at AWS's list prices"
            f" for {prices.REGION} of {prices.LIST_DATE}; for default parameters, with"
            " sampling rates guessed from codes"
        )


def estimate(channels: Iterable[ChannelId], queued: bool) -> Estimate:
    """Estimate what correcting some channel days costs, with the memory that is recommended.

    Containers are taken to be warm, parameters to be the default, and free tiers to be used up.
    Reading the archive is free.

    Args:
        channels: of each job; a channel of which several days are wanted is there several times.
        queued: whether the jobs go through the queue.
    """
    memory_mb = recommended_memory("response")
    rates = Counter(sampling_rate_of(channel) for channel in channels)
    costs = [(jobs, job_cost(rate, memory_mb, queued)) for rate, jobs in rates.items()]
    return Estimate(
        jobs=rates.total(),
        seconds=math.fsum(jobs * cost.seconds for jobs, cost in costs),
        gb_seconds=math.fsum(jobs * cost.gb_seconds for jobs, cost in costs),
        dollars=math.fsum(jobs * cost.dollars for jobs, cost in costs),
        memory_mb=memory_mb,
    )


def sampling_rate_of(channel: ChannelId) -> float:
    """The sampling rate that a channel most likely has, in Hz: a guess from its codes.

    The first letter of a channel code stands for a range of rates. SCEDC's stations have H and E
    at 100 Hz (at location 2C 200 Hz), B and S at 40, M at 10, L at 1 Hz and the rest below. A
    letter that stands for more than 200 Hz, or for no rate, is taken for the dearest: 200 Hz.
    """
    rate = _BAND_HZ.get(channel.channel[0], FASTEST_HZ)
    fast = channel.location == _STRONG_MOTION_LOCATION and rate == _BAND_HZ["H"]
    return FASTEST_HZ if fast else rate


def job_cost(sampling_rate: float, memory_mb: int, queued: bool = True) -> JobCost:
    """What a channel's day takes in a warm container.

    Between the measured sampling rates the time lies on a line; what is counted (requests, lines
    of the log) is that of the next measured rate.

    Args:
        sampling_rate: in Hz, within the measured ones or taken as the nearest of them.
        memory_mb: of the function, a measured size.
        queued: whether the job comes through the queue.

    Raises:
        ValueError: days of that rate were not measured with that memory, or did not fit into it.
    """
    known: dict[float, float] = {
        cell["sampling_rate"]: cell["billed_seconds"]
        for cell in fitting_cells("response")
        if cell["memory_mb"] == memory_mb
    }
    day = _day(sampling_rate)
    if day["sampling_rate"] not in known:
        raise ValueError(f"{sampling_rate:g} Hz with {memory_mb} MB: not measured, or too little")
    seconds = _on_line(sampling_rate, sorted(known.items()))
    gb_seconds = seconds * memory_mb / 1024
    return JobCost(seconds, gb_seconds, gb_seconds_dollars(gb_seconds) + _extras(day, queued))


def gb_seconds_dollars(gb_seconds: float) -> float:
    """Lambda's price for some time and memory, in dollars."""
    return gb_seconds * prices.LAMBDA_GB_SECOND.dollars


@cache
def recommended_memory(function: str) -> int:
    """The memory size to give a function, in MB.

    Of the sizes into which all measured requests fit, with a fifth to spare, and at which they cost
    at most a tenth more than at the cheapest one: the smallest at which they take at most a tenth
    longer than at the fastest. Time and cost are geometric means over the requests. Days at 1 Hz
    are left out, as they cost next to nothing at any size.

    Args:
        function: "response" or "timewindow".
    """
    cells = [
        cell
        for cell in fitting_cells(function)
        if cell["sampling_rate"] > _SLOWEST_HZ
        and cell["peak_memory_mb"] <= MOST_FILLED * cell["memory_mb"]
    ]
    requests = Counter(cell["memory_mb"] for cell in cells)
    sizes: list[int] = [
        size for size, number in requests.items() if number == max(requests.values())
    ]
    seconds, dollars = {}, {}
    for size in sizes:
        own = [cell for cell in cells if cell["memory_mb"] == size]
        seconds[size] = geometric_mean(cell["billed_seconds"] for cell in own)
        dollars[size] = geometric_mean(request_dollars(function, cell) for cell in own)
    most = MOST_ABOVE_CHEAPEST * min(dollars.values())
    affordable = [size for size in sizes if dollars[size] <= most]
    fastest = min(seconds[size] for size in affordable)
    return min(size for size in affordable if seconds[size] <= NEARLY_AS_FAST * fastest)


def request_dollars(function: str, cell: Mapping[str, Any]) -> float:
    """All that AWS bills for a request that was measured.

    Args:
        function: "response", of which it is a job of the queue, or "timewindow", of which it is a
            request to the HTTP API whose reply goes out to the Internet.
        cell: what was measured.
    """
    dollars = gb_seconds_dollars(cell["billed_seconds"] * cell["memory_mb"] / 1024)
    if function == "response":
        return dollars + _extras(_day(cell["sampling_rate"]), queued=True)
    fees = prices.LAMBDA_REQUEST.dollars + prices.HTTP_API_REQUEST.dollars
    reply_bytes: int = cell["reply_bytes"]
    return dollars + fees + reply_bytes / prices.GIB * prices.TRANSFER_OUT_GB.dollars


@cache
def measurement() -> dict[str, Any]:
    """All that was measured; README.md and docs/costs.md say how."""
    found: dict[str, Any] = json.loads(MEASUREMENT.read_text(encoding="utf-8"))
    return found


def fitting_cells(function: str, sampling_rate: float | None = None) -> list[dict[str, Any]]:
    """What was measured of a function, but for what its memory was too small for.

    Args:
        function: "response" or "timewindow".
        sampling_rate: in Hz; None is all of them.
    """
    return [
        cell
        for cell in measurement()[function]
        if not cell["out_of_memory"] and sampling_rate in (None, cell["sampling_rate"])
    ]


def dollar_text(dollars: float) -> str:
    """Dollars with as many digits as say something: $12,345, $1.23 or $0.00012."""
    if dollars >= 1000:
        return f"${dollars:,.0f}"
    if dollars >= 1:
        return f"${dollars:,.2f}"
    return f"${dollars:.{max(2, 1 - math.floor(math.log10(dollars)))}f}" if dollars else "$0"


def _day(sampling_rate: float) -> dict[str, Any]:
    """What a day takes beside time, at a sampling rate or else at the next measured one."""
    days: list[dict[str, Any]] = measurement()["days"]
    return next((day for day in days if day["sampling_rate"] >= sampling_rate), days[-1])


def _extras(day: dict[str, Any], queued: bool) -> float:
    """What a job costs beside Lambda's time; the archive's owner pays for reading it."""
    writes: int = sum(day["output_requests"].values())
    log_bytes: int = day["log_bytes"]
    dollars = prices.LAMBDA_REQUEST.dollars + writes * prices.S3_PUT.dollars
    dollars += log_bytes / prices.GIB * prices.LOGS_GB.dollars
    return dollars + (QUEUE_REQUESTS * prices.SQS_REQUEST.dollars if queued else 0.0)


def _on_line(x: float, points: Sequence[tuple[float, float]]) -> float:
    """The value at `x` of the line through some points, ordered by x; flat beyond them."""
    for (left, low), (right, high) in pairwise(points):
        if left <= x <= right:
            part = (x - left) / (right - left)
            return (1 - part) * low + part * high
    return points[0][1] if x < points[0][0] else points[-1][1]


def _gb_seconds_text(gb_seconds: float) -> str:
    digits = 0 if gb_seconds >= 10 else 1
    return f"{gb_seconds:,.{digits}f} GB-seconds"


def _duration(seconds: float) -> str:
    if seconds < 1:
        return f"{seconds:.1g} s"
    for limit, length, unit in ((120, 1, "s"), (7200, 60, "minutes"), (172_800, 3600, "hours")):
        if seconds < limit:
            return f"{seconds / length:,.0f} {unit}"
    return f"{seconds / 86400:,.0f} days"
