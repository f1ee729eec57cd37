"""The answers to time windows as a reply, in the format that was asked for."""

import json
from collections.abc import Sequence
from typing import Any

from shared.formats import FORMATS
from shared.formats.contiguous import contiguous_parts
from shared.reply import File, Reply
from shared.windows.result import WindowResult, failed_windows

FAILED_HEADER = "X-Windows-Failed"
"""How many windows are not in a file."""

ERRORS_HEADER = "X-Windows-Errors"
"""Which windows are not in a file, and why: JSON of ASCII; the first ones, if there are many."""

MAX_ERRORS_HEADER_BYTES = 2000
"""All headers of a reply together may have 10 KB."""

_LONGEST_MESSAGE = 300


def window_reply(answers: Sequence[WindowResult], file_format: str) -> Reply:
    """The answers as JSON or as a file; as JSON also where every window failed.

    Args:
        answers: in the request's order.
        file_format: "json", or one of `shared.formats.FORMATS`.
    """
    errors = tuple(answer.error for answer in answers if answer.error)
    traces = [answer.trace for answer in answers if answer.trace is not None]
    extent = {
        "samples": sum(trace.stats.npts for trace in traces),
        "seconds": round(sum(trace.stats.npts * trace.stats.delta for trace in traces), 3),
    }
    if file_format == "json" or not traces:
        return Reply(
            [answer.as_dict() for answer in answers],
            failures=errors if not traces else (),
            extent=extent,
        )
    failed = failed_windows(answers)
    headers = {FAILED_HEADER: str(len(failed)), ERRORS_HEADER: _header(failed)} if failed else {}
    return Reply(write_windows(answers, file_format), errors=failed, headers=headers, extent=extent)


def _header(failed: Sequence[dict[str, Any]]) -> str:
    """As many failed windows as a header may hold."""
    entries: list[str] = []
    room = MAX_ERRORS_HEADER_BYTES - len("[]")
    for window in failed:
        error = window["error"]
        nscl = ".".join(window[code] for code in ("network", "station", "channel", "location"))
        entry = {"window": window["window"], "nscl": nscl, "type": error["type"]}
        entry["message"] = error["message"][:_LONGEST_MESSAGE]
        text = json.dumps(entry)
        room -= len(text) + len(",")
        if room < 0:
            break
        entries.append(text)
    return f"[{','.join(entries)}]"


def write_windows(results: Sequence[WindowResult], file_format: str) -> File:
    """Write the windows that have samples as one file; missing samples are never filled.

    Args:
        results: in the request's order.
        file_format: one of `shared.formats.FORMATS`.
    """
    traces = [result.trace for result in results if result.trace is not None]
    parts = [part for trace in traces for part in contiguous_parts(trace)]
    return FORMATS[file_format].write(parts, failed_windows(results))
