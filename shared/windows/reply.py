"""The results of time windows as a reply, in the requested format."""

import json
from collections.abc import Sequence
from typing import Any

from shared.formats import FORMATS, JSON
from shared.formats.contiguous import contiguous_parts
from shared.reply import File, Reply
from shared.windows.result import WindowResult, failed_windows

FAILED_HEADER = "X-Windows-Failed"
"""The number of windows that a file does not have."""

ERRORS_HEADER = "X-Windows-Errors"
"""The windows that a file does not have, with their errors, as ASCII JSON; the first ones if there
are too many for a header."""

MAX_ERRORS_HEADER_BYTES = 2000
"""All headers of a reply together may have 10 KB."""

_MAX_MESSAGE_CHARACTERS = 300


def window_reply(results: Sequence[WindowResult], file_format: str) -> Reply:
    """Make the reply: JSON or a file, and JSON in any case if every window failed.

    Args:
        results: in the request's order.
        file_format: one of `shared.formats.format_names()`.
    """
    errors = tuple(result.error for result in results if result.error)
    traces = [result.trace for result in results if result.trace is not None]
    extent = {
        "samples": sum(trace.stats.npts for trace in traces),
        "seconds": round(sum(trace.stats.npts * trace.stats.delta for trace in traces), 3),
    }
    if file_format == JSON or not traces:
        return Reply(
            [result.as_dict() for result in results],
            failures=errors if not traces else (),
            extent=extent,
        )
    failed = failed_windows(results)
    headers = {}
    if failed:
        headers = {FAILED_HEADER: str(len(failed)), ERRORS_HEADER: _errors_header(failed)}
    return Reply(write_windows(results, file_format), errors=failed, headers=headers, extent=extent)


def write_windows(results: Sequence[WindowResult], file_format: str) -> File:
    """Write the windows that have samples as one file; missing samples are never filled.

    Args:
        results: in the request's order.
        file_format: a key of `shared.formats.FORMATS`.
    """
    segments = [segment for result in results for segment in result.segments]
    parts = [part for segment in segments for part in contiguous_parts(segment)]
    return FORMATS[file_format].write(parts, failed_windows(results))


def _errors_header(failed: Sequence[dict[str, Any]]) -> str:
    """Return as many failed windows as fit into a header, as JSON."""
    entries: list[str] = []
    room = MAX_ERRORS_HEADER_BYTES - len("[]")
    for window in failed:
        error = window["error"]
        nscl = ".".join(window[code] for code in ("network", "station", "channel", "location"))
        entry = {"window": window["window"], "nscl": nscl, "type": error["type"]}
        entry["message"] = error["message"][:_MAX_MESSAGE_CHARACTERS]
        text = json.dumps(entry)
        room -= len(text) + len(",")
        if room < 0:
            break
        entries.append(text)
    return f"[{','.join(entries)}]"
