"""The function's memory: refuse work that would exhaust it.

Lambda kills a process that runs out of memory, and the caller gets no reason.
"""

import os
from pathlib import Path

from shared import settings
from shared.errors import TooLargeError

_STATM = Path("/proc/self/statm")

_MAX_BASELINE = 256 * 2**20
"""Bytes: ObsPy and a day of counts. A warm process may hold more, but earlier invocations have
freed that, and malloc reuses it for the work."""


def require_memory(bytes_needed: float, work: str, hint: str) -> None:
    """Refuse work that surely does not fit. Outside Lambda, there is no limit.

    Args:
        bytes_needed: the least that the work takes, in addition to the process's memory.
        work: the work in words, for the error.
        hint: the remedy, for the error.

    Raises:
        TooLargeError: the function has less memory.
    """
    limit_mb = settings.memory_size_mb()
    if limit_mb is None:
        return
    needed_mb = (min(_resident_bytes(), _MAX_BASELINE) + bytes_needed) / 2**20
    if needed_mb > limit_mb:
        raise TooLargeError(
            f"{work} needs {needed_mb:,.0f} MB of memory, and the function has {limit_mb:,}:"
            f" {hint}",
            memory_mb=round(needed_mb),
            limit=limit_mb,
        )


def _resident_bytes() -> int:
    """Return the resident set size of the process; see Linux's proc_pid_statm(5)."""
    return int(_STATM.read_text(encoding="ascii").split()[1]) * os.sysconf("SC_PAGE_SIZE")
