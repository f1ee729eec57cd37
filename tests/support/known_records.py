"""miniSEED 2 records with every field of the header chosen, and a reader of such fields.

Neither ObsPy nor the project writes or reads them, so that tests know the truth: the SEED manual
2.4, chapter 8, the fixed section of data header and blockettes 100, 1000 and 1001.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from obspy import UTCDateTime

from local.cloud.s3_server import S3Server
from shared.archive.channel_id import ChannelId
from shared.archive.day import Day
from shared.archive.scedc import SCEDC

INT32, FLOAT32 = 3, 4
_HEADER_BYTES = 64
_TICK_NS = 100_000
_CLOCK_LOCKED = 0x20  # of the I/O and clock flags
_ENCODINGS = {INT32: ">i4", FLOAT32: ">f4"}

IntArray = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Clock:
    """A clock by which samples are taken.

    Attributes:
        start: the true time of sample 0.
        rate: the sampling rate that headers give, in Hz.
        ppm: how much faster than that the samples are really taken, in parts per million.
        step_s: by how much the clock is set every `samples_per_step`, in s.
        jitter_s: by how much the headers of every other record are late and early, in s.
    """

    start: UTCDateTime
    rate: float
    ppm: float = 0.0
    step_s: float = 0.0
    samples_per_step: int = 1
    jitter_s: float = 0.0

    def ns(self, samples: npt.ArrayLike) -> IntArray:
        """Return the true times of samples by their index, in ns since 1970."""
        index = np.asarray(samples, dtype=np.float64)
        steps = index * 1e9 / (self.rate * (1 + self.ppm * 1e-6))
        steps += np.floor(index / self.samples_per_step) * self.step_s * 1e9
        return self.start.ns + np.round(steps).astype(np.int64)

    def drift(self, samples: int) -> float:
        """Return how late a sample is against its count at the nominal rate, in samples."""
        late = int(self.ns(samples)) - self.start.ns
        return late * 1e-9 * self.rate - samples

    def time(self, sample: int) -> UTCDateTime:
        """Return the true time of one sample."""
        return UTCDateTime(ns=int(self.ns(sample)))


@dataclass(frozen=True)
class Layout:
    """The layout of records and the fields of their headers that say nothing of a time.

    Attributes:
        record_length: in bytes, a power of two.
        samples_per_record: None fills each record.
        encoding: `INT32` or `FLOAT32`.
        timing_quality: percent, of blockette 1001.
        clock_locked: the flag.
        blockette_100: a sampling rate in Hz that overrides the header's; None for no blockette.
    """

    record_length: int = 512
    samples_per_record: int | None = None
    encoding: int = INT32
    timing_quality: int = 100
    clock_locked: bool = True
    blockette_100: float | None = None

    @property
    def data_offset(self) -> int:
        """Where the samples begin in a record, in bytes."""
        return 128 if self.blockette_100 is not None and self.record_length > 128 else _HEADER_BYTES

    @property
    def capacity(self) -> int:
        """The number of samples in a full record."""
        full = (self.record_length - self.data_offset) // 4
        return min(full, self.samples_per_record or full, 65_535)


def records(
    nscl: str,
    samples: npt.ArrayLike,
    clock: Clock,
    layout: Layout | None = None,
    first: int = 0,
) -> bytes:
    """Write samples as records; each record's header has the true time of its first sample.

    Args:
        nscl: the channel.
        samples: counts or floats.
        clock: the clock.
        layout: of the records; None for the archive's.
        first: the clock's index of the first of these samples.
    """
    layout = layout or Layout()
    values = np.asarray(samples).astype(_ENCODINGS[layout.encoding])
    parts = []
    for number, begin in enumerate(range(0, values.size, layout.capacity)):
        part = values[begin : begin + layout.capacity]
        late = clock.jitter_s * (-1) ** number if number else 0.0
        time = clock.time(first + begin) + late
        header = _header(nscl, part.size, time, clock.rate, layout, number)
        record = header.ljust(layout.data_offset, b"\0") + part.tobytes()
        parts.append(record.ljust(layout.record_length, b"\0"))
    return b"".join(parts)


def put_records(server: S3Server, nscl: str, day: str, *parts: bytes) -> str:
    """Put records into the archive as a channel's day; return the key."""
    key = SCEDC.waveform_key(ChannelId.parse(nscl), Day.parse(day))
    server.put(key, b"".join(parts))
    return key


def _header(
    nscl: str, npts: int, time: UTCDateTime, rate: float, layout: Layout, number: int
) -> bytes:
    channel = ChannelId.parse(nscl)
    codes = (
        f"{number % 1_000_000:06d}D {channel.station:<5}{channel.location:<2}"
        f"{channel.channel:<3}{channel.network:<2}"
    ).encode()
    microseconds = round(time.ns / 1000)
    ticks, rest = divmod(microseconds, 100)
    if rest > 49:  # blockette 1001 holds -50 to 49 microseconds
        ticks, rest = ticks + 1, rest - 100
    shown = UTCDateTime(ns=ticks * _TICK_NS)
    has_100 = layout.blockette_100 is not None
    fixed = struct.pack(
        ">HHBBBxHHhhBBBBiHH",
        *(shown.year, shown.julday, shown.hour, shown.minute, shown.second),
        shown.microsecond // 100,
        npts,
        *_factor_and_multiplier(rate),
        *(0, _CLOCK_LOCKED if layout.clock_locked else 0, 0),
        3 if has_100 else 2,
        *(0, layout.data_offset, 48),
    )
    exponent = layout.record_length.bit_length() - 1
    blockettes = struct.pack(">HHBBBx", 1000, 56, layout.encoding, 1, exponent)
    blockettes += struct.pack(">HHBbxB", 1001, 64 if has_100 else 0, layout.timing_quality, rest, 0)
    if layout.blockette_100 is not None:
        blockettes += struct.pack(">HHfBxxx", 100, 0, layout.blockette_100, 0)
    return codes + fixed + blockettes


def _factor_and_multiplier(rate: float) -> tuple[int, int]:
    if rate >= 1:
        return round(rate), 1
    return -round(1 / rate), 1


@dataclass(frozen=True)
class ReadRecord:
    """The fields of a record's header.

    Attributes:
        time_ns: of the first sample, in ns since 1970.
        npts: the number of samples.
        length: in bytes.
        timing_quality: percent; None without a blockette 1001.
        clock_locked: the flag.
    """

    time_ns: int
    npts: int
    length: int
    timing_quality: int | None
    clock_locked: bool


def read_records(content: bytes) -> Iterator[ReadRecord]:
    """Read the headers of big-endian records."""
    place = 0
    while place < len(content):
        record = _read_record(content, place)
        yield record
        place += record.length


def _read_record(content: bytes, place: int) -> ReadRecord:
    fixed = struct.unpack_from(">HHBBBxHHhhBBBBiHH", content, place + 20)
    year, day, hour, minute, second, ticks, npts = fixed[:7]
    io_flags, following = fixed[10], fixed[15]
    bodies: dict[int, Any] = {}
    while following:
        kind, after = struct.unpack_from(">HH", content, place + following)
        bodies[kind] = content[place + following + 4 : place + following + 8]
        following = after
    quality, microseconds = None, 0
    if 1001 in bodies:
        quality, microseconds = struct.unpack_from(">Bb", bodies[1001])
    start = UTCDateTime(year=year, julday=day, hour=hour, minute=minute, second=second)
    return ReadRecord(
        time_ns=start.ns + ticks * _TICK_NS + microseconds * 1000,
        npts=npts,
        length=1 << bodies[1000][2],
        timing_quality=quality,
        clock_locked=bool(io_flags & _CLOCK_LOCKED),
    )
