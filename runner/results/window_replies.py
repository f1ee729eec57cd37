"""Replies of the time-window function: read, checked, and joined into one."""

import base64
import binascii
import io
import json
import re
import zipfile
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from typing import Any

from runner.errors import CallError, RunError
from runner.sending.download import download, is_link
from runner.sending.in_parts import Part
from runner.sending.invoke import is_failure, unexpected_reply
from shared.archive.channel_id import ChannelId
from shared.archive.request_channel import ALSO_CHANNEL, CODES
from shared.errors import BadRequestError
from shared.fields import Names
from shared.formats import JSON

_FILE_FIELDS = {"content_type", "content_base64", "errors"}  # of a reply that is a file
_PLACE = re.compile(r"\bWindows\[(\d+)\]")
_JSON_NAMES = ("errors.json", "windows.json")  # of a zip of SAC files

_TIMES = ("Starttime", "Endtime")
_ALSO_TIMES = {"start": "Starttime", "end": "Endtime"}
_NAMES = Names((*CODES, "nscl", *_TIMES), {**ALSO_CHANNEL, **_ALSO_TIMES})

Windows = Sequence[Mapping[str, Any]]


@dataclass(frozen=True)
class WindowsReply:
    """The reply to a request for windows.

    Attributes:
        windows: all of them in the request's order, as JSON; without samples beside a file. An
            entry `{"omitted": n}` stands for n windows.
        errors: those without samples, as JSON, each with its index in the request as `window`.
        content: the bytes of a file; None for JSON, and for a file if no window has samples.
        value: the JSON value of a reply that is neither windows nor a file; None for all others.
    """

    windows: Windows
    errors: Windows
    content: bytes | None = None
    value: Any = None


def read_reply(reply: Any, output_format: str, has_windows: bool) -> WindowsReply:
    """Read a reply, following a link.

    Args:
        reply: the function's reply, parsed from JSON.
        output_format: the format that the request asked for.
        has_windows: whether the request has any windows, so that the reply must have some.

    Raises:
        CallError: the time-window function would not reply so.
        RunError: the reply cannot be downloaded or read.
    """
    if is_link(reply):
        content = download(reply)
        if output_format != JSON:
            return _file(reply, content)
        reply = _parse_json(content, reply["object"])
    elif isinstance(reply, dict) and reply.keys() >= _FILE_FIELDS:
        return _file(reply, _decode(reply["content_base64"]))
    if is_failure(reply) or not _is_valid(reply) or (has_windows and not reply):
        raise unexpected_reply(reply, "has no windows: is this the time-window function?")
    if not isinstance(reply, list):
        return WindowsReply([], [], value=reply)
    return WindowsReply(reply, _failed(reply))


def error_reply(part: Part, error: CallError) -> WindowsReply:
    """Return the reply of a part whose call failed: its windows with the error in their places."""
    windows = [{**_requested(window), "error": error.as_dict()} for window in part.items]
    return WindowsReply(windows, _failed(windows))


def _requested(window: Any) -> dict[str, str]:
    """Return a window as a reply has it, with "" for the codes and times that it lacks."""
    found = dict.fromkeys((name.lower() for name in (*CODES, *_TIMES)), "")
    for name, value in window.items() if isinstance(window, Mapping) else ():
        field = _NAMES.find(name)
        if field == "nscl":
            with suppress(BadRequestError):
                found |= asdict(ChannelId.parse(str(value)))
        elif field:
            found[field.lower()] = str(value or "")
    return found


def join(replies: Sequence[WindowsReply], output_format: str) -> WindowsReply:
    """Join the replies to the parts of a request into the reply to the whole request.

    Records of miniSEED follow each other, and so do the files of a zip, whose descriptions count
    all windows. A single reply stays as it is.

    Args:
        replies: in the order of the parts, none of them with a `value`.
        output_format: of all replies.

    Raises:
        RunError: a zip cannot be read.
    """
    if len(replies) == 1:
        return replies[0]
    windows: list[Mapping[str, Any]] = []
    errors: list[Mapping[str, Any]] = []
    for reply in replies:
        offset = sum(int(window.get("omitted", 1)) for window in windows)
        windows += [_moved(window, offset) for window in reply.windows]
        errors += [_moved(window, offset) for window in reply.errors]
    contents = [reply.content for reply in replies if reply.content is not None]
    if not contents:
        return WindowsReply(windows, errors)
    return WindowsReply(windows, errors, _JOIN[output_format](contents, windows, errors))


def _join_records(contents: Sequence[bytes], _windows: Windows, _errors: Windows) -> bytes:
    return b"".join(contents)


def _join_zips(contents: Sequence[bytes], windows: Windows, errors: Windows) -> bytes:
    """Return the zip with the SAC files of several, and with the descriptions of all windows."""
    joined = io.BytesIO()
    names: set[str] = set()
    try:
        with zipfile.ZipFile(joined, "w", zipfile.ZIP_DEFLATED) as target:
            for content in contents:
                with zipfile.ZipFile(io.BytesIO(content)) as source:
                    for entry in source.infolist():
                        if entry.filename in _JSON_NAMES:
                            continue
                        name = _free_name(entry.filename, names)
                        names.add(name)
                        target.writestr(name, source.read(entry))
            for name, entries in zip(_JSON_NAMES, (errors, windows), strict=True):
                if entries:
                    target.writestr(name, json.dumps(list(entries)))
    except (zipfile.BadZipFile, EOFError, ValueError) as error:
        raise RunError(f"the reply is not a zip of SAC files: {error}") from error
    return joined.getvalue()


_JOIN: dict[str, Callable[[Sequence[bytes], Windows, Windows], bytes]] = {
    "mseed": _join_records,
    "sac": _join_zips,
}


def _free_name(name: str, used: set[str]) -> str:
    """Return a file's name, with a number where another file has it."""
    stem, number, free = name.removesuffix(".sac"), 1, name
    while free in used:
        number += 1
        free = f"{stem}.{number}.sac"
    return free


def _moved(window: Mapping[str, Any], offset: int) -> Mapping[str, Any]:
    """Return a window of a part with its place in the whole request, also in its error."""
    if not offset or "omitted" in window:
        return window
    moved = dict(window)
    if "window" in moved:
        moved["window"] += offset
    if isinstance(error := moved.get("error"), dict):
        moved["error"] = {
            name: _PLACE.sub(lambda found: f"Windows[{int(found[1]) + offset}]", text)
            if isinstance(text, str)
            else text
            for name, text in error.items()
        }
    return moved


def _file(reply: Mapping[str, Any], content: bytes) -> WindowsReply:
    return WindowsReply(reply.get("windows", []), reply.get("errors", []), content)


def _failed(windows: Windows) -> Windows:
    return [
        {"window": index, **window} for index, window in enumerate(windows) if "error" in window
    ]


def _is_valid(reply: Any) -> bool:
    """Return whether all elements of an array are windows. Any object is valid."""
    if not isinstance(reply, list):
        return True
    if not all(isinstance(window, dict) for window in reply):
        return False
    errors = [window["error"] for window in reply if "error" in window]
    complete = all("data" in window or "error" in window for window in reply)
    return complete and all(isinstance(error, dict) and "message" in error for error in errors)


def _parse_json(content: bytes, name: str) -> Any:
    try:
        return json.loads(content)
    except (ValueError, RecursionError) as error:
        raise RunError(f"{name} is not JSON: {error}") from error


def _decode(text: Any) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (TypeError, binascii.Error) as error:
        raise RunError(f"the reply's content_base64 is invalid: {error}") from error
