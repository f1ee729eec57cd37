"""Payloads of miniSEED 2 records: their claims, and the bytes that are really there."""

from dataclasses import dataclass
from enum import IntEnum

import numpy as np
import numpy.typing as npt

MAX_RECORD_BYTES = 2**20
"""The longest record that libmseed reads and writes."""

IntArray = npt.NDArray[np.integer]
BoolArray = npt.NDArray[np.bool_]
Octets = npt.NDArray[np.uint8]


class Fault(IntEnum):
    """A reason why the payload of a record cannot be decoded. `str` gives a phrase for messages."""

    NONE = 0
    UNKNOWN_ENCODING = 1
    OUTSIDE = 2
    TOO_MANY_SAMPLES = 3
    IMPOSSIBLE_CODE = 4
    TOO_FEW_DIFFERENCES = 5
    LAST_SAMPLE_DIFFERS = 6

    def __str__(self) -> str:
        return _PHRASES[self]


_PHRASES = {
    Fault.NONE: "no fault",
    Fault.UNKNOWN_ENCODING: "unknown encoding",
    Fault.OUTSIDE: "payload outside of the record",
    Fault.TOO_MANY_SAMPLES: "count exceeds the payload",
    Fault.IMPOSSIBLE_CODE: "impossible Steim code",
    Fault.TOO_FEW_DIFFERENCES: "too few differences",
    Fault.LAST_SAMPLE_DIFFERS: "last sample differs",
}


@dataclass(frozen=True, eq=False)
class Payloads:
    """Claims of record headers, one entry of each array for each record. No claim is trusted.

    Attributes:
        offsets: of the records in the content, in bytes.
        lengths: of the records, in bytes.
        data_offsets: of the payloads within the records, in bytes.
        npts: the numbers of samples.
        encodings: SEED's encoding formats, of blockette 1000.
        little: whether the payload is little-endian, of blockette 1000.
    """

    offsets: IntArray
    lengths: IntArray
    data_offsets: IntArray
    npts: IntArray
    encodings: IntArray
    little: BoolArray

    def __len__(self) -> int:
        """Return the number of records."""
        return len(self.offsets)

    def outside(self, size: int) -> BoolArray:
        """Return which payloads do not lie within their records, or records within the content.

        Args:
            size: the length of the content in bytes.
        """
        lengths, offsets = self.lengths.astype(np.int64), self.offsets.astype(np.int64)
        wrong = (lengths < 0) | (lengths > MAX_RECORD_BYTES) | (offsets < 0) | (offsets > size)
        wrong |= offsets > size - np.where(wrong, 0, lengths)
        wrong |= (self.data_offsets < 0) | (self.data_offsets > lengths)
        return wrong

    def groups(self, records: IntArray) -> list[IntArray]:
        """Divide records that lie inside where a claim except the count differs.

        Args:
            records: indices of records, in ascending order.

        Returns:
            Indices for each combination of length, data offset, encoding and byte order.
        """
        if not len(records):
            return []
        keys = self.lengths[records].astype(np.int64) << 21 | self.data_offsets[records]
        keys = keys << 9 | (self.encodings[records].astype(np.int64) & 0xFF) << 1
        keys |= self.little[records]
        if (keys == keys[0]).all():  # no need to sort them
            return [records]
        order = np.argsort(keys, kind="stable")
        borders = np.flatnonzero(np.diff(keys[order])) + 1
        return [records[part] for part in np.split(order, borders)]


def bytes_of(content: Octets, starts: IntArray, size: int) -> Octets:
    """Return equally long pieces of a content, one row for each. They lie within it.

    Args:
        content: the content.
        starts: the offsets of the pieces in bytes; at least one.
        size: the length of each piece in bytes.
    """
    windows = np.lib.stride_tricks.sliding_window_view(content, size)
    steps = np.diff(starts)
    if len(steps) and steps[0] > 0 and (steps == steps[0]).all():  # read without an index
        return windows[int(starts[0]) : int(starts[-1]) + 1 : int(steps[0])]
    return windows[starts]
