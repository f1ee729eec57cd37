"""The request for time windows that a command line makes, or reads from a file."""

import argparse
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from runner.commands.selected import list_archive
from runner.errors import InputError
from runner.selection.time_windows import NAMES as OF_A_WINDOW
from runner.selection.time_windows import DefaultSpan, WindowSelector, resolve_windows
from runner.selection.window_files import read_windows
from runner.sending.target import Target
from runner.terminal import input_name, note, read_input, shorten
from shared.archive.channel_patterns import ChannelPattern
from shared.fields import Fields, Names
from shared.response.parameters import WINDOW_NAMES, RemovalParameters

NAMES = Names(("Windows", "Format", "Read", "Output", *WINDOW_NAMES[1:]))
"""The fields of a request for windows."""

DEFAULT_PATH = Path("request.json")
"""The request without --request, --nscl and --file: the one in this repository."""

_SHOWN_CHARACTERS = 80


def make_request(options: argparse.Namespace, target: Target) -> dict[str, Any]:
    """Return the request: from --nscl and --file, or else the file of --request.

    Options take the place of the same fields of a request file.

    Args:
        options: the command line.
        target: whose archive is listed for wildcards.

    Raises:
        BadRequestError, InputError: an option or a file is invalid.
        RunError: the archive cannot be listed.
    """
    given = _given(options)
    if options.nscl or options.file:
        request: dict[str, Any] = {"Windows": _windows(options, target)}
    else:
        request = _read_request(options.request or DEFAULT_PATH)
    request = {name: value for name, value in request.items() if NAMES.find(name) not in given}
    request |= given
    _check_removal(given, {NAMES.find(name) for name in request})
    return request


def _given(options: argparse.Namespace) -> dict[str, Any]:
    """Return the fields that options give, by name."""
    values = vars(options)
    given = {name: values[name] for name in WINDOW_NAMES[1:] if name in values}
    named = {"Output": values.get("output"), "Format": options.format, "Read": options.read}
    return given | {name: value for name, value in named.items() if value}


def _check_removal(given: Mapping[str, Any], fields: set[str | None]) -> None:
    """Check the parameters of the removal that options give.

    Raises:
        BadRequestError: a value is invalid.
        InputError: they have no output to apply to.
    """
    values = {"output" if name == "Output" else name: value for name, value in given.items()}
    values = {name: value for name, value in values.items() if name in WINDOW_NAMES}
    RemovalParameters.parse(Fields(values, WINDOW_NAMES))
    if values and "Output" not in fields:
        option = f"--{next(iter(values)).replace('_', '-')}"
        raise InputError(f"{option} is for ground motion: give --output VEL, DISP, ACC or DEF")


def _windows(options: argparse.Namespace, target: Target) -> list[dict[str, str]]:
    """Return the windows of --nscl and of the files, with wildcards resolved."""
    span = DefaultSpan(options.start, options.end, options.duration)
    selectors: list[WindowSelector] = []
    if options.nscl:
        start, end = span.of(Fields({}, OF_A_WINDOW))
        selectors += [
            WindowSelector(ChannelPattern.parse(nscl), start, end) for nscl in options.nscl
        ]
    for path in options.file:
        file = read_windows(path, span)
        selectors += file.selectors
        for line in file.ignored:
            note(f"ignored: {line}")
    selected = resolve_windows(selectors, lambda days: list_archive(target, days))
    for line in selected.notes:
        note(line)
    return selected.windows


def _read_request(path: Path) -> dict[str, Any]:
    name = input_name(path)
    try:
        request = json.loads(read_input(path))
    except OSError as error:
        other = "; or give --nscl, --start and --end" if path == DEFAULT_PATH else ""
        raise InputError(f"{name} cannot be read: {error}{other}") from error
    except (ValueError, RecursionError) as error:  # ValueError: invalid UTF-8 or JSON
        raise InputError(f"{name} is not JSON: {error}") from error
    if not isinstance(request, dict):
        shown = shorten(json.dumps(request), _SHOWN_CHARACTERS)
        raise InputError(f"{name} is {shown}: must be an object with Windows")
    return request
