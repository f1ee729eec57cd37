"""The function's memory: what needs more than there is ends its process, which cannot say why."""

import os
from pathlib import Path

from shared import settings
from shared.errors import TooLargeError

_STATM = Path("/proc/self/statm")

_MOST_IN_USE = 256 * 2**20
"""Memory that a process is taken to use, at most, beside the work: of what a warm one has beyond
ObsPy and a day of counts, malloc may take for the work what earlier invocations have freed."""


def require_memory(bytes_needed: float, what: str, hint: str) -> None:
    """Refuse work that surely does not fit.

    Args:
        bytes_needed: by the work, at least, beside what the process has already.
        what: needs it, in words.
        hint: what to do instead.

    Raises:
        TooLargeError: the function has less. Where it is not known how much it has, as anywhere but
            on Lambda, nothing is refused.
    """
    limit_mb = settings.memory_size_mb()
    if limit_mb is None:
        return
    needed_mb = (min(_resident_bytes(), _MOST_IN_USE) + bytes_needed) / 2**20
    if needed_mb > limit_mb:
        raise TooLargeError(
            f"{what} needs {needed_mb:,.0f} MB of memory, and the function has {limit_mb:,}:"
            f" {hint}",
            memory_mb=round(needed_mb),
            limit=limit_mb,
        )


def _resident_bytes() -> int:
    """What the process has in memory: see Linux's proc_pid_statm(5)."""
    return int(_STATM.read_text(encoding="ascii").split()[1]) * os.sysconf("SC_PAGE_SIZE")
