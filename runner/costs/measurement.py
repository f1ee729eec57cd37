"""Measured times of both functions at several memory sizes and sampling rates.

The measurement is `channel_day_costs.json`, next to this module.
`python -m benchmarks.memory.sweep --write` replaces it.
"""

import json
from functools import cache
from pathlib import Path
from typing import Any

MEASUREMENT = Path(__file__).with_name("channel_day_costs.json")


@cache
def load() -> dict[str, Any]:
    """Return the whole measurement. docs/costs.md describes it."""
    measured: dict[str, Any] = json.loads(MEASUREMENT.read_text(encoding="utf-8"))
    return measured


def fitting_cells(function: str, sampling_rate: float | None = None) -> list[dict[str, Any]]:
    """Return the measured cells of a function, except those that ran out of memory.

    Args:
        function: "response" or "timewindow".
        sampling_rate: in Hz; None is all rates.
    """
    return [
        cell
        for cell in load()[function]
        if not cell["out_of_memory"] and sampling_rate in (None, cell["sampling_rate"])
    ]


def day_counts(sampling_rate: float) -> dict[str, Any]:
    """Return a day's request counts and log bytes, at the next measured sampling rate.

    Args:
        sampling_rate: in Hz; above the highest measured rate, that one is used.
    """
    days: list[dict[str, Any]] = load()["days"]
    return next((day for day in days if day["sampling_rate"] >= sampling_rate), days[-1])
