"""Cut records to some of their samples: the same header, encoding and length, another time.

The layout is that of the SEED manual 2.4, chapter 8. A record whose samples no longer fit, as its
encoder was better, becomes several.
"""

import struct
from collections.abc import Iterator
from datetime import datetime, timedelta

import numpy as np

from shared.waveforms._payload import IntArray
from shared.waveforms._record_header import (
    CORRECTION_APPLIED,
    TICK_NS,
    RecordHeader,
    byte_order,
    read_header,
)
from shared.waveforms._record_layout import RecordLayout
from shared.waveforms._record_runs import payloads_of
from shared.waveforms._record_table import RecordTable
from shared.waveforms._samples import Samples, decode
from shared.waveforms._steim import FRAME_BYTES
from shared.waveforms._steim_encoder import VERSIONS, encode_frames

_EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001 (UTC)
_TICK_US = TICK_NS // 1000
_NUMBERS = {1: "i2", 3: "i4", 4: "f4", 5: "f8"}
_LENGTHS = {100: 12, 1000: 8, 1001: 8}
"""Bytes of the blockettes whose length is known."""

_TYPE_1001, _BYTES_1001 = 1001, 8
# Offsets in the header, and in blockette 1001.
_TIME, _FRACTION, _NPTS, _ACTIVITY, _BLOCKETTES, _CORRECTION, _DATA = 20, 28, 30, 36, 39, 40, 44
_MICROSECONDS, _FRAMES = 5, 7


def cut_records(
    content: memoryview, table: RecordTable, first: IntArray, end: IntArray
) -> Iterator[bytes]:
    """Cut some records, which are decoded together.

    Args:
        content: bytes that have the records.
        table: the headers of the records, which are sound and of their whole length.
        first: of each record the first sample to keep.
        end: of each record the sample after the last one to keep.

    Yields:
        For each record the record with these samples, or several if they do not fit into one.
    """
    decoded = decode(content, payloads_of(table))
    for place, offset in enumerate(table.offsets.tolist()):
        record = content[offset : int(table.stops[place])]
        samples, span = decoded.samples(place, place + 1), (int(first[place]), int(end[place]))
        yield b"".join(_records(record, read_header(record), samples, *span))


def _records(
    record: memoryview, header: RecordHeader, samples: Samples, first: int, end: int
) -> Iterator[bytes]:
    while first < end:
        head = _Head(record, header)
        head.set_time(header.starttime.ns + round(first * 1e9 / header.sampling_rate))
        payload, npts = _payload(samples[:end], first, header, len(record) - len(head.content))
        head.set_samples(npts, len(payload) // FRAME_BYTES if header.encoding in VERSIONS else 0)
        yield (bytes(head.content) + payload).ljust(len(record), b"\0")
        first += npts


def _payload(samples: Samples, first: int, header: RecordHeader, room: int) -> tuple[bytes, int]:
    """Return the payload that begins with a sample, and the number of samples in it."""
    if header.encoding in VERSIONS:
        before = int(samples[first - 1]) if first else None
        return encode_frames(
            samples[first:].astype(np.int32),
            before,
            VERSIONS[header.encoding],
            room // FRAME_BYTES,
            little=header.is_little,
        )
    dtype = np.dtype(_NUMBERS[header.encoding]).newbyteorder("<" if header.is_little else ">")
    part = samples[first : first + room // dtype.itemsize]
    return part.astype(dtype).tobytes(), len(part)


class _Head:
    """The bytes of a record before its payload, to be changed.

    Args:
        record: the record.
        header: its header.

    Attributes:
        content: the bytes.
    """

    def __init__(self, record: memoryview, header: RecordHeader) -> None:
        self.content = bytearray(record[: header.data_offset])
        self._order = byte_order(record, 0)
        self._most = len(record) - FRAME_BYTES  # a payload has a frame or more
        chain = RecordLayout.of(record, 0).chain
        self._last = chain[-1][:2]
        self._1001 = next((place for place, kind, _ in chain if kind == _TYPE_1001), 0)

    def set_time(self, start_ns: int) -> None:
        """Set the time of the first sample, in ns since 1970, with corrections.

        The header counts 100 us. The rest goes into blockette 1001, which is added if need be.
        A record without room for it has the time to the nearest 100 us.
        """
        late = 0
        if not self.content[_ACTIVITY] & CORRECTION_APPLIED:
            (late,) = struct.unpack_from(f"{self._order}i", self.content, _CORRECTION)
        ticks, above = divmod((start_ns - late * TICK_NS + 500) // 1000 + _TICK_US // 2, _TICK_US)
        time = _EPOCH + timedelta(microseconds=ticks * _TICK_US)
        date = time.year, time.timetuple().tm_yday, time.hour, time.minute, time.second
        struct.pack_into(f"{self._order}HHBBB", self.content, _TIME, *date)
        struct.pack_into(f"{self._order}H", self.content, _FRACTION, time.microsecond // _TICK_US)
        above -= _TICK_US // 2
        if above and not self._1001:
            self._add_1001()
        if self._1001:
            struct.pack_into("b", self.content, self._1001 + _MICROSECONDS, above)

    def set_samples(self, npts: int, frames: int) -> None:
        """Set the number of samples, and the number of frames where blockette 1001 has it."""
        struct.pack_into(f"{self._order}H", self.content, _NPTS, npts)
        if self._1001 and self.content[self._1001 + _FRAMES]:
            self.content[self._1001 + _FRAMES] = min(frames, 255)

    def _add_1001(self) -> None:
        """Add blockette 1001 after the last one, or else in further bytes before the payload."""
        last, kind = self._last
        place = last + _LENGTHS.get(kind, len(self.content))
        if place + _BYTES_1001 > len(self.content):
            place = len(self.content)
            if place + FRAME_BYTES > self._most:
                return
            self.content += bytes(FRAME_BYTES)
            struct.pack_into(f"{self._order}H", self.content, _DATA, len(self.content))
        struct.pack_into(f"{self._order}H", self.content, last + 2, place)
        # As libmseed does, a quality of 0 where it is unknown.
        struct.pack_into(f"{self._order}HHBbBB", self.content, place, _TYPE_1001, 0, 0, 0, 0, 0)
        self.content[_BLOCKETTES] += 1
        self._1001 = place
