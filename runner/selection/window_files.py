"""Read time windows from files: lines of NSCL START END, CSV, JSON, or FDSN's request format.

A CSV file may have a header, whose names are those of a request, or FDSN's. The output of
fdsnws-availability is read in the formats request, text and geocsv, and that of fdsnws-station as
text on the level of channels, whose times are epochs of instruments and not windows:
https://www.fdsn.org/webservices/fdsnws-station-1.1.pdf
"""

import csv
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from runner.errors import InputError
from runner.selection.lines import Line, read_lines
from runner.selection.time_windows import NAMES, DefaultSpan, WindowSelector, selectors_of
from runner.terminal import input_name
from shared.archive.request_channel import CODES
from shared.errors import BadRequestError
from shared.fields import Fields

_DELIMITERS = "|;\t,"
_YEAR = re.compile(r"\d{4}", re.ASCII)
_SECOND_DATE = re.compile(r"\s\d{4}[-/,]", re.ASCII)
_CLOCK = re.compile(r"\d{1,2}:\d", re.ASCII)
_FDSN_ORDER = ("Network", "Station", "Location", "Channel")
_TIMES = ("Starttime", "Endtime")
_STATION_COLUMN = "latitude"  # only lists of stations have it
_RIGHT = (
    "must be NSCL START END such as 'CI.SOC.HHZ. 2019-07-06T03:19:00 2019-07-06T03:24:00', FDSN's"
    " NET STA LOC CHA START END, a line of CSV, or a window as a JSON object"
)


@dataclass
class WindowFile:
    """Contents of a file of windows.

    Attributes:
        selectors: in the file's order.
        ignored: lines and columns that select nothing, such as "quality=B".
    """

    selectors: list[WindowSelector] = field(default_factory=list)
    ignored: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class _Header:
    """The columns of a CSV file: their delimiter, None for blanks, and the field of each or ""."""

    delimiter: str | None
    fields: Sequence[str]

    def values(self, text: str) -> dict[str, str]:
        columns = _columns(text, self.delimiter)
        if len(columns) != len(self.fields):
            right = f"must have {len(self.fields)} columns as the header does"
            raise BadRequestError(f"has {len(columns)} columns: {right}", field="columns")
        found = dict(zip(self.fields, columns, strict=True))
        return {name: value for name, value in found.items() if name and value}


def read_windows(path: str, span: DefaultSpan) -> WindowFile:
    """Read a file of windows. Comments (#) and blank lines are skipped.

    Args:
        path: the file; "-" is standard input.
        span: the times of lines that have none.

    Raises:
        InputError: the file cannot be read, has an invalid line, or has no windows.
    """
    file, header, is_first = WindowFile(), None, True
    for line in read_lines(path):
        if is_first and (found := _header(line.text.lstrip("# "))):
            header, is_first = found, False
            file.ignored += _ignored_columns(line, found)
            continue
        if line.is_comment:
            continue
        is_first = False
        if line.is_fdsn_parameter:
            file.ignored.append(f"{line.source}: {line.text}")
            continue
        try:
            file.selectors += selectors_of(_fields(line, header), span, line.source)
        except BadRequestError as error:
            raise line.error(error) from error
    if not file.selectors:
        raise InputError(f"{input_name(path)} has no windows: {_RIGHT}")
    return file


def _fields(line: Line, header: _Header | None) -> Fields:
    if line.text.startswith(("{", "[")):
        value = line.json(f"{_RIGHT}; a whole request as JSON is for --request")
        if isinstance(value, list) or (isinstance(value, Mapping) and "Windows" in value):
            raise BadRequestError(
                "is a whole request or a list: give it with --request, or one window a line"
            )
        return Fields(value, NAMES)
    return Fields(header.values(line.text) if header else _by_position(line.text), NAMES)


def _by_position(text: str) -> dict[str, str]:
    """Return the fields of a line without a header: a channel or four codes, then its times."""
    delimiter = next((each for each in _DELIMITERS if _is_delimiter(text, each)), None)
    columns = _columns(text, delimiter)
    names = ("nscl",) if "." in columns[0] else _FDSN_ORDER
    codes, times = columns[: len(names)], columns[len(names) :]
    if delimiter is None:
        times = _with_clocks(times)
    if len(codes) < len(names) or len(times) > len(_TIMES):
        raise BadRequestError(_RIGHT)
    found = zip((*names, *_TIMES), [*codes, *times], strict=False)
    return {name: value for name, value in found if value}


def _is_delimiter(text: str, delimiter: str) -> bool:
    """Return whether a line has columns: FDSN's lists and days such as 2019,183 have commas, too.

    The first column has no blank, and the last is a single time or empty.
    """
    columns = _columns(text, delimiter)
    first, last = columns[0], columns[-1]
    is_time = bool(_YEAR.match(last)) and not _SECOND_DATE.search(last)
    return len(columns) > 1 and " " not in first and (not last or is_time)


def _with_clocks(words: Sequence[str]) -> list[str]:
    """Join a time of day with the date before it."""
    times: list[str] = []
    for word in words:
        if times and _CLOCK.match(word):
            times[-1] += f"T{word}"
        else:
            times.append(word)
    return times


def _columns(text: str, delimiter: str | None) -> list[str]:
    if delimiter is None:
        return text.split()
    (columns,) = csv.reader([text], delimiter=delimiter, skipinitialspace=True)
    return [column.strip() for column in columns]


def _header(text: str) -> _Header | None:
    """Return the header that a line is; None if it is none."""
    for delimiter in (*_DELIMITERS, None):
        columns = _columns(text, delimiter)
        fields = [NAMES.find(column) or "" for column in columns]
        has_codes = set(fields) >= set(CODES[:3])
        if "nscl" in fields or has_codes:
            if has_codes:  # an id beside codes is that of an event, say
                fields = ["" if name == "nscl" else name for name in fields]
            if any(column.lower() == _STATION_COLUMN for column in columns):
                fields = ["" if name in _TIMES else name for name in fields]
            return _Header(delimiter, fields)
    return None


def _ignored_columns(line: Line, header: _Header) -> list[str]:
    columns = _columns(line.text.lstrip("# "), header.delimiter)
    unused = [
        column for column, name in zip(columns, header.fields, strict=True) if not name and column
    ]
    return [f"{line.source}: the columns {', '.join(unused)}"] if unused else []
