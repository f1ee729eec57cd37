"""Edits of a known day's object, as plain values that a test can keep."""

import struct
from collections.abc import Sequence
from functools import cache
from typing import Any

import numpy as np

from tests.fuzz.known_day import KnownDay

Edit = tuple[Any, ...]
"""A name of `_EDITS` and its arguments."""

_GAPPED = ((0.019536, 2_500), (150.019536, 1_000))
_SHORT = ((0.019536, 1_600), (80.019536, 1_000))
DAYS: dict[str, KnownDay] = {
    "steim2": KnownDay(),
    "steim1": KnownDay("STEIM1", segments=_SHORT),
    "little": KnownDay(segments=_SHORT, byte_order="<"),
    "little steim1": KnownDay("STEIM1", segments=_SHORT, byte_order="<"),
    "int32": KnownDay("INT32", segments=_GAPPED),
    "int16": KnownDay("INT16", segments=_GAPPED, scale=100.0),
    "float32": KnownDay("FLOAT32", segments=_GAPPED),
    "float64": KnownDay("FLOAT64", segments=_GAPPED),
    "little float64": KnownDay("FLOAT64", segments=_SHORT, byte_order="<"),
    "blockette 100": KnownDay("INT32", segments=_GAPPED, blockette_100=True),
    "256 bytes": KnownDay(record_length=256, segments=_SHORT),
    "4096 bytes": KnownDay(record_length=4096, segments=((0.019536, 12_000),)),
    "two lengths": KnownDay(segments=_GAPPED, longer=4096),
    "two channels": KnownDay(segments=_SHORT, has_others=True),
    "long": KnownDay(segments=((0.019536, 180_000),)),
}
"""Known days by name; "long" is too large for one request."""

UNCOMPRESSED = ("int32", "int16", "float32", "float64", "little float64", "blockette 100")
"""Days whose payloads have no check of their own."""


def _flip(content: bytearray, bit: int) -> None:
    if bit // 8 < len(content):  # an edit before this one may have cut the place
        content[bit // 8] ^= 1 << (bit % 8)


def _put(content: bytearray, place: int, new: bytes) -> None:
    content[place : place + len(new)] = new


def _random(content: bytearray, place: int, size: int) -> None:
    content[place : place + size] = random_bytes(place, size)


def _insert(content: bytearray, place: int, size: int) -> None:
    content[place:place] = random_bytes(place, size)


def _insert_zeros(content: bytearray, place: int, size: int) -> None:
    content[place:place] = bytes(size)


def _delete(content: bytearray, first: int, end: int) -> None:
    del content[first:end]


def _copy(content: bytearray, first: int, end: int, place: int) -> None:
    content[place:place] = content[first:end]


def _over(content: bytearray, first: int, end: int, place: int) -> None:
    content[place : place + end - first] = content[first:end]


_EDITS = {
    "flip": _flip,
    "put": _put,
    "random": _random,
    "insert": _insert,
    "insert zeros": _insert_zeros,
    "delete": _delete,
    "copy": _copy,
    "over": _over,
}


def random_bytes(seed: int, size: int) -> bytes:
    """Return the same random bytes each time."""
    return np.random.default_rng(seed).bytes(size)


def edited(content: bytes, edits: Sequence[Edit]) -> bytes:
    """Return an object after some edits, in order."""
    changed = bytearray(content)
    for name, *arguments in edits:
        _EDITS[name](changed, *arguments)
    return bytes(changed)


@cache
def edges(day: KnownDay) -> frozenset[int]:
    """Return the numbers of records that begin or end a segment: no neighbour knows their times.

    Records of another channel are not among them.
    """
    begins, ends = _begins_and_ends(day)
    return begins | ends


@cache
def alone(day: KnownDay) -> frozenset[int]:
    """Return the numbers of records that are a segment each: no neighbour knows their rates."""
    begins, ends = _begins_and_ends(day)
    return begins & ends


def _begins_and_ends(day: KnownDay) -> tuple[frozenset[int], frozenset[int]]:
    step = 2 if day.has_others else 1
    begins, ends = {0}, {day.count - step}
    for number in range(step, day.count, step):
        before, after = day.headers[number - step], day.headers[number]
        expected = before.time_ns + before.npts * 1e9 / day.rate
        if abs(after.time_ns - expected) > 0.5e9 / day.rate:
            begins.add(number)
            ends.add(number - step)
    return frozenset(begins), frozenset(ends)


_PLACES = tuple(struct.pack(">H", place) for place in (0, 47, 48, 60, 510, 65_535))
_ENCODINGS = tuple(bytes([number]) for number in (0, 1, 3, 4, 5, 10, 11, 30, 99, 255))
_LENGTHS = tuple(bytes([exponent]) for exponent in (0, 7, 8, 10, 12, 20, 255))
FIELDS: dict[int, tuple[bytes, ...]] = {
    0: (b"000000", b"\xff\xff\xff\xff\xff\xff", b"ABCDEF", bytes(6), b"      "),
    6: (b"V", b"A", b"M", b"Q", b"R", b"X", b"\0"),
    8: (b"BOO  ", b"\xff\0\x80\n\xfe", bytes(5)),
    13: (b"00", b"\xff\xff"),
    15: (b"BHN", b"\x00\x00\x00", b"\xe9\xe9\xe9"),
    18: (b"XX", b"\0\0"),
    20: tuple(struct.pack(">H", year) for year in (0, 1, 1700, 1970, 2023, 2025, 14_747, 65_535)),
    22: tuple(struct.pack(">H", day) for day in (0, 2, 366, 367, 700, 65_535)),
    24: (b"\x0c", b"\x18", b"\xff"),
    25: (b"\x01", b"\x3c", b"\xff"),
    26: (b"\x01", b"\x3c", b"\xff"),
    28: tuple(struct.pack(">H", ticks) for ticks in (0, 5_000, 10_000, 65_535)),
    30: tuple(struct.pack(">H", count) for count in (0, 1, 2, 100, 111, 112, 113, 1_000, 65_535)),
    32: tuple(struct.pack(">h", rate) for rate in (0, 1, -1, 39, 41, 200, 32_767, -32_768)),
    34: tuple(struct.pack(">h", rate) for rate in (0, -1, 2, 32_767, -32_768)),
    36: (b"\x02", b"\xff"),
    37: (b"\xff",),
    39: (b"\x00", b"\x01", b"\xff"),
    40: tuple(struct.pack(">i", ticks) for ticks in (1, -10_000, 2**31 - 1, -(2**31))),
    44: tuple(struct.pack(">H", place) for place in (0, 48, 60, 68, 128, 448, 511, 512, 65_535)),
    46: tuple(struct.pack(">H", place) for place in (0, 1, 40, 56, 500, 512, 65_535)),
    48: (b"\x00\x64", b"\x03\xe8", b"\x07\xd0", b"\xff\xff"),
    50: _PLACES,
    52: (bytes(4), b"\x7f\xc0\0\0", b"\x7f\x80\0\0", b"\xff\xff\xff\xff", *_ENCODINGS),
    53: (b"\x00", b"\x02"),
    54: _LENGTHS,
    56: (b"\x00\x64", b"\x03\xe8", b"\x03\xe9", b"\x07\xd0", b"\xff\xff"),
    58: _PLACES,
    60: _ENCODINGS,
    61: (b"\x00", b"\x02"),
    62: _LENGTHS,
    64: (b"\x00\x64", b"\x03\xe8", b"\x07\xd0"),
    66: _PLACES,
    68: (
        *(bytes(4), b"\x7f\xc0\0\0", b"\x7f\x80\0\0", b"\xff\x80\0\0", b"\x7f\x7f\xff\xff"),
        *(struct.pack(">f", rate) for rate in (-40.0, 1e-30, 39.0, 40.001, 80.0, 1e6)),
    ),
}
"""Values that fields of a header should not have, or not there, by the field's offset.

Blockettes lie in the order of ObsPy's writer, 1001 and 1000, or in that of `known_records`: 1000,
1001 and 100. Numbers are big-endian.
"""

TEXTS = (0, 6, 8, 13, 15, 18)
"""Offsets of fields without a byte order."""

RATE_BYTES = frozenset((*range(32, 36), *range(68, 72)))
"""Bytes that give a record its sampling rate, in the header or in a blockette 100."""

TIME_BYTES = frozenset((*range(20, 30), 36, *range(40, 44), *range(48, 56)))
"""Bytes that give a record its time, or a blockette in which that may stand."""

RATE_BYTES = frozenset((*range(32, 36), *range(68, 72)))
"""Bytes that give a record its sampling rate, or a blockette 100 in which that may stand."""
