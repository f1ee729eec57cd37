"""CRC-32C (Castagnoli) of many records at once, as miniSEED 3 has it.

The polynomial is 0x1EDC6F41, reflected; the register begins and ends inverted (RFC 3720, 12.1).
"""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

CRC_OFFSET, CRC_BYTES = 28, 4
"""Where a record of miniSEED 3 has its CRC, which counts as zeros."""

_POLYNOMIAL = np.uint32(0x82F63B78)  # reflected
_ROWS = 4096  # records at a time


def crc32c(messages: Sequence[bytes]) -> npt.NDArray[np.uint32]:
    """Return the CRC-32C of each of some messages."""
    lengths = np.array([len(message) for message in messages], np.int64)
    order = np.argsort(-lengths, kind="stable")
    found = np.empty(len(messages), np.uint32)
    for begin in range(0, len(order), _ROWS):
        rows = order[begin : begin + _ROWS]
        found[rows] = _crc_of_rows([messages[row] for row in rows.tolist()], lengths[rows])
    return found


def stamp_crc(records: Sequence[bytes]) -> bytes:
    """Return records of miniSEED 3, each with its CRC in place of zeros."""
    crcs = crc32c(records).astype("<u4").tobytes()
    end = CRC_OFFSET + CRC_BYTES
    parts = []
    for number, record in enumerate(records):
        crc = crcs[number * CRC_BYTES : (number + 1) * CRC_BYTES]
        parts += [record[:CRC_OFFSET], crc, record[end:]]
    return b"".join(parts)


def _table() -> npt.NDArray[np.uint32]:
    table = np.arange(256, dtype=np.uint32)
    for _ in range(8):
        table = np.where(table & 1, table >> 1 ^ _POLYNOMIAL, table >> 1)
    return table


_TABLE = _table()


def _crc_of_rows(
    messages: Sequence[bytes], lengths: npt.NDArray[np.int64]
) -> npt.NDArray[np.uint32]:
    """Return the CRCs of messages, the longest first: each step takes one byte of all of them."""
    longest = int(lengths[0]) if len(lengths) else 0
    padded = b"".join(message.ljust(longest, b"\0") for message in messages)
    columns = np.frombuffer(padded, np.uint8).reshape(len(messages), longest).T.copy()
    registers = np.full(len(messages), 0xFFFFFFFF, np.uint32)
    active = np.searchsorted(-lengths, -np.arange(1, longest + 1), side="right")
    for column, count in zip(columns, active.tolist(), strict=True):
        part = registers[:count]
        registers[:count] = _TABLE[(part ^ column[:count]) & 0xFF] ^ part >> 8
    return ~registers
