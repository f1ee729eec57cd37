"""The formats of the service availability: text, GeoCSV, JSON, and lines for a POST.

The columns are those that EarthScope's, SeisComP's and SCEDC's own services have, since clients
read them by place: ObsPy's mass downloader, IRISSeismic and seisplotjs.
"""

import json
import time
from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple

from shared.archive.instant import format_utc
from shared.fdsnws._availability_rows import Merging, Row
from shared.reply import File

_UNKNOWN = "NA"
_OPEN = "OPEN"
"""The restriction of all channels: the archive is public."""


class Columns(NamedTuple):
    """The columns of an answer.

    Attributes:
        merging: qualities and rates that are merged have no column.
        updated: whether there is a column for the latest update.
        is_extent: whether rows are extents, with columns for their spans and their restriction.
    """

    merging: Merging
    updated: bool
    is_extent: bool


class _Column(NamedTuple):
    name: str
    unit: str
    kind: str
    value: Callable[[Row], str]


def as_text(rows: Sequence[Row], columns: Columns) -> File:
    """Return rows as text, in columns padded with blanks; the blank location is "--"."""
    chosen = _columns(columns)
    table = [[f"#{chosen[0].name}", *(column.name for column in chosen[1:])]]
    table += [[column.value(row) or "--" for column in chosen] for row in rows]
    widths = [max(map(len, cells)) for cells in zip(*table, strict=True)]
    lines = (
        " ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
        for line in table
    )
    return _file(lines, "text/plain", "txt")


def as_geocsv(rows: Sequence[Row], columns: Columns) -> File:
    """Return rows as GeoCSV 2.0: http://geows.ds.iris.edu/documents/GeoCSV.pdf."""
    chosen = _columns(columns)
    header = (
        "#dataset: GeoCSV 2.0",
        "#delimiter: |",
        f"#field_unit: {'|'.join(column.unit for column in chosen)}",
        f"#field_type: {'|'.join(column.kind for column in chosen)}",
        "|".join(column.name for column in chosen),
    )
    lines = ("|".join(column.value(row) for column in chosen) for row in rows)
    return _file((*header, *lines), "text/csv", "csv")


def as_json(rows: Sequence[Row], columns: Columns) -> File:
    """Return rows as JSON, with one object for the spans of each channel, quality and rate."""
    sources: dict[Any, dict[str, Any]] = {}
    for number, row in enumerate(rows):
        kind = row.channel, row.quality, row.sampling_rate
        source = sources.setdefault((kind, number if columns.is_extent else 0), _source(row))
        if columns.is_extent:
            source["earliest"], source["latest"] = format_utc(row.start_ns), format_utc(row.end_ns)
            source["timespanCount"], source["restriction"] = row.span_count, _OPEN
        else:
            source.setdefault("timespans", []).append(
                [format_utc(row.start_ns), format_utc(row.end_ns)]
            )
        if columns.updated and row.updated_ns is not None:
            source["updated"] = max(source.get("updated", ""), _seconds(row.updated_ns))
    answer = {
        "created": _seconds(time.time_ns()),
        "version": 1.0,
        "datasources": list(sources.values()),
    }
    text = json.dumps(answer, separators=(",", ":"))
    return File(text.encode(), "application/json", "json")


def as_request(rows: Iterable[Row]) -> File:
    """Return rows as lines of a POST, which select these spans."""
    lines = (
        f"{row.channel.network} {row.channel.station} {row.channel.location or '--'}"
        f" {row.channel.channel} {format_utc(row.start_ns)} {format_utc(row.end_ns)}"
        for row in rows
    )
    return _file(lines, "text/plain", "txt")


def _columns(columns: Columns) -> list[_Column]:
    chosen = [
        _Column("Network", "unitless", "string", lambda row: row.channel.network),
        _Column("Station", "unitless", "string", lambda row: row.channel.station),
        _Column("Location", "unitless", "string", lambda row: row.channel.location),
        _Column("Channel", "unitless", "string", lambda row: row.channel.channel),
    ]
    if not columns.merging.quality:
        chosen.append(_Column("Quality", "unitless", "string", lambda row: row.quality or _UNKNOWN))
    if not columns.merging.rate:
        chosen.append(_Column("SampleRate", "hertz", "float", lambda row: _rate(row)))
    chosen.append(_Column("Earliest", "ISO_8601", "datetime", lambda row: format_utc(row.start_ns)))
    chosen.append(_Column("Latest", "ISO_8601", "datetime", lambda row: format_utc(row.end_ns)))
    if columns.updated:
        chosen.append(_Column("Updated", "ISO_8601", "datetime", _updated))
    if columns.is_extent:
        chosen.append(_Column("TimeSpans", "unitless", "integer", _count))
        chosen.append(_Column("Restriction", "unitless", "string", lambda _: _OPEN))
    return chosen


def _source(row: Row) -> dict[str, Any]:
    channel = row.channel
    source: dict[str, Any] = {
        "network": channel.network,
        "station": channel.station,
        "location": channel.location,
        "channel": channel.channel,
    }
    if row.quality:
        source["quality"] = row.quality
    if row.sampling_rate:
        source["samplerate"] = round(row.sampling_rate, 6)
    return source


def _rate(row: Row) -> str:
    return str(round(row.sampling_rate, 6)) if row.sampling_rate else _UNKNOWN


def _count(row: Row) -> str:
    return _UNKNOWN if row.span_count is None else str(row.span_count)


def _updated(row: Row) -> str:
    return _UNKNOWN if row.updated_ns is None else _seconds(row.updated_ns)


def _seconds(ns: int) -> str:
    return format_utc(ns, "seconds")


def _file(lines: Iterable[str], media_type: str, suffix: str) -> File:
    return File("".join(f"{line}\n" for line in lines).encode(), media_type, suffix)
