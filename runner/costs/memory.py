"""The memory size to give each function, from its measured times and costs."""

from collections import Counter
from functools import cache
from statistics import geometric_mean

from runner.costs import measurement
from runner.costs.channel_day import LOWEST_RATE_HZ, request_dollars

MAX_COST_RATIO = 1.10
"""Most that a request may cost at the recommended size, relative to the cheapest size."""

MAX_TIME_RATIO = 1.10
"""Longest that a request may take at the recommended size, relative to the fastest affordable."""

MAX_MEMORY_USED = 0.8
"""Largest part of the memory that the measured requests may use: other days need more."""


@cache
def recommended_memory(function: str) -> int:
    """Return the memory size to give a function, in MB.

    Candidate sizes hold all measured requests with a fifth to spare, and cost at most a tenth more
    than the cheapest size. The smallest candidate at most a tenth slower than the fastest wins.
    Time and cost are geometric means over the requests. Days at 1 Hz do not count, as they cost
    next to nothing at any size.

    Args:
        function: "response" or "timewindow".
    """
    cells = [
        cell
        for cell in measurement.fitting_cells(function)
        if cell["sampling_rate"] > LOWEST_RATE_HZ
        and cell["peak_memory_mb"] <= MAX_MEMORY_USED * cell["memory_mb"]
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
    limit = MAX_COST_RATIO * min(dollars.values())
    affordable = [size for size in sizes if dollars[size] <= limit]
    fastest = min(seconds[size] for size in affordable)
    return min(size for size in affordable if seconds[size] <= MAX_TIME_RATIO * fastest)
