"""miniSEED 2: time windows in 512-byte records, corrected days in float records of 4,096 bytes.

ObsPy by default copies length and byte order of the records that a trace was read from, and
silently drops samples where such a record cannot count them all. Both are fixed here, and the
samples written are counted.
"""

import io
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from obspy import Stream, Trace

from shared.formats._sample_count import check_sample_count
from shared.waveforms.timing_quality import quality_of, stamp_records

WINDOW_RECORD_BYTES = 512
"""Record length of time windows: that of the archive and of streams (SeedLink), so that a window of
a few samples stays small."""

DAY_RECORD_BYTES = 4096
"""Record length of corrected days: the one that the SEED manual recommends for archives. A header
takes 64 bytes: 1.6% of such a record, and 12.5% of one of 512 bytes."""

_NPTS_OFFSET = 30  # of the number of samples, a big-endian 16-bit integer (SEED manual, chapter 8)
_BLOCK_BYTES = 256 * DAY_RECORD_BYTES
_STEIM2_LIMIT = 2**29  # Steim2 stores differences in 30 bits, sign included


def write(traces: Sequence[Trace], _failed: Sequence[Mapping[str, Any]] = ()) -> bytes:
    """Write contiguous traces as big-endian records, one run of records for each trace.

    Counts are compressed with Steim2 if their differences fit, and stored as INT32 otherwise.

    Args:
        traces: unmasked; int32, float32 or float64.
        _failed: ignored, since miniSEED has no place for windows without samples.

    Raises:
        RuntimeError: ObsPy's writer lost samples.
    """
    content = b"".join(_records(trace) for trace in traces)
    _check([content], WINDOW_RECORD_BYTES, traces)
    return content


def _records(trace: Trace) -> bytes:
    buffer = io.BytesIO()
    trace.write(
        buffer,
        format="MSEED",
        encoding=_encoding(trace.data),
        reclen=WINDOW_RECORD_BYTES,
        byteorder=">",
    )
    if quality := quality_of(trace):
        stamp_records(buffer.getbuffer(), quality)
    return buffer.getvalue()


def write_float_file(stream: Stream, encoding: str, path: Path) -> None:
    """Write the traces of a stream to a file of big-endian float records.

    Args:
        stream: any sample type; its data is converted to the encoding in place.
        encoding: "FLOAT32" or "FLOAT64".
        path: the file to write.

    Raises:
        RuntimeError: ObsPy's writer lost samples.
        OSError: the file could not be written.
    """
    for trace in stream:
        trace.data = trace.data.astype(encoding.lower())
    with path.open("wb") as file:
        records = _Records(file)
        stream.write(
            records, format="MSEED", encoding=encoding, reclen=DAY_RECORD_BYTES, byteorder=">"
        )
    if records.error:
        raise records.error
    if len(stream) and (quality := quality_of(stream[0])):  # the same for all segments of a day
        stamp_records(np.memmap(path, np.uint8, "r+").data, quality)
    with path.open("rb") as file:
        _check(iter(lambda: file.read(_BLOCK_BYTES), b""), DAY_RECORD_BYTES, stream)


class _Records:
    """A file that records are written to; it keeps the first error.

    ObsPy writes from a callback of C, in which Python drops exceptions: a full disk would go
    unnoticed.

    Args:
        file: the file.

    Attributes:
        error: the first error; None if all is written so far.
    """

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self.error: Exception | None = None

    def write(self, record: bytes) -> None:
        """Write a record, unless an earlier one failed."""
        if self.error is None:
            try:
                self._file.write(record)
            except (OSError, MemoryError) as error:
                self.error = error


def _check(blocks: Iterable[bytes], record_bytes: int, traces: Iterable[Trace]) -> None:
    """Compare the samples that records count in their headers with those of the traces.

    Args:
        blocks: the bytes of whole records.
        record_bytes: the length of each record.
        traces: the traces that the records were written from.
    """
    written = 0
    for block in blocks:
        records = np.frombuffer(block, np.uint8).reshape(-1, record_bytes)
        counts = records[:, _NPTS_OFFSET : _NPTS_OFFSET + 2].copy().view(">u2")
        written += int(counts.sum())
    check_sample_count(written, sum(trace.stats.npts for trace in traces), "miniSEED file")


def _encoding(samples: np.ndarray) -> str:
    encoding: str = samples.dtype.name.upper()  # miniSEED's names are NumPy's in capitals
    if encoding != "INT32":
        return encoding
    differences = np.diff(samples.astype(np.int64))  # those of 32-bit integers take 33 bits
    low, high = differences.min(initial=0), differences.max(initial=0)
    return "STEIM2" if low >= -_STEIM2_LIMIT and high < _STEIM2_LIMIT else encoding
