"""The parts of a day object that have the records of a time span."""

from dataclasses import dataclass

import numpy as np
from obspy import UTCDateTime

from shared.waveforms._record_index import RecordIndex
from shared.waveforms.gaps import SAME_NS
from shared.waveforms.stored_records import StoredRecords


@dataclass(frozen=True)
class ByteRange:
    """Adjacent records of a day object.

    Attributes:
        offset: of the first byte in the object.
        size: in bytes.
        records: the number of records.
        first_ns, last_ns: the times of the first and the last sample, in ns since 1970.
    """

    offset: int
    size: int
    records: int
    first_ns: int
    last_ns: int


@dataclass(frozen=True)
class Location:
    """Where a day object has the records of a time span.

    Attributes:
        etag: the object's ETag.
        size: of the object in bytes.
        ranges: the parts with the records, in the object's order.
    """

    etag: str
    size: int
    ranges: list[ByteRange]


def ranges_of(index: RecordIndex, starttime: UTCDateTime, endtime: UTCDateTime) -> list[ByteRange]:
    """Return the part of an object with the records of a time span; none if there are none.

    A sample that is the nearest one to an end of the span counts, too.

    Args:
        index: the known records, those around both ends of the span among them.
        starttime: the start, included.
        endtime: the end, included.
    """
    near = round(0.5e9 / index.first.sampling_rate) + SAME_NS
    records = index.within(starttime.ns - near, endtime.ns + near)
    if not records:
        return []
    length = index.record_length
    first, last = records[0], records[-1]
    times = index.start(first), index.end(last)
    return [ByteRange(first * length, len(records) * length, len(records), *times)]


def ranges_within(
    stored: StoredRecords, starttime: UTCDateTime, endtime: UTCDateTime
) -> list[ByteRange]:
    """Return the parts of a whole object with the records of a time span.

    Args:
        stored: all records of the object.
        starttime: the start, included.
        endtime: the end, included.
    """
    table = stored.table
    near = table.deltas / 2 + SAME_NS
    inside = (table.ends >= starttime.ns - near) & (table.starts <= endtime.ns + near)
    table = table.select(inside)
    if not len(table):
        return []
    apart = np.flatnonzero(table.stops[:-1] != table.offsets[1:]) + 1
    return [
        ByteRange(
            int(table.offsets[part[0]]),
            int(table.stops[part[-1]] - table.offsets[part[0]]),
            len(part),
            int(table.starts[part].min()),
            int(table.ends[part].max()),
        )
        for part in np.split(np.arange(len(table)), apart)
    ]
