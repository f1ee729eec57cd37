"""Parse the header of a miniSEED 2 record: its channel, times and length.

The SEED manual 2.4, chapter 8, defines the fixed section of data header and the blockettes 100,
1000 and 1001. Times are computed as by libmseed, and so by ObsPy.
"""

import re
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from obspy import UTCDateTime

# Sequence number, quality, a reserved byte, station, location, channel, network.
_BEGINNING = re.compile(rb"[0-9 \0]{6}[DRQM][ \0]([ -~]{5})([ -~]{2})([ -~]{3})([ -~]{2})")
# From byte 20: year, day of year, hour, minute, second, ticks of 0.1 ms; number of samples, rate
# factor and multiplier, activity flags, I/O flags, quality flags, number of blockettes, time
# correction in ticks, offset of the data, offset of the first blockette.
_FIXED = "HHBBBxHHhhBBBBiHH"
_FIXED_LENGTH = 48
_BLOCKETTE = "HH"  # type, offset of the next blockette
_BODIES = {100: "f", 1000: "BBB", 1001: "Bb"}
_TICK_NS = 100_000
CORRECTION_APPLIED = 0x02  # one of the activity flags
CLOCK_LOCKED = 0x20  # one of the I/O and clock flags
MAX_PERCENT = 100
YEARS, DAYS = range(1900, 2101), range(1, 367)  # as libmseed accepts them
_RECORD_LENGTH_EXPONENTS = range(7, 21)
_EPOCH = date(1970, 1, 1).toordinal()


class OddRecordError(Exception):
    """The records have a rare form, which this package leaves to ObsPy."""


@dataclass(frozen=True)
class RecordHeader:
    """The header of a record.

    Attributes:
        seed_id: network.station.location.channel, without padding, such as "CI.SOC..HHZ".
        quality: the data quality, D, R, Q or M.
        starttime: the time of the first sample.
        npts: the number of samples.
        sampling_rate: the sampling rate in Hz; 0 in records without a time series, such as logs.
        record_length: the length of the record in bytes.
        timing_quality: that of blockette 1001, in percent; None without a valid one.
        is_locked: whether the clock was locked to a reference.
    """

    seed_id: str
    quality: str
    starttime: UTCDateTime
    npts: int
    sampling_rate: float
    record_length: int
    timing_quality: int | None = None
    is_locked: bool = False

    @property
    def endtime(self) -> UTCDateTime:
        """The time of the last sample; `starttime` if there are none."""
        if self.npts == 0 or self.sampling_rate == 0:
            return self.starttime
        return self.starttime + (self.npts - 1) / self.sampling_rate


def parse_header(content: bytes | memoryview, offset: int = 0) -> RecordHeader:
    """Parse the header of one record.

    Args:
        content: one or more records; the last one may end after its blockettes.
        offset: the offset of the record in the content, in bytes.

    Raises:
        OddRecordError: there is no record at the offset, it is cut off, or it has no blockette
            1000, which gives its length.
    """
    beginning = _BEGINNING.match(content, offset)
    if not beginning or len(content) - offset < _FIXED_LENGTH:
        raise OddRecordError(f"no miniSEED 2 record at byte {offset}")
    order = byte_order(content, offset)
    fixed = struct.unpack_from(order + _FIXED, content, offset + 20)
    year, day, hour, minute, second, ticks = fixed[:6]
    npts, factor, multiplier, activity, clock_flags = fixed[6:11]
    correction, first = fixed[13], fixed[15]
    if hour > 23 or minute > 59 or second > 59:  # ObsPy handles leap seconds
        raise OddRecordError(f"a record with the time {hour}:{minute}:{second} at byte {offset}")
    blockettes = dict(_blockettes(content, offset, order, first))
    if 1000 not in blockettes or blockettes[1000][2] not in _RECORD_LENGTH_EXPONENTS:
        raise OddRecordError(f"a record of unknown length at byte {offset}")
    if not activity & CORRECTION_APPLIED:
        ticks += correction
    seconds = _days(year, day) * 86400 + hour * 3600 + minute * 60 + second
    percent, microseconds = blockettes.get(1001, (None, 0))
    return RecordHeader(
        seed_id=seed_id(b"".join(beginning.groups())),
        quality=chr(content[offset + 6]),
        starttime=UTCDateTime(ns=seconds * 10**9 + ticks * _TICK_NS + microseconds * 1000),
        npts=npts,
        sampling_rate=blockettes[100][0] if 100 in blockettes else rate_of(factor, multiplier),
        record_length=1 << blockettes[1000][2],
        timing_quality=percent if percent is not None and percent <= MAX_PERCENT else None,
        is_locked=bool(clock_flags & CLOCK_LOCKED),
    )


def byte_order(content: bytes | memoryview, offset: int) -> str:
    """Return the byte order that gives a valid date, as the header has no flag for it."""
    for order in (">", "<"):
        year, day = struct.unpack_from(order + "HH", content, offset + 20)
        if year in YEARS and day in DAYS:
            return order
    raise OddRecordError(f"a record without a valid date at byte {offset}")


def _blockettes(
    content: bytes | memoryview, offset: int, order: str, first: int
) -> Iterator[tuple[int, tuple[Any, ...]]]:
    """Yield the types and the first fields of the blockettes that this module needs."""
    place = first
    while place:
        start = offset + place
        try:
            kind, following = struct.unpack_from(order + _BLOCKETTE, content, start)
            if kind in _BODIES:
                yield kind, struct.unpack_from(order + _BODIES[kind], content, start + 4)
        except struct.error as error:
            raise OddRecordError(f"blockettes beyond the end at byte {offset}") from error
        if place < _FIXED_LENGTH or 0 < following <= place:
            raise OddRecordError(f"blockettes out of order at byte {offset}")
        place = following


def seed_id(codes: bytes) -> str:
    """Return network.station.location.channel from the twelve bytes of a header's codes."""
    text = codes.decode("ascii", "replace")
    parts = text[10:12], text[:5], text[5:7], text[7:10]
    return ".".join(part.replace(" ", "") for part in parts)


@cache
def _days(year: int, day: int) -> int:
    """Return the days from 1970 to a day of a year."""
    return date(year, 1, 1).toordinal() + day - 1 - _EPOCH


def rate_of(factor: int, multiplier: int) -> float:
    """Return the sampling rate in Hz; a negative factor or multiplier divides."""
    if factor == 0 or multiplier == 0:
        return 0.0
    rate = float(factor) if factor > 0 else -1.0 / factor
    return rate * multiplier if multiplier > 0 else -rate / multiplier
