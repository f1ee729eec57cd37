"""The index of a day's waveforms: a table in CSV with one row for each channel.

SCEDC's has the columns ms_filename, net, sta, seedchan, location, lat, lon and sample_rate:
https://scedc.caltech.edu/data/cloud.html. They are found by name, in any case and order, and may be
quoted or missing. The location column may be named "loc".
"""

import csv
import io
import math
from collections.abc import Callable, Iterator, Sequence

from shared.archive.archive import Archive
from shared.archive.channel_id import ChannelId
from shared.archive.day import Day
from shared.errors import BadRequestError
from shared.holdings.holding import DayHoldings, Holding

_OTHER_NAMES = {"loc": "location", "samplerate": "sample_rate", "chan": "seedchan"}
_CODES = ("net", "sta", "seedchan")
_MOST_NAMES = 50_000

_known_names: dict[tuple[str, str], ChannelId] = {}
"""Channels by bucket and by file name without its date: the days of an archive share them."""


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
        NoIndexError: it is no CSV, or has neither file names nor codes.
    """
    text = content.decode("utf-8-sig", "replace")
    if "\0" in text:
        raise NoIndexError("it has null characters")
    rows = csv.reader(io.StringIO(text, newline=""))
    try:
        columns = _columns(next(rows, []))
        found, left_out = _read(rows, columns, _Names(archive, day))
    except csv.Error as error:
        raise NoIndexError(str(error)) from error
    return DayHoldings(found), left_out


def _columns(header: Sequence[str]) -> dict[str, int]:
    names = [name.strip().strip('"').lower() for name in header]
    columns: dict[str, int] = {}
    for place, name in enumerate(names):
        columns.setdefault(_OTHER_NAMES.get(name, name), place)
    if "ms_filename" not in columns and not columns.keys() >= {*_CODES}:
        raise NoIndexError(f"its columns are {', '.join(names)[:200] or 'none'}")
    return columns


def _read(
    rows: Iterator[list[str]], columns: dict[str, int], names: "_Names"
) -> tuple[list[Holding], list[str]]:
    name, latitude, longitude, rate = (
        _getter(columns.get(column)) for column in ("ms_filename", "lat", "lon", "sample_rate")
    )
    codes = [_getter(columns.get(column)) for column in (*_CODES, "location")]
    found: list[Holding] = []
    left_out: list[str] = []
    for row in rows:
        if not any(row):
            continue
        channel = names.channel(name(row), [code(row) for code in codes])
        if channel is None:
            left_out.append(name(row) or ".".join(code(row) for code in codes))
        else:
            place = _number(latitude(row), 90), _number(longitude(row), 360)
            found.append(Holding(channel, names.day, *place, _number(rate(row), 1e6) or None))
    return found, left_out


def _getter(place: int | None) -> Callable[[Sequence[str]], str]:
    """Return a function that takes a field of a row; "" where the row has none."""
    if place is None:
        return lambda _: ""
    return lambda row: row[place].strip() if place < len(row) else ""


def _number(text: str, largest: float) -> float | None:
    try:
        number = float(text)
    except ValueError:
        return None
    return number if math.isfinite(number) and abs(number) <= largest else None


class _Names:
    """The channels of a day by file name."""

    def __init__(self, archive: Archive, day: Day) -> None:
        self._archive, self.day = archive, day

    def channel(self, name: str, codes: Sequence[str]) -> ChannelId | None:
        """Return the channel of a row; None if the row is none of this day."""
        known = self._archive.bucket, name.rpartition("_")[0]
        channel = _known_names.get(known)
        if channel and self._archive.waveform_key(channel, self.day).endswith(f"/{name}"):
            return channel
        try:
            channel, day = self._archive.parse_indexed_name(name)
        except BadRequestError:
            return _of_codes(codes)
        if day != self.day:
            return None
        if len(_known_names) >= _MOST_NAMES:
            _known_names.clear()
        _known_names[known] = channel
        return channel


def _of_codes(codes: Sequence[str]) -> ChannelId | None:
    network, station, channel, location = codes
    try:
        return ChannelId.of_codes(network, station, channel, location)
    except BadRequestError:
        return None
