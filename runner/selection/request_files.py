"""Read selectors from files: lines of day and channel, JSON, or the FDSN request format.

The FDSN request format has lines of NET STA LOC CHA START END. It is the output of
fdsnws-availability with `format=request`, and the POST body of fdsnws-dataselect:
https://www.fdsn.org/webservices/fdsnws-availability-1.0.pdf
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import product
from typing import Any

from runner.errors import InputError
from runner.selection.day_ranges import days_of_span, parse_days
from runner.selection.lines import read_lines
from runner.selection.selector import Selector, parse_parameters, parse_request
from runner.terminal import input_name
from shared.archive.channel_patterns import ChannelPattern
from shared.archive.day import Day
from shared.archive.instant import parse_instant
from shared.errors import BadRequestError

_DAY = re.compile(r"\d{4}", re.ASCII)  # a network has two characters at most
_RIGHT = (
    "must be DAY NSCL such as '2019,183 CI.SOC.HHZ.', a request as a JSON object, or FDSN's"
    " NET STA LOC CHA START END such as 'CI SOC -- HHZ 2019-07-02T00:00:00 2019-07-03T00:00:00'"
)


@dataclass
class RequestFile:
    """Contents of a file of requests.

    Attributes:
        selectors: in the file's order.
        ignored: FDSN parameters such as "quality=B", which select no days or channels.
    """

    selectors: list[Selector] = field(default_factory=list)
    ignored: list[str] = field(default_factory=list)


def read_requests(path: str, options: Mapping[str, Any]) -> RequestFile:
    """Read a file of requests. Comments (#) and blank lines are skipped.

    Args:
        path: the file; "-" is standard input.
        options: response parameters of the command line, which apply to every line.

    Raises:
        BadRequestError: a parameter of the command line is invalid.
        InputError: the file cannot be read, has an invalid line, or has no requests.
    """
    parameters = parse_parameters(options)
    requests = RequestFile()
    for line in read_lines(path):
        if line.is_comment:
            continue
        if line.is_fdsn_parameter:
            requests.ignored.append(f"{line.source}: {line.text}")
            continue
        try:
            if line.text.startswith("{"):
                requests.selectors.append(parse_request(line.json(_RIGHT), options, line.source))
            else:
                requests.selectors.extend(
                    Selector(days, channels, parameters, line.source)
                    for days, channels in _parse_line(line.text)
                )
        except BadRequestError as error:
            raise line.error(error) from error
    if not requests.selectors:
        raise InputError(f"{input_name(path)} has no requests: {_RIGHT}")
    return requests


def _parse_line(text: str) -> Iterator[tuple[tuple[Day, ...], ChannelPattern]]:
    """Yield the days and channels of a line of two words, or of six."""
    words = text.split()
    if len(words) == 2:
        yield _parse_day_nscl(*words)
    elif len(words) == 6:
        # Codes may be comma-separated lists.
        channels = product(*(codes.split(",") for codes in words[:4]))
        days = _days_of_span(*words[4:])
        for codes in channels:
            yield days, ChannelPattern.of_words(*codes)
    else:
        raise BadRequestError(_RIGHT)


def _parse_day_nscl(first: str, second: str) -> tuple[tuple[Day, ...], ChannelPattern]:
    day, nscl = (second, first) if _DAY.match(second) else (first, second)
    if not _DAY.match(day):
        raise BadRequestError(_RIGHT)
    return parse_days(day), ChannelPattern.parse(nscl)


def _days_of_span(start: str, end: str) -> tuple[Day, ...]:
    """Return the days that a time span touches; an end at 00:00:00 does not add a day."""
    first_ns, last_ns = parse_instant(start, "time"), parse_instant(end, "time")
    if last_ns < first_ns:
        raise BadRequestError(f"ends at {end}, before {start}: must not end before it starts")
    return days_of_span(first_ns, last_ns)
