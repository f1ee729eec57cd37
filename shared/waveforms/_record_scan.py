"""Read the headers of all records of a day object.

A day has tens of thousands of records, mostly with one layout: one length, byte order and chain of
blockettes. So fields are read from all records at once, layout by layout. Where lengths differ or
a header is damaged, the records are read one by one.
"""

from collections.abc import Iterator

import numpy as np

from shared.waveforms._record_header import OddRecordError, RecordHeader, parse_header
from shared.waveforms._record_layout import RecordLayout
from shared.waveforms._record_table import RecordTable, join_tables, table_of

_MAX_LAYOUTS = 8  # records with others are read one by one
_STEP = 128  # bytes: the shortest record, and the search for one after damaged bytes


def scan(content: memoryview) -> RecordTable:
    """Read the headers of all records.

    Args:
        content: a day object, or whole records of it; the last record may be cut off.

    Returns:
        The records in the content's order, without those that have no valid header.
    """
    first = next(_walk(content), None)
    if first is None:
        return table_of([])
    offset, header = first
    if offset % header.record_length == 0:
        table = _scan_equal(content, header.record_length)
        if table is not None:
            return table
    return table_of(list(_walk(content)))


def _scan_equal(content: memoryview, length: int) -> RecordTable | None:
    """Read the headers of records that have one length.

    Returns:
        None if another length occurs, or no header where there should be one. Records may begin at
        other places behind it.
    """
    count = len(content) // length
    unread = np.ones(count, bool)
    parts: list[RecordTable] = []
    single: list[tuple[int, RecordHeader]] = []
    for row in range(count + 1):  # one more for a record that is cut off
        if row < count and not unread[row]:
            continue
        try:
            header = parse_header(content, row * length)
        except OddRecordError:
            if row < count:
                return None
            break
        if header.record_length != length:
            return None
        layout = RecordLayout.of(content, row * length)
        if row < count and len(parts) < _MAX_LAYOUTS and layout.fits(length):
            part, matches = layout.read(content, length)
            matches &= unread
            unread &= ~matches
            parts.append(part.select(matches))
        if row == count or unread[row]:
            single.append((row * length, header))
    if single:
        parts.append(table_of(single))
    if len(parts) == 1:
        return parts[0]
    table = join_tables(parts)
    return table.select(np.argsort(table.offsets, kind="stable"))


def _walk(content: memoryview) -> Iterator[tuple[int, RecordHeader]]:
    """Yield the offset and the header of each record, one after another."""
    offset = 0
    while offset < len(content):
        try:
            header = parse_header(content, offset)
        except OddRecordError:
            offset += _STEP
            continue
        yield offset, header
        offset += header.record_length
