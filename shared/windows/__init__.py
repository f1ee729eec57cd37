"""Time windows: samples between two times, as counts or as ground motion.

request        WindowsRequest, parse_windows: a request, from JSON or from a URL's query
request_names  the names of a request's fields, without ObsPy
request_limits the windows, days, objects and requests to S3 that one request may need
limits         the samples that one request may have, delivered and corrected
cost           the estimated processor time of a request
reads          how the day objects are read: requests to S3, and whole objects
plan           refusals, removal plans and batches, before samples are read
read           read_windows: the windows' samples from the archive
days           the samples of a window's days, and those at midnight in another day's object
merge          one window's samples from the segments of its days, as one trace
placement      the segments in that trace: their own times, their shifts and the gaps
ground_motion  one window's response removal, and the margins that it needs
result         WindowResult: samples or an error, as JSON
answer         the reply to a request, for the function
manifest       the byte ranges of the windows' records, for clients that read S3 themselves
reply          the results as a reply, in the requested format
metadata       the station's metadata of windows in counts, for formats with coordinates
headers        the HTTP headers that describe the windows of a file
_rounding      warnings of windows that a file of 32-bit floats does not hold
_budget        the time that the windows of one request may take
_failures      failed windows, reported to the log
_task          a window on its way from the request to its result
_sources       the objects of a request, and the guard around each window

All public names need ObsPy, and load it at first use.
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
    """Import a public name at first use, as ObsPy loads slowly."""
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_MODULES[name]}"), name)
