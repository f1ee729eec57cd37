"""Damages of a day's object by name, each with the records that it costs."""

import io
import math
import struct
import tarfile
import zipfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial

import numpy as np

from tests.fuzz.known_day import KnownDay

STEIM = KnownDay()
FLOATS = KnownDay("FLOAT32")
RATES = KnownDay("INT32", blockette_100=True, segments=((0.019536, 2_500), (150.019536, 1_000)))
FIRST, MIDDLE, LAST, ALL = "first", "middle", "last", "all"
_MIDDLE = 5

# Offsets in a record of the known day.
COUNT, BLOCKETTES = 30, 39
DATA_OFFSET, FIRST_BLOCKETTE, NEXT_BLOCKETTE = 44, 46, 50
ENCODING, BYTE_ORDER, LENGTH, PAYLOAD = 60, 61, 62, 64
FIRST_SAMPLE, LAST_SAMPLE = PAYLOAD + 4, PAYLOAD + 8

GAP, REFUSED, HARMLESS, ANY = "gap", "refused", "harmless", "any"


@dataclass(frozen=True)
class Damage:
    """A damage.

    Attributes:
        name: in words.
        apply: makes the damaged object of the undamaged one.
        outcome: `GAP`, the records are missing and all others are there; `REFUSED`, an error;
            `HARMLESS`, no sample is missing; `ANY` of these.
        records: the damaged ones; none for an object that is refused as a whole.
        day: the undamaged day.
    """

    name: str
    apply: Callable[[bytes], bytes]
    outcome: str
    records: tuple[int, ...] = ()
    day: KnownDay = STEIM

    @property
    def content(self) -> bytes:
        """The damaged object."""
        return self.apply(self.day.content)


def numbers(where: str, day: KnownDay = STEIM) -> tuple[int, ...]:
    """Return the numbers of the records at a place."""
    places = {FIRST: (0,), MIDDLE: (_MIDDLE,), LAST: (day.count - 1,)}
    return places.get(where) or tuple(range(day.count))


def patched(
    content: bytes, records: Iterable[int], place: int, new: bytes, length: int = 512
) -> bytes:
    """Return an object with other bytes at a place of some records."""
    changed = bytearray(content)
    for number in records:
        first = number * length + place
        changed[first : first + len(new)] = new
    return bytes(changed)


def flipped(content: bytes, bit: int) -> bytes:
    """Return an object with one bit of it flipped."""
    changed = bytearray(content)
    changed[bit // 8] ^= 1 << (bit % 8)
    return bytes(changed)


def u16(value: int) -> bytes:
    """Return the two bytes of a number in a header; negative ones as they are stored."""
    return struct.pack(">H", value & 0xFFFF)


def patch(
    name: str,
    place: int,
    new: bytes,
    where: Iterable[str] = (MIDDLE,),
    day: KnownDay = STEIM,
    outcome: str = GAP,
) -> list[Damage]:
    """Other bytes in the middle record, or in other ones; in all of them, nothing is left."""
    return [
        Damage(
            f"{name}, {place_name}",
            partial(patched, records=numbers(place_name, day), place=place, new=new),
            REFUSED if place_name == ALL and outcome == GAP else outcome,
            numbers(place_name, day),
            day,
        )
        for place_name in where
    ]


def _count(more: int) -> bytes:
    return u16(STEIM.headers[_MIDDLE].npts + more)


def _payload_bit(place: int, bit: int = 0) -> Callable[[bytes], bytes]:
    return partial(flipped, bit=8 * (512 * _MIDDLE + place) + bit)


def _inserted(content: bytes, new: bytes, record: int) -> bytes:
    return content[: 512 * record] + new + content[512 * record :]


def _without(content: bytes, first: int, end: int) -> bytes:
    return content[:first] + content[end:]


def _swapped(content: bytes) -> bytes:
    parts = [content[place : place + 512] for place in range(0, len(content), 512)]
    parts[_MIDDLE], parts[_MIDDLE + 2] = parts[_MIDDLE + 2], parts[_MIDDLE]
    return b"".join(parts)


def zipped(content: bytes, name: str = "day.ms") -> bytes:
    """Return a zip with one file."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, content)
    return buffer.getvalue()


def tarred(content: bytes, mode: str = "w") -> bytes:
    """Return a tar with one file; mode "w:gz" compresses it."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode=mode) as archive:  # type: ignore[call-overload]
        member = tarfile.TarInfo("day.ms")
        member.size = len(content)
        archive.addfile(member, io.BytesIO(content))
    return buffer.getvalue()


def foreign(size: int) -> bytes:
    """Return random bytes."""
    return np.random.default_rng(size).bytes(size)


_WHERE = (FIRST, MIDDLE, LAST, ALL)
_SHORT = (MIDDLE, ALL)

PAYLOADS = [
    *patch("encoding 3 (INT32)", ENCODING, b"\x03", _WHERE),
    *patch("encoding 4 (FLOAT32)", ENCODING, b"\x04", _SHORT),
    *patch("encoding 5 (FLOAT64)", ENCODING, b"\x05", _WHERE),
    *patch("encoding 1 (INT16)", ENCODING, b"\x01"),
    *patch("encoding 10 (STEIM1)", ENCODING, b"\x0a", _SHORT),
    *patch("encoding 0 (text)", ENCODING, b"\x00", _SHORT),
    *patch("encoding 30 (SRO)", ENCODING, b"\x1e", _SHORT),
    *patch("encoding 99 (none)", ENCODING, b"\x63", _SHORT),
    *patch("byte order flag 0", BYTE_ORDER, b"\x00", _SHORT),
    *patch("one sample more", COUNT, _count(1)),
    *patch("one sample less", COUNT, _count(-1)),
    *patch("65,535 samples", COUNT, u16(65_535), _WHERE),
    *patch("65,535 samples of INT32", COUNT, u16(65_535), (MIDDLE, LAST), RATES),
    *patch("no samples", COUNT, u16(0)),
    *patch("record length of 256 bytes", LENGTH, b"\x08"),
    *patch("record length of 1,024 bytes", LENGTH, b"\x0a", (MIDDLE, LAST)),
    *patch("record length of 1 MiB", LENGTH, b"\x14", (FIRST, MIDDLE, LAST)),
    *patch("record length of 2^255 bytes", LENGTH, b"\xff", _SHORT),
    *patch("data at byte 0", DATA_OFFSET, u16(0)),
    *patch("data at byte 60", DATA_OFFSET, u16(60)),
    *patch("data at byte 448", DATA_OFFSET, u16(448)),
    *patch("data at byte 65,000", DATA_OFFSET, u16(65_000), _WHERE),
    *patch("blockettes at byte 0", FIRST_BLOCKETTE, u16(0), _SHORT),
    *patch("blockettes at byte 40", FIRST_BLOCKETTE, u16(40)),
    *patch("blockettes at byte 65,000", FIRST_BLOCKETTE, u16(65_000), _WHERE),
    *patch("blockettes in a loop", NEXT_BLOCKETTE, u16(48), _SHORT),
    *patch("255 blockettes", BLOCKETTES, b"\xff", outcome=ANY),
    Damage(
        "65,535 samples of INT32 in an object of one record",
        lambda content: patched(
            patched(content[:512], [0], ENCODING, b"\x03"), [0], COUNT, u16(65_535)
        ),
        REFUSED,
    ),
    Damage("a bit of the first sample", _payload_bit(FIRST_SAMPLE), GAP, (_MIDDLE,)),
    Damage("a bit of the last sample", _payload_bit(LAST_SAMPLE), GAP, (_MIDDLE,)),
    Damage("a bit of a difference", _payload_bit(PAYLOAD + 100, 3), GAP, (_MIDDLE,)),
    Damage("a bit of the kinds of differences", _payload_bit(PAYLOAD + 66, 2), GAP, (_MIDDLE,)),
]
"""Row 1: encoding, count, length and payload that contradict one another."""

RECORDS = [
    *patch("a payload of zeros", PAYLOAD, bytes(448), (FIRST, MIDDLE, LAST)),
    *patch("a record of zeros", 0, bytes(512), (FIRST, MIDDLE, LAST)),
    *patch("a header of zeros", 0, bytes(48)),
    *patch("a payload of other bytes", PAYLOAD, foreign(448)),
    *patch("a record of other bytes", 0, foreign(512)),
    *patch("a NaN", PAYLOAD + 40, struct.pack(">f", math.nan), (FIRST, MIDDLE, LAST), FLOATS),
    *patch("an infinite sample", PAYLOAD + 40, struct.pack(">f", math.inf), day=FLOATS),
    *[
        Damage(f"{size} leading zeros", lambda content, n=size: bytes(n) + content, HARMLESS)
        for size in (100, 512, 4096)
    ],
    *[
        Damage(
            f"{size} other bytes in between",
            partial(_inserted, new=foreign(size), record=_MIDDLE),
            HARMLESS,
        )
        for size in (1, 300, 512, 4096)
    ],
    Damage("other bytes at the end", lambda content: content + foreign(700), HARMLESS),
    Damage("a last record cut by 100 bytes", lambda day: day[:-100], GAP, numbers(LAST)),
    Damage("a last record cut after its header", lambda day: day[:-448], GAP, numbers(LAST)),
    Damage(
        "100 bytes missing within a record",
        partial(_without, first=512 * _MIDDLE + 200, end=512 * _MIDDLE + 300),
        GAP,
        (_MIDDLE,),
    ),
    Damage("records out of order", _swapped, HARMLESS),
    Damage("a record twice", lambda content: content + content[1024:1536], HARMLESS),
]
"""Row 2: records that are none, cut, or hold no numbers."""
