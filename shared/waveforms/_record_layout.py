"""The headers of records with one layout, read all at once."""

import struct
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from shared.waveforms._record_header import (
    CLOCK_LOCKED,
    CORRECTION_APPLIED,
    DAYS,
    MAX_PERCENT,
    MAX_TICKS,
    TICK_NS,
    YEARS,
    byte_order,
    rate_of,
    seed_id,
)
from shared.waveforms._record_table import RecordTable

# The fixed section of data header: name, offset and type.
_FIXED = {
    "quality": (6, "u1"),
    "codes": (8, "S12"),
    "year": (20, "u2"),
    "day": (22, "u2"),
    "hour": (24, "u1"),
    "minute": (25, "u1"),
    "second": (26, "u1"),
    "ticks": (28, "u2"),
    "npts": (30, "u2"),
    "factor": (32, "i2"),
    "multiplier": (34, "i2"),
    "activity": (36, "u1"),
    "clock": (37, "u1"),
    "correction": (40, "i4"),
    "data": (44, "u2"),
    "first": (46, "u2"),
}
QUALITIES = np.isin(np.arange(256), list(b"DRQM"))
"""Whether a byte is the code of a data quality."""

_MAX_BODY = 8  # bytes of a blockette that are read
# The same for blockettes, counted from where each begins.
_BODIES = {
    100: {"rate": (4, "f4")},
    1000: {"encoding": (4, "u1"), "big": (5, "u1"), "exponent": (6, "u1")},
    1001: {"percent": (4, "u1"), "microseconds": (5, "i1")},
}


@dataclass(frozen=True)
class RecordLayout:
    """The byte order and the blockettes of a record.

    Attributes:
        order: ">" or "<".
        chain: the offset and the type of each blockette, and the offset of the next.
    """

    order: str
    chain: tuple[tuple[int, int, int], ...]

    @classmethod
    def of(cls, content: memoryview, offset: int) -> "RecordLayout":
        """Return the layout of the record at an offset, which has a valid header."""
        order = byte_order(content, offset)
        chain = []
        (place,) = struct.unpack_from(order + "H", content, offset + 46)
        while place:
            kind, following = struct.unpack_from(order + "HH", content, offset + place)
            chain.append((place, kind, following))
            place = following
        return cls(order, tuple(chain))

    def fits(self, length: int) -> bool:
        """Return whether the blockettes lie within records of a length."""
        return all(place + _MAX_BODY <= length for place, *_ in self.chain)

    def read(self, content: memoryview, length: int) -> tuple[RecordTable, npt.NDArray[np.bool_]]:
        """Read all records of a length as if they had this layout; return which ones do."""
        count = len(content) // length
        where = dict(_FIXED)
        for place, kind, _ in self.chain:
            where |= {f"type {place}": (place, "u2"), f"next {place}": (place + 2, "u2")}
            for name, (inner, form) in _BODIES.get(kind, {}).items():
                where[name] = place + inner, form
        names = list(where)
        formats = [np.dtype(self.order + form) for _, form in where.values()]
        offsets = [place for place, _ in where.values()]
        size = max(offsets) + _MAX_BODY
        dtype = np.dtype({"names": names, "formats": formats, "offsets": offsets, "itemsize": size})
        # A copy of the headers alone is read many times faster than headers far from one another.
        octets = np.frombuffer(content, np.uint8, count * length).reshape(count, length)
        headers = np.zeros((count, size), np.uint8)
        headers[:, :length] = octets[:, :size]
        return self._interpret(headers.view(dtype)[:, 0], length)

    def _interpret(
        self, raw: npt.NDArray[np.void], length: int
    ) -> tuple[RecordTable, npt.NDArray[np.bool_]]:
        matches = QUALITIES[raw["quality"]]
        matches &= (raw["first"] == self.chain[0][0]) & (raw["exponent"] == length.bit_length() - 1)
        for place, kind, following in self.chain:
            matches &= (raw[f"type {place}"] == kind) & (raw[f"next {place}"] == following)
        ids, printable = _ids(raw["codes"])
        matches &= printable
        names = raw.dtype.names or ()
        percents = np.full(len(raw), -1, np.int64)
        starts, timed = _starts(raw)
        if "percent" in names:
            percents[:] = raw["percent"]
            percents[percents > MAX_PERCENT] = -1
            starts += raw["microseconds"].astype(np.int64) * 1000
        table = RecordTable(
            offsets=np.arange(len(raw)) * length,
            lengths=np.full(len(raw), length),
            ids=ids,
            qualities=raw["quality"].view("S1"),
            starts=starts,
            npts=raw["npts"].astype(np.int64),
            rates=raw["rate"].astype(float) if "rate" in names else _rates(raw),
            percents=percents,
            locked=(raw["clock"] & CLOCK_LOCKED).astype(bool),
            encodings=raw["encoding"],
            little=raw["big"] == 0,
            data_offsets=raw["data"].astype(np.int64),
            header_ends=np.full(len(raw), self.chain[-1][0]),
            timed=timed,
        )
        return table, matches


def _starts(raw: npt.NDArray[np.void]) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.bool_]]:
    """Return the times of headers in ns since 1970, and which of them are in range."""
    year, day = (raw[name].astype(np.int64) for name in ("year", "day"))
    dated = (year >= YEARS[0]) & (year <= YEARS[-1]) & (day >= DAYS[0]) & (day <= DAYS[-1])
    timed = dated & (raw["hour"] < 24) & (raw["minute"] < 60) & (raw["ticks"] <= MAX_TICKS)
    leap = (raw["hour"] == 23) & (raw["minute"] == 59)
    timed &= raw["second"] <= 59 + leap
    years = (np.clip(year, YEARS[0], YEARS[-1]) - 1970).astype("datetime64[Y]")
    days = years.astype("datetime64[D]").astype(np.int64) + np.where(dated, day, 1) - 1
    seconds = days * 86_400 + raw["hour"] * np.int64(3600) + raw["minute"] * np.int64(60)
    correction = np.where(raw["activity"] & CORRECTION_APPLIED, 0, raw["correction"])
    ticks = raw["ticks"] + correction.astype(np.int64)
    return (seconds + raw["second"]) * 10**9 + ticks * TICK_NS, timed


def _ids(codes: npt.NDArray[np.bytes_]) -> tuple[npt.NDArray[np.str_], npt.NDArray[np.bool_]]:
    """Return network.station.location.channel of headers, and which codes are printable."""
    if (codes == codes[0]).all():  # no need to sort them
        return np.full(len(codes), seed_id(_padded(codes[0]))), np.ones(len(codes), bool)
    different, places = np.unique(codes, return_inverse=True)
    padded = [_padded(code) for code in different.tolist()]
    printable = [code.isascii() and code.decode("ascii").isprintable() for code in padded]
    return np.array([seed_id(code) for code in padded])[places], np.array(printable)[places]


def _padded(code: bytes) -> bytes:
    return code.ljust(12, b"\0")  # NumPy strips zeros at the end


def _rates(raw: npt.NDArray[np.void]) -> npt.NDArray[np.float64]:
    """Return the sampling rates in Hz from factors and multipliers."""
    pairs = raw["factor"].astype(np.int64) * 2**16 + raw["multiplier"]
    different, places = np.unique(pairs, return_inverse=True)
    rates = []
    for pair in different.tolist():
        factor = (pair + 2**15) >> 16
        rates.append(rate_of(factor, pair - (factor << 16)))
    return np.array(rates)[places]
