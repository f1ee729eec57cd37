"""Records with any payload, Steim frames made by hand, and their decoding."""

import io
import struct

import numpy as np
import obspy
from obspy import Trace

from shared.waveforms._payload import Fault, Payloads
from shared.waveforms._samples import ENCODINGS, decode

INT16, INT32, FLOAT32, FLOAT64, STEIM1, STEIM2 = 1, 3, 4, 5, 10, 11
NAMES = {1: "INT16", 3: "INT32", 4: "FLOAT32", 5: "FLOAT64", 10: "STEIM1", 11: "STEIM2"}
EVERY = sorted(NAMES)
LAYOUTS = {
    STEIM1: {4: (4, 8), 8: (2, 16), 12: (1, 32)},
    STEIM2: {4: (4, 8), 9: (1, 30), 10: (2, 15), 11: (3, 10), 12: (5, 6), 13: (6, 5), 14: (7, 4)},
}


def payloads(content, reclen):
    """Return the claims of records with blockette 1000 right after the fixed section."""
    raw = np.frombuffer(content, np.uint8).reshape(-1, reclen)
    little = raw[:, 53] == 0

    def field(offset):
        two = np.ascontiguousarray(raw[:, offset : offset + 2])
        return np.where(little, two.view("<u2").ravel(), two.view(">u2").ravel())

    offsets = np.arange(len(raw)) * reclen
    lengths = np.full(len(raw), reclen)
    return Payloads(offsets, lengths, field(44), field(30), raw[:, 52], little)


def written(data, encoding, byteorder=1, reclen=512):
    """Return miniSEED as ObsPy writes it."""
    content = io.BytesIO()
    Trace(data).write(
        content, format="MSEED", encoding=NAMES[encoding], byteorder=byteorder, reclen=reclen
    )
    return content.getvalue()


def read(content):
    """Return the samples that ObsPy reads."""
    stream = obspy.read(io.BytesIO(content), format="MSEED")
    return np.concatenate([trace.data for trace in stream])


def record(encoding, npts, payload, *, reclen=512, data_offset=64, little=False):
    """Return a record with any payload."""
    order = "<" if little else ">"
    fixed = b"000001D SOC    HHZCI"
    fixed += struct.pack(order + "HHBBBxHHhh", 2024, 1, 0, 0, 0, 0, npts, 100, 1)
    fixed += struct.pack(order + "BBBBiHH", 0, 0, 0, 1, 0, data_offset, 48)
    fixed += struct.pack(order + "HHBBBx", 1000, 0, encoding, not little, reclen.bit_length() - 1)
    content = fixed.ljust(data_offset, b"\0") + payload
    assert len(content) <= reclen
    return content.ljust(reclen, b"\0")


def sole(content, **claims):
    """Decode a content as a single record; return its samples and its fault."""
    default = payloads(content, len(content))
    columns = {
        name: np.array([claims[name]]) if name in claims else getattr(default, name)
        for name in ("offsets", "lengths", "data_offsets", "npts", "encodings", "little")
    }
    decoded = decode(content, Payloads(**columns))
    return decoded.samples(0, 1), Fault(decoded.faults[0])


def same(one, other):
    assert one.dtype == other.dtype
    assert one.dtype.isnative
    np.testing.assert_array_equal(one, other)


def frames(version, codes, words, first, little=False):
    """Return frames with words of any codes, and their number of differences.

    Args:
        version: `STEIM1` or `STEIM2`.
        codes: of the words, 0 for none.
        words: their bits; the upper two follow the code.
        first: the first sample.
    """
    layouts = LAYOUTS[version]
    table, count = [], 0
    queue = list(zip(codes, words, strict=True))
    while queue:
        frame = [0] * 16
        for place in range(3 if not table else 1, 16):
            code, word = queue.pop(0) if queue else (0, 0)
            if version == STEIM2 and code >= 8:
                word = word & 0x3FFFFFFF | (code & 3) << 30
            frame[0] |= code >> 2 << (30 - 2 * place)
            frame[place] = word
            count += layouts[code][0] if code else 0
        table.append(frame)
    if table:
        table[0][1] = first & 0xFFFFFFFF
    return np.array(table, np.uint32), count


def packed(table, little):
    return table.astype("<u4" if little else ">u4").tobytes()


def with_last(table, last):
    table = table.copy()
    table[0, 2] = last & 0xFFFFFFFF
    return table


def data(encoding, npts, seed, scale):
    generator = np.random.default_rng(seed)
    values = generator.standard_normal(npts) * scale
    if encoding == INT16:
        return np.clip(values, -32768, 32767).astype(np.int16)
    if encoding in (FLOAT32, FLOAT64):
        return values.astype(ENCODINGS[encoding])
    limit = 2**27 if encoding == STEIM2 else 2**30  # beyond it, ObsPy cannot write the differences
    return np.clip(values, -limit, limit).astype(np.int32)
