"""miniSEED 3, made of miniSEED 2 records: one record for each, with the same payload.

FDSN's definition: https://docs.fdsn.org/projects/miniseed3/, with the reserved extra headers of
schema FDSN-v1.0. Steim's frames are big-endian in both versions, and other numbers little-endian in
version 3. Flags and qualities that the header of version 3 lacks become extra headers.
"""

import io
import json
import struct
from collections.abc import Iterator
from functools import cache

import numpy as np
import numpy.typing as npt

from shared.formats._crc32c import stamp_crc
from shared.waveforms.records import YEARS, RecordTable, payload_as_version_3, scan

_HEADER = struct.Struct("<2sBBIHHBBBBdIIBBHI")
_VERSION = 3
_PUBLICATION = {b"R": 1, b"D": 2, b"Q": 3, b"M": 4}
"""Publication versions by data quality, as libmseed converts them."""

_CHUNK_BYTES = 4 * 1024**2
"""Of records that are converted at a time; a record has up to one MiB."""

_DAY_NS, _SECOND_NS, _TICK_S = 86_400 * 10**9, 10**9, 1e-4

_ACTIVITY, _CLOCK, _QUALITY = 36, 37, 38
# Bits of the three flags of version 2 (SEED manual 2.4, chapter 8) that version 3 has as flags:
# where they are, and the bit there.
_FLAGS = ((_ACTIVITY, 0, 0), (_QUALITY, 7, 1), (_CLOCK, 5, 2))
# Those that it has as extra headers.
_EXTRA = {
    (_ACTIVITY, 2): ("Event", "Begin", True),
    (_ACTIVITY, 3): ("Event", "End", True),
    (_ACTIVITY, 4): ("Time", "LeapSecond", 1),
    (_ACTIVITY, 5): ("Time", "LeapSecond", -1),
    (_ACTIVITY, 6): ("Event", "InProgress", True),
    (_CLOCK, 0): ("Flags", "StationVolumeParityError", True),
    (_CLOCK, 1): ("Flags", "LongRecordRead", True),
    (_CLOCK, 2): ("Flags", "ShortRecordRead", True),
    (_CLOCK, 3): ("Flags", "StartOfTimeSeries", True),
    (_CLOCK, 4): ("Flags", "EndOfTimeSeries", True),
    (_QUALITY, 0): ("Flags", "AmplifierSaturation", True),
    (_QUALITY, 1): ("Flags", "DigitizerClipping", True),
    (_QUALITY, 2): ("Flags", "Spikes", True),
    (_QUALITY, 3): ("Flags", "Glitches", True),
    (_QUALITY, 4): ("Flags", "MissingData", True),
    (_QUALITY, 5): ("Flags", "TelemetrySyncError", True),
    (_QUALITY, 6): ("Flags", "FilterCharging", True),
}


def from_miniseed2(content: bytes) -> bytes:
    """Return records of miniSEED 3 with the samples, times and qualities of miniSEED 2 records.

    Args:
        content: whole records, all of them sound.
    """
    view = memoryview(content)
    buffer = io.BytesIO()  # whose content becomes bytes without a copy
    begin = 0
    while begin < len(view):
        # Some records at a time, as one object for each of a million would take memory.
        table = scan(view[begin : begin + _CHUNK_BYTES])
        if begin + _CHUNK_BYTES < len(view):  # the last one may be cut
            table = table.select(table.stops <= _CHUNK_BYTES)
        end = begin + int(table.stops[-1])
        buffer.write(stamp_crc([b"".join(parts) for parts in _records(view[begin:end], table)]))
        begin = end
    return buffer.getvalue()


@cache
def source_id(seed_id: str) -> bytes:
    """Return the FDSN source identifier of a channel, such as b"FDSN:CI_SOC__H_H_Z".

    Args:
        seed_id: network.station.location.channel.
    """
    network, station, location, channel = seed_id.split(".")
    return f"FDSN:{network}_{station}_{location}_{'_'.join(channel)}".encode("ascii")


def _records(content: memoryview, table: RecordTable) -> Iterator[tuple[bytes, ...]]:
    """Yield the header, identifier, extra headers and payload of each record."""
    octets = np.frombuffer(content, np.uint8)
    flags = [octets[table.offsets + place].tolist() for place in (_ACTIVITY, _CLOCK, _QUALITY)]
    columns = (table.ids, table.qualities, table.rates, table.npts, table.encodings, table.percents)
    rows = zip(*(column.tolist() for column in columns), strict=True)
    known = zip(*flags, strict=True), _corrections(octets, table), _times(table.starts)
    for number, (row, three, correction, time) in enumerate(zip(rows, *known, strict=True)):
        channel, quality, rate, npts, encoding, percent = row
        identifier = source_id(channel)
        extra = _extra_headers(quality, percent, three, correction)
        payload = payload_as_version_3(content, table, number)
        header = _HEADER.pack(
            b"MS",
            _VERSION,
            _flags(three),
            *time,
            encoding,
            rate if rate >= 1 else -1 / rate,  # a period in s, which is more exact
            npts,
            0,  # the CRC
            _PUBLICATION[quality],
            len(identifier),
            len(extra),
            len(payload),
        )
        yield header, identifier, extra, payload


def _times(starts: npt.NDArray[np.int64]) -> list[tuple[int, ...]]:
    """Return nanosecond, year, day of year, hour, minute and second of times."""
    days, of_day = np.divmod(starts, _DAY_NS)
    seconds, nanoseconds = np.divmod(of_day, _SECOND_NS)
    dates = days.astype("datetime64[D]")
    years = dates.astype("datetime64[Y]")
    parts = (
        nanoseconds,
        years.astype(np.int64) + 1970,
        (dates - years.astype(dates.dtype)).astype(np.int64) + 1,
        seconds // 3600,
        seconds // 60 % 60,
        seconds % 60,
    )
    return list(zip(*(part.tolist() for part in parts), strict=True))


def _corrections(octets: npt.NDArray[np.uint8], table: RecordTable) -> list[int]:
    """Return the time corrections that the times of records include, in ticks of 100 us."""
    raw = octets[table.offsets[:, np.newaxis] + np.arange(40, 44)]
    if not raw.any():  # as in nearly all records
        return [0] * len(table)
    dates = octets[table.offsets[:, np.newaxis] + np.arange(20, 22)].copy().view(">u2")[:, 0]
    big, little = (raw.copy().view(order + "i4")[:, 0] for order in "><")
    is_big = np.isin(dates, YEARS)
    values: list[int] = np.where(is_big, big, little).tolist()
    return values


@cache
def _flags(flags: tuple[int, int, int]) -> int:
    return sum((flags[place - _ACTIVITY] >> bit & 1) << ours for place, bit, ours in _FLAGS)


@cache
def _extra_headers(
    quality: bytes, percent: int, flags: tuple[int, int, int], correction: int
) -> bytes:
    """Return the extra headers as compact JSON."""
    extra: dict[str, object] = {"DataQuality": quality.decode()}
    groups: dict[str, dict[str, object]] = {}
    if percent >= 0:
        groups["Time"] = {"Quality": percent}
    if correction:
        groups.setdefault("Time", {})["Correction"] = round(correction * _TICK_S, 4)
    for (place, bit), (group, name, value) in _EXTRA.items():
        if flags[place - _ACTIVITY] >> bit & 1:
            groups.setdefault(group, {})[name] = value
    return json.dumps({"FDSN": {**extra, **groups}}, separators=(",", ":")).encode()
