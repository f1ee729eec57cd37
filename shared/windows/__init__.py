"""Time windows of the archive: request, limits, plan, read, merge, ground motion, reply."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from shared.windows.read import read_windows
    from shared.windows.request import parse_windows

__all__ = ["parse_windows", "read_windows"]


def __getattr__(name: str) -> Any:
    """Import the public functions at first use: they need ObsPy, which loads slowly."""
    if name == "parse_windows":
        from shared.windows.request import parse_windows

        return parse_windows
    if name == "read_windows":
        from shared.windows.read import read_windows

        return read_windows
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
