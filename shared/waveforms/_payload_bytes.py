"""The payload of a record as miniSEED 3 stores it."""

import numpy as np

from shared.waveforms._record_runs import payloads_of
from shared.waveforms._record_table import RecordTable
from shared.waveforms._samples import decode
from shared.waveforms._steim import FRAME_BYTES
from shared.waveforms._steim_encoder import VERSIONS, encode_frames

_BYTES = {1: 2, 3: 4, 4: 4, 5: 8}


def payload_as_version_3(content: memoryview, table: RecordTable, number: int) -> bytes:
    """Return the payload of a record in the byte order of miniSEED 3, without unused bytes.

    Steim's frames are big-endian, other numbers little-endian.

    Args:
        content: as of `scan`.
        table: the headers of its records, all of them sound.
        number: the record.
    """
    offset = int(table.offsets[number])
    encoding, little = int(table.encodings[number]), bool(table.little[number])
    record = content[offset : offset + int(table.lengths[number])]
    payload = record[int(table.data_offsets[number]) :]
    if encoding in VERSIONS:
        return _big_frames(content, table, number) if little else _used_frames(payload)
    width = _BYTES[encoding]
    part = payload[: int(table.npts[number]) * width]
    return (
        bytes(part) if little else np.frombuffer(part, f">u{width}").astype(f"<u{width}").tobytes()
    )


def _used_frames(payload: memoryview) -> bytes:
    """Return the frames of a payload up to the last one that is not empty."""
    frames = bytes(payload[: len(payload) // FRAME_BYTES * FRAME_BYTES])
    used = max(1, -(-len(frames.rstrip(b"\0")) // FRAME_BYTES))
    return frames[: used * FRAME_BYTES]


def _big_frames(content: memoryview, table: RecordTable, number: int) -> bytes:
    """Return little-endian frames as big-endian ones, in which some words have another order."""
    one = table.select(np.array([number]))
    samples = decode(content, payloads_of(one)).samples(0, 1).astype(np.int32)
    version = VERSIONS[int(one.encodings[0])]
    frames, _ = encode_frames(samples, None, version, 2 * len(samples), little=False)
    return frames
