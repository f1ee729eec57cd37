"""A strict reader of miniSEED 3, by FDSN's definition alone."""

import json
import struct
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

_FIELDS = "<2sBBIHHBBBBdIIBBHI"
_EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001 (UTC)


@dataclass(frozen=True)
class Record3:
    """A record of miniSEED 3: its fields in the definition's order, and its payload."""

    flags: int
    start_ns: int
    encoding: int
    sampling_rate: float
    npts: int
    publication: int
    identifier: str
    extra: dict[str, Any]
    payload: bytes


def crc32c(message: bytes) -> int:
    """Return the CRC-32C of a message, bit by bit as RFC 3720 defines it."""
    register = 0xFFFFFFFF
    for byte in message:
        register ^= byte
        for _ in range(8):
            register = register >> 1 ^ (0x82F63B78 if register & 1 else 0)
    return register ^ 0xFFFFFFFF


def read_records(content: bytes) -> list[Record3]:
    """Read all records; anything that the definition does not allow is an AssertionError."""
    records, place = [], 0
    while place < len(content):
        (signature, version, flags, nanosecond, year, day, hour, minute, second, *rest) = (
            struct.unpack_from(_FIELDS, content, place)
        )
        encoding, rate, npts, crc, publication, id_length, extra_length, length = rest
        assert (signature, version) == (b"MS", 3)
        assert nanosecond < 10**9
        assert 1 <= day <= 366
        assert max(hour / 24, minute / 60, second / 61) < 1
        end = place + 40 + id_length + extra_length + length
        record = content[place:end]
        assert len(record) == end - place
        assert crc32c(record[:28] + bytes(4) + record[32:]) == crc
        identifier = record[40 : 40 + id_length].decode("ascii")
        extra = record[40 + id_length : 40 + id_length + extra_length]
        seconds = hour * 3600 + minute * 60 + second
        date = _EPOCH.replace(year=year) + timedelta(day - 1, seconds)
        records.append(
            Record3(
                flags,
                (date - _EPOCH) // timedelta(seconds=1) * 10**9 + nanosecond,
                encoding,
                rate if rate > 0 else -1 / rate,
                npts,
                publication,
                identifier,
                json.loads(extra) if extra else {},
                record[40 + id_length + extra_length :],
            )
        )
        place = end
    return records
