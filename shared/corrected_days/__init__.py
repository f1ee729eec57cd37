"""Corrected days: a channel day without its instrument response, in the output bucket.

- `request`: reads a request, and derives the key of its result.
- `correct`: reads, corrects and writes the day.
- `adjacent_days`: the samples just before and just after the day.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from shared.corrected_days.request import CorrectedDayRequest

if TYPE_CHECKING:
    from shared.corrected_days.correct import write_corrected_day

__all__ = ["CorrectedDayRequest", "write_corrected_day"]


def __getattr__(name: str) -> Any:
    """Import `write_corrected_day` at first use: it needs ObsPy, which clients lack."""
    if name != "write_corrected_day":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return import_module("shared.corrected_days.correct").write_corrected_day
