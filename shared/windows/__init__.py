"""Time windows: samples between two times, as counts or as ground motion.

- `request`: reads a request, from JSON or from the query of a URL.
- `limits`: the number of samples and of day objects that one request may take.
- `plan`: what to do about each window before its samples are read.
- `read`: reads the windows.
- `merge`: one window's samples, from the segments of its days.
- `ground_motion`: removes the response from one window's samples.
- `result`: samples or an error for each window, as JSON.
- `reply`: the results as a reply, in the requested format.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from shared.windows.read import read_windows
    from shared.windows.request import WindowsRequest, parse_windows
    from shared.windows.result import WindowResult

__all__ = ["WindowResult", "WindowsRequest", "parse_windows", "read_windows"]

_MODULES = {
    "WindowResult": "result",
    "WindowsRequest": "request",
    "parse_windows": "request",
    "read_windows": "read",
}


def __getattr__(name: str) -> Any:
    """Import a public name at first use: all of them need ObsPy, which loads slowly."""
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_MODULES[name]}"), name)
