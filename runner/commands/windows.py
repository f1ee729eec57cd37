"""Command for time windows: a request from a file, the reply to a file, optionally a picture."""

import argparse
import base64
import binascii
import json
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from runner.commands.output_file import write_output
from runner.errors import InputError, RunError
from runner.results import plot, reply_notes
from runner.sending.download import download, is_link
from runner.sending.invoke import invoke, is_failure, unexpected_reply
from runner.sending.retry import call_with_retries
from runner.sending.target import Target
from runner.terminal import input_name, note, pluralize, read_input, shorten
from shared.fields import Names
from shared.formats import JSON, format_name

_FIELDS = Names(("Windows", "Format"))
_FILE_FIELDS = {"content_type", "content_base64", "errors"}  # of a reply that is a file

_SHOWN_CHARACTERS = 80


def run(options: argparse.Namespace, target: Target) -> int:
    """Get time windows; return the exit status, 1 if any window failed.

    Raises:
        InputError: an option or the request file is invalid; nothing was sent.
        CallError: the call failed, or the function raised an error.
        RunError: the reply cannot be downloaded, read or written.
    """
    request = _read_request(options.request)
    if options.format:
        request = {name: value for name, value in request.items() if _FIELDS.find(name) != "Format"}
        request["Format"] = options.format
    known = {_FIELDS.find(name): value for name, value in request.items()}
    output_format = format_name(known.get("Format", JSON))
    if output_format != JSON and options.o is None:
        raise InputError(f"the format {output_format} needs a file: -o FILE")
    if options.plot:
        if output_format != JSON:
            raise InputError(f"--plot draws windows in the format json, not in {output_format}")
        plot.check_picture(options.plot)
    client = target.lambda_client(connections=1)
    reply, _ = call_with_retries(
        lambda: invoke(client, target.function, request), options.retries, time.sleep, note
    )
    has_windows = bool(known.get("Windows"))
    return _write_reply(reply, output_format, options.o, options.plot, has_windows)


def _read_request(path: Path) -> dict[str, Any]:
    name = input_name(path)
    try:
        request = json.loads(read_input(path))
    except OSError as error:
        raise InputError(f"{name} cannot be read: {error}") from error
    except (ValueError, RecursionError) as error:  # ValueError: invalid UTF-8 or JSON
        raise InputError(f"{name} is not JSON: {error}") from error
    if not isinstance(request, dict):
        shown = shorten(json.dumps(request), _SHOWN_CHARACTERS)
        raise InputError(f"{name} is {shown}: must be an object with Windows")
    return request


def _write_reply(
    reply: Any, output_format: str, output: Path | None, picture: Path | None, has_windows: bool
) -> int:
    """Write a reply and return the exit status.

    Args:
        reply: the function's reply.
        output_format: the format that the request asked for.
        output: file for the reply; None prints it.
        picture: file for the picture; None draws none.
        has_windows: whether the request has any windows, so that the reply must have some.
    """
    if is_link(reply):
        content = download(reply)
        if output_format != JSON:
            return _write_file(content, reply, output_format, output)
        reply = _parse_json(content, reply["object"])
    elif isinstance(reply, dict) and reply.keys() >= _FILE_FIELDS:
        return _write_file(_decode(reply["content_base64"]), reply, output_format, output)
    if is_failure(reply) or not _is_valid(reply) or (has_windows and not reply):
        raise unexpected_reply(reply, "has no windows: is this the time-window function?")
    if output_format != JSON:  # the function replies with JSON if no window has data
        raise RunError("\n".join(["no window has data, nothing was written", *_messages(reply)]))
    return _write_json(reply, output, picture)


def _is_valid(reply: Any) -> bool:
    """Return whether all elements of an array are windows. Any object is valid."""
    if not isinstance(reply, list):
        return True
    if not all(isinstance(window, dict) for window in reply):
        return False
    errors = [window["error"] for window in reply if "error" in window]
    complete = all("data" in window or "error" in window for window in reply)
    return complete and all(isinstance(error, dict) and "message" in error for error in errors)


def _write_json(reply: Any, output: Path | None, picture: Path | None) -> int:
    # Keep standard output clean if the windows go there.
    log = sys.stderr if output is None else sys.stdout
    messages = _messages(reply)
    if output is None:
        print(json.dumps(reply))
    else:
        write_output(output, f"{json.dumps(reply)}\n".encode())
        count = f"{pluralize(len(reply), 'window')} to " if isinstance(reply, list) else ""
        missing = f", {len(messages)} of them without data" if count else ""
        print(f"wrote {count}{output}{missing}", file=log)
    for message in messages:
        print(message, file=log)
    for line in reply_notes.window_lines(reply if isinstance(reply, list) else []):
        note(line)
    if picture and isinstance(reply, list) and reply:
        drawn = plot.draw(reply, picture)
        total = pluralize(len(reply), "window")
        part = f", the first {drawn} of {total}" if drawn < len(reply) else ""
        print(f"drew {picture}{part}", file=log)
    return 1 if messages else 0


def _write_file(
    content: bytes, reply: Mapping[str, Any], output_format: str, output: Path | None
) -> int:
    """Write a file of windows and return the exit status.

    Args:
        content: the file.
        reply: the reply or the link, which has the errors and the description of the windows.
        output_format: the format of the file.
        output: the file to write.
    """
    if output is None:
        raise RunError("the reply is a file: name one with -o FILE")
    errors = reply.get("errors", [])
    write_output(output, content)
    kind = ", a zip of SAC files" if output_format == "sac" else ""
    missing = f", without {pluralize(len(errors), 'window')} that had no data" if errors else ""
    print(f"wrote {output}, {len(content):,} bytes{kind}{missing}")
    for message in _messages(errors):
        print(message)
    for line in reply_notes.window_lines(reply.get("windows", [])):
        note(line)
    return 1 if errors else 0


def _messages(windows: Any) -> list[str]:
    """Return the error messages of windows without data, one a line."""
    entries = windows if isinstance(windows, list) else []
    return [f"  {window['error']['message']}" for window in entries if window.get("error")]


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
