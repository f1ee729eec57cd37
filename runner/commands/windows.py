"""The command for time windows: a request from a file, the answer into one, perhaps a picture."""

import argparse
import base64
import binascii
import json
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from runner.errors import InputError, RunError
from runner.results import plot
from runner.sending.download import download, is_link
from runner.sending.invoke import invoke, is_failure, unexpected
from runner.sending.retry import repeated
from runner.sending.target import Target
from runner.terminal import counted

JSON_FORMAT = "json"
"""The function's default, and the only format without a file."""

_FILE = {"content_type", "content_base64", "errors"}  # the members of a reply that is a file


def run(options: argparse.Namespace, where: Target) -> int:
    """Get time windows; returns the exit status, 1 if any window failed.

    Raises:
        InputError: something is wrong with what was asked; nothing was sent.
        CallError: the call failed, or the function raised an error.
        RunError: an answer cannot be had, or not be written.
    """
    request = _read_request(options.request)
    if options.format:
        request = {**request, "Format": options.format}
    wanted = request.get("Format", JSON_FORMAT)
    if wanted != JSON_FORMAT and options.o is None:
        raise InputError(f"the format {wanted} needs a file: -o FILE")
    if options.plot:
        if wanted != JSON_FORMAT:
            raise InputError(f"--plot draws windows in the format json, not in {wanted}")
        plot.check_picture(options.plot)
    client = where.lambda_client(connections=1)
    reply, _ = repeated(
        lambda: invoke(client, where.function, request),
        options.retries,
        time.sleep,
        lambda line: print(line, file=sys.stderr),
    )
    return _take(reply, wanted, options.o, options.plot, bool(request.get("Windows")))


def _read_request(path: Path) -> dict[str, Any]:
    name = "standard input" if str(path) == "-" else str(path)
    try:
        text = sys.stdin.read() if str(path) == "-" else path.read_text(encoding="utf-8-sig")
        request = json.loads(text)
    except OSError as error:
        raise InputError(f"{name} cannot be read: {error}") from error
    except (ValueError, RecursionError) as error:  # of UTF-8, or of JSON
        raise InputError(f"{name} is not JSON: {error}") from error
    if not isinstance(request, dict):
        raise InputError(f"{name} is {json.dumps(request)[:80]}: must be an object with Windows")
    return request


def _take(
    reply: Any, wanted: str, output: Path | None, picture: Path | None, some_asked: bool
) -> int:
    """Write an answer; returns the exit status."""
    if is_link(reply):
        errors, content = reply.get("errors", []), download(reply)
        if wanted != JSON_FORMAT:
            return _take_file(content, errors, wanted, output)
        reply = _loaded(content, reply["object"])
    elif isinstance(reply, dict) and reply.keys() >= _FILE:
        return _take_file(_decoded(reply["content_base64"]), reply["errors"], wanted, output)
    if is_failure(reply) or not _are_windows(reply) or (some_asked and not reply):
        raise unexpected(reply, "has no windows: is this the time-window function?")
    if wanted != JSON_FORMAT:  # what the function says where no window has data
        failed = _failed(reply)
        raise RunError("\n  ".join(["no window has data, nothing was written", *failed]))
    return _take_json(reply, output, picture)


def _are_windows(reply: Any) -> bool:
    """Whether what an array has are windows; whatever else there is passes."""
    if not isinstance(reply, list):
        return True
    if not all(isinstance(window, dict) for window in reply):
        return False
    errors = [window["error"] for window in reply if "error" in window]
    whole = all("data" in window or "error" in window for window in reply)
    return whole and all(isinstance(error, dict) and "message" in error for error in errors)


def _take_json(reply: Any, output: Path | None, picture: Path | None) -> int:
    # Beside the windows, if these go to standard output.
    told = sys.stderr if output is None else sys.stdout
    failed = _failed(reply)
    if output is None:
        print(json.dumps(reply))
    else:
        _write(output, f"{json.dumps(reply)}\n".encode())
        counts = f"{counted(len(reply), 'window')} to " if isinstance(reply, list) else ""
        missing = f", {len(failed)} of them without data" if counts else ""
        print(f"wrote {counts}{output}{missing}", file=told)
    for message in failed:
        print(f"  {message}", file=told)
    if picture and isinstance(reply, list) and reply:
        drawn = plot.draw(reply, picture)
        every = counted(len(reply), "window")
        some = f", the first {drawn} of {every}" if drawn < len(reply) else ""
        print(f"drew {picture}{some}", file=told)
    return 1 if failed else 0


def _take_file(
    content: bytes, errors: Sequence[Mapping[str, Any]], wanted: str, output: Path | None
) -> int:
    if output is None:
        raise RunError("the reply is a file: name one by -o FILE")
    _write(output, content)
    what = ", a zip of SAC files" if wanted == "sac" else ""
    missing = f", without {counted(len(errors), 'window')} that had no data" if errors else ""
    print(f"wrote {output}, {len(content):,} bytes{what}{missing}")
    for message in _failed(errors):
        print(f"  {message}")
    return 1 if errors else 0


def _failed(windows: Any) -> list[str]:
    """The messages of windows that have no data."""
    entries = windows if isinstance(windows, list) else []
    return [str(window["error"]["message"]) for window in entries if window.get("error")]


def _loaded(content: bytes, name: str) -> Any:
    try:
        return json.loads(content)
    except (ValueError, RecursionError) as error:
        raise RunError(f"{name} is not JSON: {error}") from error


def _decoded(text: Any) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (TypeError, binascii.Error) as error:
        raise RunError(f"the reply's content_base64 is broken: {error}") from error


def _write(path: Path, content: bytes) -> None:
    try:
        path.write_bytes(content)
    except OSError as error:
        raise RunError(f"{path} cannot be written: {error}") from error
