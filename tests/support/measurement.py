"""The cost measurement as stored, read without the code under test."""

import json
from typing import Any

from tests.support.commands import PROJECT

MEASURED = json.loads((PROJECT / "runner" / "costs" / "channel_day_costs.json").read_text())
RATES = [1.0, 40.0, 100.0, 200.0]
"""The measured sampling rates in Hz."""


def cell(memory_mb: int, sampling_rate: float) -> dict[str, Any]:
    """Return the measured cell of response removal at a memory size and sampling rate."""
    return next(
        cell
        for cell in MEASURED["response"]
        if (cell["memory_mb"], cell["sampling_rate"]) == (memory_mb, sampling_rate)
    )


def day(sampling_rate: float) -> dict[str, Any]:
    """Return the request counts and sizes of a measured day."""
    return next(day for day in MEASURED["days"] if day["sampling_rate"] == sampling_rate)


def dollars_by_hand(memory_mb: int, sampling_rate: float, queued: bool) -> float:
    """Return the dollars of a channel day from prices stated again; 1 GB is 1,024 MB."""
    compute = cell(memory_mb, sampling_rate)["billed_seconds"] * memory_mb / 1024 * 0.0000166667
    puts = day(sampling_rate)["output_requests"]["PUT"] * 0.000005
    log = day(sampling_rate)["log_bytes"] / 2**30 * 0.50
    return compute + 0.0000002 + puts + log + (3 * 0.0000004 if queued else 0)
