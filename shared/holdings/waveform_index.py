"""The index of a day's waveforms: a table in CSV with one row for each channel.

SCEDC's has the columns ms_filename, net, sta, seedchan, location, lat, lon and sample_rate:
https://scedc.caltech.edu/data/cloud.html. They are found by name, in any case and order, and may be
quoted or missing. The location column may be named "loc".

An index that was cut off is noticed by its last line. Not promised: one that was cut at a line's
end, or whose damage makes another channel's name, is a sound index of other channels.
"""

import csv
import io
import math
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache

from shared.archive.archive import Archive
from shared.archive.channel_id import ChannelId
from shared.archive.day import Day
from shared.errors import BadRequestError
from shared.holdings.holding import DayHoldings, Holding

_OTHER_NAMES = {"loc": "location", "samplerate": "sample_rate", "chan": "seedchan"}
_CODES = ("net", "sta", "seedchan")
_MOST_BYTES = 16 * 1024**2
_MOST_ROWS = 100_000
"""SCEDC's have some 4,000 rows in 300 KB."""


_Getter = Callable[[Sequence[str]], str]
"""Returns a field of a row."""


class NoIndexError(Exception):
    """The content is no index of waveforms."""


def parse_index(content: bytes, archive: Archive, day: Day) -> tuple[DayHoldings, list[str]]:
    """Read the index of a day.

    The file name of a row gives the channel. Where it is no name of the archive, the columns of the
    codes do.

    Args:
        content: the index.
        archive: the archive that it describes.
        day: its day.

    Returns:
        The holdings, and the names or codes of rows that are no channel of this day.

    Raises:
        NoIndexError: it is no CSV, has neither file names nor codes, ends within a row, or has many
            times the bytes or the rows of any day.
    """
    if len(content) > _MOST_BYTES:
        raise NoIndexError(f"it has {len(content):,} bytes, more than {_MOST_BYTES:,}")
    text = content.decode("utf-8-sig", "replace")
    if "\0" in text:
        raise NoIndexError("it has null characters")
    rows = csv.reader(io.StringIO(text, newline=""))
    try:
        header = next(rows, [])
        found, left_out, fields = _read(rows, _columns(header), archive, day)
    except csv.Error as error:
        raise NoIndexError(str(error)) from error
    if not ends_with_line(content) and fields < len(header):
        raise NoIndexError(f"it is cut off: its last row has {fields} fields of {len(header)}")
    return DayHoldings(found), left_out


def ends_with_line(content: bytes) -> bool:
    """Return whether the last line of an index has a line end, as that of a whole one has."""
    return content.endswith((b"\n", b"\r"))


def _columns(header: Sequence[str]) -> dict[str, int]:
    names = [name.strip().strip('"').lower() for name in header]
    columns: dict[str, int] = {}
    for place, name in enumerate(names):
        columns.setdefault(_OTHER_NAMES.get(name, name), place)
    if "ms_filename" not in columns and not columns.keys() >= {*_CODES}:
        raise NoIndexError(f"its columns are {', '.join(names)[:200] or 'none'}")
    return columns


def _read(
    rows: Iterator[list[str]], columns: dict[str, int], archive: Archive, day: Day
) -> tuple[list[Holding], list[str], int]:
    """Return the channels, the rows that are none, and the number of the last row's fields."""
    name, latitude, longitude, rate = (
        _getter(columns.get(column)) for column in ("ms_filename", "lat", "lon", "sample_rate")
    )
    codes = [_getter(columns.get(column)) for column in (*_CODES, "location")]
    found: list[Holding] = []
    left_out: list[str] = []
    fields = _MOST_ROWS  # a header alone has no row that could be short
    for number, row in enumerate(rows):
        if number >= _MOST_ROWS:
            raise NoIndexError(f"it has more than {_MOST_ROWS:,} rows")
        fields = len(row)
        if not any(row):
            continue
        channel = _channel(archive, day, name(row), row, codes)
        if channel is None:
            left_out.append(name(row) or ".".join(code(row) for code in codes))
        else:
            place = _number(latitude(row), 90), _number(longitude(row), 360)
            found.append(Holding(channel, day, *place, _number(rate(row), 1e6) or None))
    return found, left_out, fields


def _getter(place: int | None) -> _Getter:
    """Return a function that takes a field of a row; "" where the row has none."""
    if place is None:
        return lambda _: ""
    return lambda row: row[place].strip() if place < len(row) else ""


@lru_cache(20_000)  # the channels of a station share theirs
def _number(text: str, largest: float) -> float | None:
    try:
        number = float(text)
    except ValueError:
        return None
    return number if math.isfinite(number) and abs(number) <= largest else None


def _channel(
    archive: Archive, day: Day, name: str, row: Sequence[str], codes: Sequence[_Getter]
) -> ChannelId | None:
    """Return the channel of a row; None if the row is none of the day."""
    try:
        channel, day_of_name = archive.parse_indexed_name(name)
    except BadRequestError:
        return _of_codes([code(row) for code in codes])
    return channel if day_of_name == day else None


def _of_codes(codes: Sequence[str]) -> ChannelId | None:
    network, station, channel, location = codes
    try:
        return ChannelId.of_codes(network, station, channel, location)
    except BadRequestError:
        return None
