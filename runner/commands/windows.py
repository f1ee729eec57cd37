"""Command for time windows: the request sent, the reply written, optionally a picture."""

import argparse
import json
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from runner.commands.output_file import write_output
from runner.commands.window_request import DEFAULT_PATH, NAMES, make_request
from runner.errors import InputError, RunError
from runner.results import plot, reply_notes
from runner.results.window_replies import WindowsReply, error_reply, join, read_reply
from runner.sending.fetch import description_of
from runner.sending.in_parts import send_in_parts
from runner.sending.invoke import invoke, unexpected_reply
from runner.sending.retry import call_with_retries
from runner.sending.target import Target
from runner.terminal import note, pluralize
from shared import limits
from shared.formats import FORMATS, JSON, format_name


def run(options: argparse.Namespace, target: Target) -> int:
    """Get time windows; return the exit status, 1 if any window failed.

    Raises:
        BadRequestError, InputError: an option or a file is invalid; nothing was sent.
        CallError: the call failed, or the function raised an error.
        RunError: the archive cannot be listed, or the reply not downloaded, read or written.
    """
    if options.plot:
        plot.check_picture(options.plot)
    request = make_request(options, target)
    known = {NAMES.find(name): value for name, value in request.items()}
    output_format = format_name(known.get("Format", JSON))
    if output_format != JSON and options.o is None:
        raise InputError(f"the format {output_format} needs a file: -o FILE")
    _check_output(options)
    if options.plot and output_format != JSON:
        raise InputError(
            f"--plot draws windows in the format json, not in {output_format}: leave --format out"
        )
    reply = _get(request, output_format, target, options.retries)
    if reply.content is None:
        return _write_json(reply, output_format, options.o, options.plot)
    return _write_file(reply, output_format, options.o)


def _check_output(options: argparse.Namespace) -> None:
    """Refuse to write over the files of the request, with the reply or with its description."""
    if options.o is None:
        return
    inputs = {Path(path).absolute() for path in (*options.file, options.request or DEFAULT_PATH)}
    for path in (options.o, description_of(options.o)):
        if path.absolute() in inputs:
            raise InputError(f"-o {options.o} would write over {path}: give another file")


def _get(
    request: Mapping[str, Any], output_format: str, target: Target, retries: int
) -> WindowsReply:
    """Send a request, in parts if it is too large for one, and return the joined reply."""
    client = target.lambda_client(connections=1)

    def call(event: Mapping[str, Any]) -> Any:
        reply, _ = call_with_retries(
            lambda: invoke(client, target.function, event), retries, time.sleep, note
        )
        return reply

    name = next((name for name in request if NAMES.find(name) == "Windows"), "Windows")
    windows = request.get(name)
    if not isinstance(windows, list):
        return read_reply(call(request), output_format, bool(windows))
    replies: list[WindowsReply] = []
    sent, is_split = 0, False

    def on_split(length: int) -> None:
        nonlocal is_split
        if not is_split:
            note(f"too large for one request: sending parts of {length:,} windows or fewer")
        is_split = True

    for part in send_in_parts(
        lambda part: call({**request, name: part}), windows, limits.max_windows(), on_split
    ):
        sent += len(part.items)
        if part.error:
            replies.append(error_reply(part, part.error))
        else:
            replies.append(read_reply(part.reply, output_format, bool(part.items)))
        if len(part.items) < len(windows):
            note(f"{sent:,} of {len(windows):,} windows")
    if len(replies) > 1 and (odd := [reply for reply in replies if reply.value is not None]):
        raise unexpected_reply(odd[0].value, "has no windows: is this the time-window function?")
    return join(replies, output_format)


def _write_json(
    reply: WindowsReply, output_format: str, output: Path | None, picture: Path | None
) -> int:
    """Write or print windows as JSON, and return the exit status."""
    messages = _messages(reply)
    if output_format != JSON:  # the function replies with JSON if no window has data
        raise RunError("\n".join(["no window has data, nothing was written", *messages]))
    # Keep standard output clean if the windows go there.
    log = sys.stderr if output is None else sys.stdout
    value = reply.windows if reply.value is None else reply.value
    if output is None and reply.windows and sys.stdout.isatty():
        for line in (lines := reply_notes.sample_lines(reply.windows)):
            print(line)
        if lines:
            note("a terminal gets no samples: -o FILE writes them, a pipe has them as JSON")
    elif output is None:
        print(json.dumps(value))
    else:
        write_output(output, f"{json.dumps(value)}\n".encode())
        count = f"{pluralize(len(value), 'window')} to " if reply.value is None else ""
        missing = f", {len(messages)} of them without data" if count else ""
        print(f"wrote {count}{output}{missing}", file=log)
    _note_all(reply, messages)
    if output:
        note(f"open it with: import json; windows = json.load(open({str(output)!r}))")
    if picture and reply.windows:
        drawn = plot.draw(reply.windows, picture)
        total = pluralize(len(reply.windows), "window")
        part = f", the first {drawn} of {total}" if drawn < len(reply.windows) else ""
        print(f"drew {picture}{part}", file=log)
    return 1 if messages else 0


def _write_file(reply: WindowsReply, output_format: str, output: Path | None) -> int:
    """Write a file of windows, its description beside it if it has none, and return the status."""
    if output is None or reply.content is None:
        raise RunError("the reply is a file: name one with -o FILE")
    write_output(output, reply.content)
    failed = sum(int(entry.get("omitted", 1)) for entry in reply.errors)
    kind = ", a zip of SAC files" if output_format == "sac" else ""
    missing = f", without {pluralize(failed, 'window')} that had no data" if failed else ""
    print(f"wrote {output}, {len(reply.content):,} bytes{kind}{missing}")
    described = FORMATS.get(output_format)
    if reply.windows and described and not described.describes:
        description = description_of(output)
        write_output(description, f"{json.dumps({'windows': reply.windows}, indent=2)}\n".encode())
        note(f"wrote {description}: units, parameters, gaps, warnings and errors of all windows")
    _note_all(reply, _messages(reply))
    if output_format in _OPEN:
        note(f"open it with: {_OPEN[output_format].format(str(output))}")
    return 1 if failed else 0


_OPEN = {
    "mseed": "import obspy; stream = obspy.read({!r})",
    "sac": "import io, obspy, zipfile; files = zipfile.ZipFile({!r}); stream = obspy.Stream("
    "[obspy.read(io.BytesIO(files.read(name)))[0] for name in files.namelist()"
    " if name.endswith('.sac')])",
}
"""How ObsPy opens a file, by format."""


def _note_all(reply: WindowsReply, messages: Sequence[str]) -> None:
    """Print errors, gaps and warnings to standard error."""
    for line in (
        *messages,
        *reply_notes.gap_lines(reply.windows),
        *reply_notes.window_lines(reply.windows),
    ):
        note(line)
    if omitted := sum(int(window.get("omitted", 0)) for window in reply.windows):
        note(f"  the gaps and warnings of {pluralize(omitted, 'more window')} are not in the reply")


def _messages(reply: WindowsReply) -> list[str]:
    """Return the error messages of windows without data, one a line."""
    lines = [f"  {each['error']['message']}" for each in reply.errors if each.get("error")]
    if omitted := sum(int(each.get("omitted", 0)) for each in reply.errors):
        lines.append(f"  and {pluralize(omitted, 'more window')} without data")
    return lines
