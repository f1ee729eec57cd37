"""The function's time: refuse work that would not end within it.

Lambda kills a process that runs out of time, and the caller gets no reason.
"""

from typing import Any

from shared import settings
from shared.aws import deadline
from shared.errors import TooLargeError

_MB_PER_PROCESSOR = 1769
"""Memory of a function that has one whole processor. One with less has a share of it:
https://docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html"""


def require_time(seconds: float, work: str, hint: str, **details: Any) -> None:
    """Refuse work that surely does not end in time. Outside Lambda, there is no limit.

    Args:
        seconds: the time that the work takes on a whole processor.
        work: the work in words, for the error.
        hint: the remedy, for the error.
        details: further members of the error.

    Raises:
        TooLargeError: the invocation ends before that. The error is permanent if the work does not
            fit into a whole invocation either.
    """
    with deadline.writing():
        left_s = max(0.0, deadline.left_s())
    needed_s = seconds * max(
        1.0, _MB_PER_PROCESSOR / (settings.memory_size_mb() or _MB_PER_PROCESSOR)
    )
    if needed_s <= left_s:
        return
    error = TooLargeError(
        f"{work} takes about {_words(needed_s)} s, and {_words(left_s)} s are left: {hint}",
        **details,
        estimated_seconds=round(needed_s, 1),
        seconds_left=round(left_s, 1),
    )
    error.permanent = needed_s > deadline.total_s()
    raise error


def _words(seconds: float) -> str:
    return f"{seconds:,.0f}" if seconds >= 10 else f"{seconds:.1f}"
