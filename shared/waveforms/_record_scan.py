"""Read the headers of all records of a day object.

A day has tens of thousands of records, mostly with one length and one layout: a byte order and a
chain of blockettes. So fields are read from all records at once, layout by layout. Where lengths
differ or bytes are damaged, headers are searched for at any byte, and read one by one.
"""

from collections.abc import Iterator

import numpy as np

from shared.waveforms._record_header import OddRecordError, RecordHeader, read_header
from shared.waveforms._record_layout import QUALITIES, RecordLayout
from shared.waveforms._record_table import RecordTable, join_tables, table_of

_MAX_LAYOUTS = 8  # records with others are read one by one
_ROWS = 64  # to read at once after other bytes than records
_HEADER = 48  # bytes, within which no other record begins
_CODES = slice(8, 20)  # bytes of a header with its station, location, channel and network
_SEARCHED = 4096, 1 << 20  # bytes to search at once, at first and at most
_RESERVED = np.isin(np.arange(256), list(b" \0"))  # byte 7 of a header, after the data quality


def scan(content: memoryview) -> RecordTable:
    """Read the headers of all records.

    Args:
        content: a day object, or whole records of it; the last record may be cut off.

    Returns:
        The records in the content's order, without those that have no valid header. A record that
        extends beyond the offset of the next one is cut, or claims another length than it has.
    """
    parts: list[RecordTable] = []
    place, rows = 0, len(content)
    while (found := _next_header(content, place, len(content))) is not None:
        part = _read_rows(content, *found, rows)
        parts += [part, *_read_between(content, part)]
        place, rows = _after(content, int(part.offsets[-1]), int(part.lengths[-1])), _ROWS
    if len(parts) == 1:
        return parts[0]
    table = join_tables(parts) if parts else table_of([])
    return table.select(np.argsort(table.offsets, kind="stable"))


def _read_rows(content: memoryview, offset: int, header: RecordHeader, rows: int) -> RecordTable:
    """Read records of one length whose offsets are multiples of it from the first one.

    Args:
        content: as of `scan`.
        offset: where the first record begins.
        header: its header.
        rows: how many records to read at first; twice as many follow while the last is one.

    Returns:
        The first record and others after it; in between there may be other bytes.
    """
    length = header.record_length
    parts: list[RecordTable] = []
    begin = offset
    while not parts or begin == parts[-1].stops[-1]:
        end = min(begin + rows * length, len(content))
        table = _scan_equal(content[begin:end], length).moved(begin)
        if not len(table) or (not parts and table.offsets[0] != offset):
            break
        parts.append(table)
        begin, rows = end, 2 * rows
    if not parts:
        return table_of([(offset, header)])
    return join_tables(parts) if len(parts) > 1 else parts[0]


def _scan_equal(content: memoryview, length: int) -> RecordTable:
    """Read the headers of records that have one length.

    Returns:
        The records at multiples of the length, but none that seems to hold another record: its
        length is not its own.
    """
    count = len(content) // length
    octets = np.frombuffer(content, np.uint8, count * length).reshape(count, length)
    half = octets[:, length // 2 :]
    unread = ~(octets[:, _CODES] == half[:, _CODES]).all(axis=1)
    parts: list[RecordTable] = []
    for row in range(count):
        if not unread[row] or len(parts) == _MAX_LAYOUTS:
            continue
        header = _header_at(content, row * length)
        if not header or header.record_length != length:
            continue
        layout = RecordLayout.of(content, row * length)
        if layout.fits(length):
            part, matches = layout.read(content, length)
            matches &= unread
            unread &= ~matches
            parts.append(part.select(matches))
    if len(parts) == 1:
        return parts[0]
    table = join_tables(parts) if parts else table_of([])
    return table.select(np.argsort(table.offsets, kind="stable"))


def _read_between(content: memoryview, records: RecordTable) -> list[RecordTable]:
    """Read the records between others, one by one."""
    stops = records.stops[:-1]
    found: list[tuple[int, RecordHeader]] = []
    for place in np.flatnonzero(stops < records.offsets[1:]).tolist():
        begin = _after(content, int(records.offsets[place]), int(records.lengths[place]))
        found += _walk(content, begin, int(records.offsets[place + 1]))
    return [table_of(found)] if found else []


def _walk(content: memoryview, begin: int, end: int) -> Iterator[tuple[int, RecordHeader]]:
    """Yield the offset and the header of each record that begins within a part of a content."""
    while (found := _next_header(content, begin, end)) is not None:
        yield found
        begin = _after(content, found[0], found[1].record_length)


def _after(content: memoryview, offset: int, length: int) -> int:
    """Return from where to look for the record after another one.

    Where none begins at its end, it may be cut, or claim a length that is not its own; then the
    next one may begin within it.
    """
    stop, half = offset + length, offset + length // 2
    is_own = content[half:stop][_CODES] != content[offset:stop][_CODES]
    followed = stop == len(content) or _header_at(content, stop)
    return stop if is_own and followed else offset + _HEADER


def _header_at(content: memoryview, offset: int) -> RecordHeader | None:
    try:
        return read_header(content, offset)
    except OddRecordError:
        return None


def _next_header(content: memoryview, begin: int, end: int) -> tuple[int, RecordHeader] | None:
    """Return the offset and the header of the first record that begins within a part; or None."""
    if begin < end and (header := _header_at(content, begin)):
        return begin, header
    octets = np.frombuffer(content, np.uint8) if len(content) else np.zeros(0, np.uint8)
    size, most = _SEARCHED
    while begin < end:
        stop = min(begin + size, end)
        part = octets[begin + 6 : stop + 7]
        for hit in np.flatnonzero(QUALITIES[part[:-1]] & _RESERVED[part[1:]]).tolist():
            if header := _header_at(content, begin + hit):
                return begin + hit, header
        begin, size = stop, min(2 * size, most)
    return None
