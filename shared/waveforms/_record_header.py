"""Parse the header of a miniSEED 2 record: its channel, times, length and payload.

The SEED manual 2.4, chapter 8, defines the fixed section of data header and the blockettes 100,
1000 and 1001. Times are computed as by libmseed, and so by ObsPy.
"""

import re
import struct
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from obspy import UTCDateTime

# Sequence number (not used, so it may be damaged), quality, a reserved byte; station, location,
# channel and network.
_BEGINNING = re.compile(rb"[\0-\xff]{6}[DRQM][ \0]([ -~]{12})")
# From byte 20: year, day of year, hour, minute, second, ticks of 0.1 ms; number of samples, rate
# factor and multiplier, activity flags, I/O flags, quality flags, number of blockettes, time
# correction in ticks, offset of the data, offset of the first blockette.
_FIXED = "HHBBBxHHhhBBBBiHH"
_FIXED_LENGTH = 48
_BLOCKETTE = "HH"  # type, offset of the next blockette
_BODIES = {100: "f", 1000: "BBB", 1001: "Bb"}
TICK_NS = 100_000
MAX_TICKS = 9_999
CORRECTION_APPLIED = 0x02  # one of the activity flags
CLOCK_LOCKED = 0x20  # one of the I/O and clock flags
MAX_PERCENT = 100
YEARS, DAYS = range(1900, 2101), range(1, 367)  # as libmseed accepts them
LEAST_RATE, MOST_RATE = 1e-6, 1e6
"""Sampling rates in Hz that a channel may have: from one in 11 days to one a microsecond."""
_RECORD_LENGTH_EXPONENTS = range(7, 21)
_EPOCH = date(1970, 1, 1).toordinal()


class OddRecordError(Exception):
    """The records have a rare form, or are damaged: only the whole object shows which is right."""


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
        encoding: SEED's encoding format of the payload.
        is_little: whether the payload is little-endian.
        data_offset: where the payload begins in the record, in bytes; 0 if there is none.
        header_end: where the last blockette begins in the record, in bytes.
        odd_time: the time of the header in words if it is out of range; `starttime` is then a time
            in range. Empty if the time is in range.
    """

    seed_id: str
    quality: str
    starttime: UTCDateTime
    npts: int
    sampling_rate: float
    record_length: int
    timing_quality: int | None = None
    is_locked: bool = False
    encoding: int = 3
    is_little: bool = False
    data_offset: int = 64
    header_end: int = 56
    odd_time: str = ""

    @property
    def endtime(self) -> UTCDateTime:
        """The time of the last sample; `starttime` without samples or a possible rate."""
        if self.npts == 0 or not LEAST_RATE <= self.sampling_rate <= MOST_RATE:
            return self.starttime
        return self.starttime + (self.npts - 1) / self.sampling_rate


def parse_header(content: bytes | memoryview, offset: int = 0) -> RecordHeader:
    """Parse the header of one record.

    Args:
        content: one or more records; the last one may end after its blockettes.
        offset: the offset of the record in the content, in bytes.

    Raises:
        OddRecordError: there is no record at the offset, it is cut off, its time is out of range,
            or it has no blockette 1000, which gives its length.
    """
    header = read_header(content, offset)
    if header.odd_time:
        raise OddRecordError(f"a record {header.odd_time} at byte {offset}")
    return header


def read_header(content: bytes | memoryview, offset: int = 0) -> RecordHeader:
    """Parse the header of one record, whose time may be out of range.

    Args:
        content: as of `parse_header`.
        offset: likewise.

    Raises:
        OddRecordError: there is no record at the offset, it is cut off, or it has no blockette
            1000, which gives its length.
    """
    beginning = _BEGINNING.match(content, offset)
    if not beginning or len(content) - offset < _FIXED_LENGTH:
        raise OddRecordError(f"no miniSEED 2 record at byte {offset}")
    order = byte_order(content, offset)
    fixed = struct.unpack_from(order + _FIXED, content, offset + 20)
    npts, factor, multiplier, activity, clock_flags = fixed[6:11]
    correction, data_offset, first = fixed[13:16]
    blockettes, header_end = _blockettes(content, offset, order, first)
    encoding, big, exponent = blockettes.get(1000, (0, 0, 0))
    if exponent not in _RECORD_LENGTH_EXPONENTS:
        raise OddRecordError(f"a record of unknown length at byte {offset}")
    percent, microseconds = blockettes.get(1001, (None, 0))
    late = (0 if activity & CORRECTION_APPLIED else correction) * TICK_NS + microseconds * 1000
    start_ns, odd_time = _time(*fixed[:6])
    return RecordHeader(
        seed_id=seed_id(beginning[1]),
        quality=chr(content[offset + 6]),
        starttime=UTCDateTime(ns=start_ns + late),
        npts=npts,
        sampling_rate=blockettes[100][0] if 100 in blockettes else rate_of(factor, multiplier),
        record_length=1 << exponent,
        timing_quality=percent if percent is not None and percent <= MAX_PERCENT else None,
        is_locked=bool(clock_flags & CLOCK_LOCKED),
        encoding=encoding,
        is_little=not big,
        data_offset=data_offset,
        header_end=header_end,
        odd_time=odd_time,
    )


def byte_order(content: bytes | memoryview, offset: int) -> str:
    """Return the byte order of a header, which has no flag for it.

    It is the one that gives a valid date. Where there is none, it is the one by which blockettes
    begin earlier: a swapped offset is beyond any header.
    """
    for order in (">", "<"):
        year, day = struct.unpack_from(order + "HH", content, offset + 20)
        if year in YEARS and day in DAYS:
            return order
    big, little = (struct.unpack_from(order + "H", content, offset + 46) for order in (">", "<"))
    return ">" if big <= little else "<"


def _time(year: int, day: int, hour: int, minute: int, second: int, ticks: int) -> tuple[int, str]:
    """Return a time in ns since 1970, and words for a time that is out of range, else ""."""
    odd, leap = "", (hour, minute) == (23, 59)
    if year not in YEARS or day not in DAYS:
        odd = f"without a valid date (year {year}, day {day})"
        year, day = min(max(year, YEARS[0]), YEARS[-1]), 1
    elif hour > 23 or minute > 59 or second > 59 + leap or ticks > MAX_TICKS:
        odd = f"with {ticks} ticks and the time {hour}:{minute}:{second}"
    seconds = _days(year, day) * 86400 + hour * 3600 + minute * 60 + second
    return seconds * 10**9 + ticks * TICK_NS, odd


def _blockettes(
    content: bytes | memoryview, offset: int, order: str, first: int
) -> tuple[dict[int, tuple[Any, ...]], int]:
    """Return the first fields of the blockettes that this module needs, and the last one's offset.

    Raises:
        OddRecordError: the blockettes lie beyond the content, or are not in order.
    """
    bodies: dict[int, tuple[Any, ...]] = {}
    place, last = first, 0
    while place:
        start = offset + place
        try:
            kind, following = struct.unpack_from(order + _BLOCKETTE, content, start)
            if kind in _BODIES:
                bodies[kind] = struct.unpack_from(order + _BODIES[kind], content, start + 4)
        except struct.error as error:
            raise OddRecordError(f"blockettes beyond the end at byte {offset}") from error
        if place < _FIXED_LENGTH or 0 < following <= place:
            raise OddRecordError(f"blockettes out of order at byte {offset}")
        place, last = following, place
    return bodies, last


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
