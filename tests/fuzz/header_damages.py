"""Damages of times, rates and names in record headers, and objects that are no records."""

import bz2
import gzip
import math
import struct

from tests.fuzz.damages import (
    ALL,
    ANY,
    FIRST,
    LAST,
    MIDDLE,
    RATES,
    REFUSED,
    STEIM,
    Damage,
    foreign,
    numbers,
    patch,
    patched,
    tarred,
    u16,
    zipped,
)

# Offsets in a record of the known day; 100 is that of `RATES`.
SEQUENCE, QUALITY, STATION = 0, 6, 8
YEAR, JULIAN_DAY, HOUR, MINUTE, SECOND, TICKS = 20, 22, 24, 25, 26, 28
FACTOR, MULTIPLIER, CORRECTION = 32, 34, 40
RATE_100 = 68

_ENDS = (FIRST, MIDDLE, LAST)
_EACH = (*_ENDS, ALL)
_MOST = (MIDDLE, ALL)

TIMES = [
    *patch("year 14,747", YEAR, u16(14_747), _EACH),
    *patch("year 0", YEAR, u16(0), _EACH),
    *patch("year 1,700", YEAR, u16(1_700), _MOST),
    *patch("year 2,150", YEAR, u16(2_150), _MOST),
    *patch("year 2,019", YEAR, u16(2_019)),
    *patch("day 0", JULIAN_DAY, u16(0), _MOST),
    *patch("day 700", JULIAN_DAY, u16(700), _MOST),
    *patch("day 2", JULIAN_DAY, u16(2)),
    *patch("hour 25", HOUR, b"\x19", _EACH),
    *patch("hour 12", HOUR, b"\x0c"),
    *patch("minute 200", MINUTE, b"\xc8", _MOST),
    *patch("second 99", SECOND, b"\x63", _MOST),
    *patch("a second later", SECOND, bytes([STEIM.content[512 * 5 + SECOND] + 1])),
    *patch("65,535 ticks", TICKS, u16(65_535)),
    *patch("a correction of 2^31 - 1 ticks", CORRECTION, b"\x7f\xff\xff\xff", _MOST),
    *patch("a correction of -2^31 ticks", CORRECTION, b"\x80\0\0\0", _MOST),
]
"""Row 4: times out of range, and times that disagree with the records on both sides."""

_RATES_100 = {
    "0": 0.0,
    "NaN": math.nan,
    "infinity": math.inf,
    "minus infinity": -math.inf,
    "-40": -40.0,
    "1e-30": 1e-30,
    "1e30": 1e30,
    "80": 80.0,
}
SAMPLING_RATES = [
    *[
        damage
        for name, rate in _RATES_100.items()
        for damage in patch(
            f"a rate of {name} Hz in blockette 100",
            RATE_100,
            struct.pack(">f", rate),
            _MOST if rate == 80.0 else _EACH,
            RATES,
            **({"outcome": ANY} if rate == 80.0 else {}),
        )
        if rate != 80.0 or MIDDLE in damage.name
    ],
    *patch("a rate of 0 Hz", FACTOR, u16(0), _EACH),
    *patch("a rate of 32,767 Hz", FACTOR, u16(32_767), _EACH),
    *patch("a rate of 41 Hz", FACTOR, u16(41)),
    *patch("a rate of 1/40 Hz", FACTOR, u16(-40)),
    *patch("a multiplier of 0", MULTIPLIER, u16(0), _MOST, outcome=ANY),
    *patch("a multiplier of 32,767", MULTIPLIER, u16(32_767), _ENDS),
    *patch("a multiplier of -32,768", MULTIPLIER, u16(-32_768)),
]
"""Row 4: rates that no record has, and rates unlike all others of the object."""

NAMES = [
    *patch("a garbage sequence number", SEQUENCE, b"\xff\xfeAB\x01\x7f", _EACH, outcome=ANY),
    *patch("quality X", QUALITY, b"X", _EACH, outcome=ANY),
    *patch("another station", STATION, b"BOO  ", _ENDS, outcome=ANY),
    *patch("a station of other bytes", STATION, b"\xff\0\x80\n\xfe", _EACH, outcome=ANY),
    Damage("a record of 300 bytes", lambda content: content[:300], REFUSED),
    *[
        Damage(f"an object of {size} bytes", lambda content, n=size: content[:n], REFUSED)
        for size in (0, 1, 8, 47, 64)
    ],
    Damage("an object of zeros", lambda content: bytes(len(content)), REFUSED),
    Damage("an object of other bytes", lambda content: foreign(len(content)), REFUSED),
    Damage("a page of HTML", lambda _: b"<!DOCTYPE html><html>503</html>\n" * 40, REFUSED),
    Damage("text in lines", lambda _: b"hello world " * 500, REFUSED),
    Damage("a JPEG", lambda _: b"\xff\xd8\xff\xe0\0\x10JFIF\0" + foreign(2000), REFUSED),
    Damage("miniSEED 3", lambda _: b"MS\x03\x04" + bytes(36) + foreign(1000), REFUSED),
    Damage(
        "control headers of SEED alone",
        lambda content: patched(content, numbers(ALL), QUALITY, b"V"),
        REFUSED,
    ),
    Damage("a SAC file", lambda _: struct.pack("<70f40i", *[-1.0] * 70, *[6] * 40) * 4, REFUSED),
]  # fmt: skip
"""Row 4: objects that are no records at all."""

ARCHIVES = [
    Damage("a zip of the day", zipped, REFUSED),
    Damage("a tar of the day", tarred, ANY),
    Damage("a tar.gz of the day", lambda content: tarred(content, "w:gz"), REFUSED),
    Damage("a gzip of the day", gzip.compress, REFUSED),
    Damage("a bzip2 of the day", bz2.compress, REFUSED),
    Damage("a zip behind the day", lambda content: content + zipped(content), ANY),
    Damage("a bomb of 32 MiB", lambda content: zipped(content[:512] * (1 << 16)), REFUSED),
]
"""Row 3: archives, which nobody asked to unpack."""
