"""Requests from files: lines with a day and a channel, JSON, or what FDSN's availability tells.

https://www.fdsn.org/webservices/fdsnws-availability-1.0.pdf: `format=request` gives lines of
NET STA LOC CHA START END, which are also those of a POST body for dataselect.
"""

import json
import re
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import product
from pathlib import Path
from typing import Any

from runner.errors import InputError
from runner.selection.channel_patterns import ChannelPattern
from runner.selection.day_ranges import day_range, parse_days
from runner.selection.selector import Selector, parse_parameters, parse_request
from shared.archive.day import Day
from shared.errors import BadRequestError

STDIN = "-"
"""The name that stands for standard input."""

_DAY = re.compile(r"\d{4}[,-]\d")
# Of a POST body for dataselect or availability, beside lines of channels and spans.
_PARAMETER = re.compile(
    r"(?:quality|minimumlength|longestonly|merge|mergequality|mergesamplerate|mergeoverlap"
    r"|mergetolerance|mergegaps|show|orderby|limit|includerestricted|format|nodata)\s*=\s*\S*"
)
_TIME = re.compile(
    r"(\d{4}-\d{2}-\d{2})(?:T([01]\d|2[0-3]):([0-5]\d):([0-5]\d|60)(?:\.(\d*))?)?Z?", re.ASCII
)
_RIGHT = (
    "must be DAY NSCL such as '2019,183 CI.SOC.HHZ.', a request as a JSON object, or FDSN's"
    " NET STA LOC CHA START END such as 'CI SOC -- HHZ 2019-07-02T00:00:00 2019-07-03T00:00:00'"
)


@dataclass
class RequestFile:
    """What a file says.

    Attributes:
        wanted: in the file's order.
        ignored: lines such as "quality=B" of a POST body, which say nothing of days or channels.
    """

    wanted: list[Selector] = field(default_factory=list)
    ignored: list[str] = field(default_factory=list)


def read_requests(path: str, options: Mapping[str, Any]) -> RequestFile:
    """Read a file of requests; comments (#) and blank lines are skipped.

    Args:
        path: of the file; "-" is standard input.
        options: the response parameters of the command line.

    Raises:
        BadRequestError: a parameter of the command line is not what it must be.
        InputError: the file cannot be read, or a line says nothing that can be requested.
    """
    parameters = parse_parameters(options)
    name, found = "standard input" if path == STDIN else path, RequestFile()
    for number, line in enumerate(_text(path, name).splitlines(), 1):
        text = line.strip()
        if not text or text.startswith("#"):
            continue
        if _PARAMETER.fullmatch(text):
            found.ignored.append(f"{name}, line {number}: {text}")
            continue
        place = f"{name}, line {number}"
        try:
            if text.startswith("{"):
                found.wanted.append(parse_request(_loaded(text), options, place))
            else:
                found.wanted.extend(
                    Selector(days, channels, parameters, place) for days, channels in _line(text)
                )
        except BadRequestError as error:
            shown = text if len(text) <= 100 else f"{text[:97]}..."
            raise InputError(f"{place}: {shown!r}: {error.message}") from error
    if not found.wanted:
        raise InputError(f"{name} has no requests: {_RIGHT}")
    return found


def _text(path: str, name: str) -> str:
    try:
        return sys.stdin.read() if path == STDIN else Path(path).read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{name} cannot be read: {error}") from error


def _loaded(text: str) -> object:
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise BadRequestError(f"is not JSON: {error}; {_RIGHT}") from error


def _line(text: str) -> Iterator[tuple[tuple[Day, ...], ChannelPattern]]:
    """The days and channels of a line of two words, or of six."""
    words = text.split()
    if len(words) not in (2, 6):
        raise BadRequestError(_RIGHT)
    days, channels = _of_two(*words) if len(words) == 2 else _of_six(*words)
    for channel in channels:
        yield days, ChannelPattern.parse(channel)


def _of_two(first: str, second: str) -> tuple[tuple[Day, ...], list[str]]:
    day, nscl = (second, first) if _DAY.match(second) else (first, second)
    if not _DAY.match(day):
        raise BadRequestError(_RIGHT)
    return parse_days(day), [nscl]


def _of_six(
    network: str, station: str, location: str, channel: str, start: str, end: str
) -> tuple[tuple[Day, ...], list[str]]:
    """FDSN's line; codes may be lists with commas."""
    codes = product(*(codes.split(",") for codes in (network, station, channel, location)))
    return _days_of_span(start, end), [".".join(each) for each in codes]


def _days_of_span(start: str, end: str) -> tuple[Day, ...]:
    """The days that a span touches; 00:00:00 sharp at its end needs no other day."""
    (first, first_clock), (last, last_clock) = _instant(start), _instant(end)
    if (last, last_clock) < (first, first_clock):
        raise BadRequestError(f"ends at {end}, before {start}: must end later than it starts")
    if last > first and not last_clock:
        last = last.previous
    return day_range(first, last)


def _instant(text: str) -> tuple[Day, str]:
    """A time's day, and its time of day as digits that sort; "" is 00:00:00 sharp."""
    found = _TIME.fullmatch(text)
    if not found:
        raise BadRequestError(f"time {text!r}: must be such as '2019-07-02T00:00:00.000000'")
    date, *clock = found.groups(default="")
    return Day.parse(date), "".join(clock).rstrip("0")
