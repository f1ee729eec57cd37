"""The body of a POST: `key=value` lines, then `NET STA LOC CHA START END` lines.

The content type says nothing: clients send text/plain, a form's type, or none. Comments (#), empty
lines and carriage returns are skipped, and the end may be missing, as in SeisComP. A time may be
"*", which is open: https://orfeus-eu.org/data/eida/webservices/station marks empty fields so.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

from shared import limits
from shared.errors import BadRequestError, TooLargeError
from shared.fdsnws.parameters import CODES, TIMES, Parameter
from shared.fdsnws.selection import Selection, check_span, selection_of
from shared.fdsnws.values import parse_value
from shared.fields import shown

_FIELDS = (*CODES, *TIMES)
_OPEN = "*"
_LEAST_BYTES = 1024**2
_LINE_BYTES = 200
"""A line of codes and times takes some 60; lists of codes take more."""

_KEY = re.compile(r"([A-Za-z_]{1,80})[ \t]*=(.*)", re.DOTALL)


class PostBody(NamedTuple):
    """The parts of a POST.

    Attributes:
        head: the parameters before the lines, as text, in order.
        selections: the lines, in order.
    """

    head: tuple[tuple[str, str], ...]
    selections: tuple[Selection, ...]


def parse_body(data: bytes, parameters: dict[str, Parameter]) -> PostBody:
    """Read the body of a POST.

    Args:
        data: the body.
        parameters: the parameters of codes and times, by long name.

    Raises:
        BadRequestError: it is no text, has no line that selects channels, or a line is wrong; the
            error names the line.
        TooLargeError: there are more lines than `limits.max_selections`, or more bytes than such
            lines have.
    """
    _check_size(data)
    head: list[tuple[str, str]] = []
    selections: list[Selection] = []
    for number, line in _lines(data):
        if pair := _KEY.fullmatch(line):
            if selections:
                raise _wrong(number, line, "a parameter must be before all lines of channels")
            head.append((pair[1].strip().lower(), pair[2].strip()))
        else:
            selections.append(_selection(number, line, parameters))
    if not selections:
        raise BadRequestError(
            "the body has no line that selects channels: must have lines such as"
            " 'CI BOM -- BHZ 2024-01-01T00:00:00 2024-01-01T00:05:00'"
        )
    return PostBody(tuple(head), tuple(selections))


def _check_size(data: bytes) -> None:
    """Refuse a body that is too large, before its lines take many times its size in memory."""
    limit = max(_LEAST_BYTES, limits.max_selections() * _LINE_BYTES)
    if len(data) > limit:
        raise TooLargeError(
            f"the body has {len(data):,} bytes: at most {limit:,} at a time; split it",
            bytes=len(data),
            limit=limit,
        )


def _lines(data: bytes) -> Iterator[tuple[int, str]]:
    """Yield the lines with their numbers, without comments and empty ones."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadRequestError(f"the body is no text in UTF-8: {error.reason}") from error
    limit = limits.max_selections()
    rows = [
        (number, row.strip())
        for number, row in enumerate(re.split(r"\r\n|\n|\r", text), 1)
        if row.strip() and not row.lstrip().startswith("#")
    ]
    lines = len(rows) - sum("=" in row for _, row in rows)
    if lines > limit:
        raise TooLargeError(
            f"the body has {lines:,} lines of channels: at most {limit:,} at a time; split it",
            lines=lines,
            limit=limit,
        )
    yield from rows


def _selection(number: int, line: str, parameters: dict[str, Parameter]) -> Selection:
    words = line.split()
    if len(words) not in (len(_FIELDS) - 1, len(_FIELDS)):
        right = "must be network, station, location, channel, start and end, separated by blanks"
        if len(words) > len(_FIELDS):
            right += "; a line for each (with curl: --data-binary, as --data drops line breaks)"
        raise _wrong(number, line, right)
    place = f"line {number}"
    values = {
        name: parse_value(parameters[name], f"{place}: {name}", word)
        for name, word in zip(_FIELDS, words, strict=False)
        if name in CODES or word != _OPEN
    }
    selection = selection_of(values)
    check_span(selection.start, selection.end, place)
    return selection


def _wrong(number: int, line: str, right: str) -> BadRequestError:
    return BadRequestError(f"line {number} is {shown(line)}: {right}", field=f"line {number}")
