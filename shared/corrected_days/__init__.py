"""Corrected days: a channel day without its instrument response, in the output bucket.

    request        CorrectedDayRequest: a request, and the key of its result
    correct        write_corrected_day: reads, corrects and writes the day
    adjacent_days  the samples just before and just after the day
    _description   the description in the reply and in the object's metadata
    _stopwatch     the seconds of each step

`CorrectedDayRequest` loads neither ObsPy nor NumPy; `write_corrected_day` loads them at first use.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from shared.corrected_days.request import CorrectedDayRequest

if TYPE_CHECKING:
    from shared.corrected_days.correct import write_corrected_day

__all__ = ["CorrectedDayRequest", "write_corrected_day"]


def __getattr__(name: str) -> Any:
    """Import `write_corrected_day` at first use: clients of the functions lack ObsPy."""
    if name != "write_corrected_day":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return import_module("shared.corrected_days.correct").write_corrected_day
