"""Headers of an HTTP reply for the windows of a file: those it has, and those that failed.

All headers of a reply together may have 10,240 bytes (API Gateway's limit), so both lists are cut.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from shared import strict_json

FAILED_HEADER = "X-Windows-Failed"
"""The number of windows that a file does not have."""

ERRORS_HEADER = "X-Windows-Errors"
"""The windows that a file does not have, with their errors, as ASCII JSON; the first ones if there
are too many for a header."""

WINDOWS_HEADER = "X-Windows"
"""The windows that a file has, as the JSON reply describes them, without their samples and with
their index in the request as `window`; compact ASCII JSON. Where they are too long for a header,
lists of a window become `[{"omitted": n}]`, and an entry `{"omitted": n}` stands for the last n
windows."""

WARNINGS_HEADER = "X-Warnings"
"""Oddities of the data in words, as an ASCII JSON array; where they are too long for a header, the
last entry is `{"omitted": n}`."""

MAX_ERRORS_HEADER_BYTES = 2000
MAX_WINDOWS_HEADER_BYTES = 4000

_MAX_MESSAGE_CHARACTERS = 300
_LISTS = (("gaps", "segments"), ("gaps", "segments", "warnings"))
"""The lists of a window to leave out, first few, then more."""


def file_headers(
    windows: Sequence[Mapping[str, Any]], failed: Sequence[Mapping[str, Any]]
) -> dict[str, str]:
    """Return the headers that describe a file.

    Args:
        windows: all windows as JSON, without their samples, in the request's order.
        failed: those without samples, with their index in the request as `window`.
    """
    headers = {WINDOWS_HEADER: _windows_header(windows)}
    if failed:
        headers |= {FAILED_HEADER: str(len(failed)), ERRORS_HEADER: _errors_header(failed)}
    return headers


def warnings_header(warnings: Sequence[str]) -> dict[str, str]:
    """Return the header that has the warnings of a file without a description of its windows.

    Args:
        warnings: in words; each is cut if it is too long.

    Returns:
        No header if there are no warnings.
    """
    entries = [warning[:_MAX_MESSAGE_CHARACTERS] for warning in warnings]
    room = MAX_ERRORS_HEADER_BYTES - len(_compact([_omitted(len(entries))]))
    kept: list[Any] = []
    for number, entry in enumerate(entries):
        room -= len(_compact(entry)) + len(",")
        if room < 0:
            kept.append(_omitted(len(entries) - number))
            break
        kept.append(entry)
    return {WARNINGS_HEADER: _compact(kept)} if kept else {}


def _windows_header(windows: Sequence[Mapping[str, Any]]) -> str:
    entries = [
        {"window": index, **strict_json.plain(window)}
        for index, window in enumerate(windows)
        if "error" not in window
    ]
    for names in ((), *_LISTS):
        text = _compact([_without(entry, names) for entry in entries])
        if len(text) <= MAX_WINDOWS_HEADER_BYTES:
            return text
    return _compact(list(_first(entries)))


def _first(entries: Sequence[Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
    """Yield the first windows, as many as fit and each as fully as fits, and count the others."""
    room = MAX_WINDOWS_HEADER_BYTES - len(_compact([_omitted(len(entries))]))
    for number, entry in enumerate(entries):
        forms = (_without(entry, names) for names in ((), *_LISTS))
        form = next((form for form in forms if len(_compact(form)) + len(",") <= room), None)
        if form is None:
            yield _omitted(len(entries) - number)
            return
        room -= len(_compact(form)) + len(",")
        yield form


def _without(entry: Mapping[str, Any], names: Sequence[str]) -> Mapping[str, Any]:
    """Return a window without some of its lists, which are replaced by their lengths."""
    return {**entry, **{name: [_omitted(len(entry[name]))] for name in names if entry.get(name)}}


def _omitted(number: int) -> dict[str, int]:
    return {"omitted": number}


def _compact(value: Any) -> str:
    return json.dumps(value, separators=(",", ":"))


def _errors_header(failed: Sequence[Mapping[str, Any]]) -> str:
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
