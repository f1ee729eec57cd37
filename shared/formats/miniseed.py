"""miniSEED 2: time windows in 512-byte records, corrected days in float records of 4,096 bytes.

ObsPy by default copies length and byte order of the records that a trace was read from, and
silently drops samples where such a record cannot count them all. Both are fixed here, and the
samples written are counted.
"""

import io
from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Any

import numpy as np
from obspy import Stream, Trace
from obspy.io.mseed.core import _write_mseed

from shared.formats._float_records import kind_of_header, write_records
from shared.formats._sample_count import check_sample_count
from shared.waveforms.timing_quality import quality_of, stamp_records

WINDOW_RECORD_BYTES = 512
"""Record length of time windows: that of the archive and of streams (SeedLink), so that a window of
a few samples stays small."""

DAY_RECORD_BYTES = 4096
"""Record length of corrected days: the one that the SEED manual recommends for archives. A header
takes 64 bytes: 1.6% of such a record, and 12.5% of one of 512 bytes."""

_NPTS_OFFSET = 30  # of the number of samples, a big-endian 16-bit integer (SEED manual, chapter 8)
_STEIM2_LIMIT = 2**29  # Steim2 stores differences in 30 bits, sign included
_BLOCK = 1 << 16  # samples


def write(traces: Sequence[Trace], _failed: Sequence[Mapping[str, Any]] = ()) -> bytes:
    """Write contiguous traces as big-endian records, one run of records for each trace.

    Counts are compressed with Steim2 if their differences fit, and stored as INT32 otherwise.

    Args:
        traces: unmasked; int32, float32 or float64.
        _failed: ignored, since miniSEED has no place for windows without samples.

    Raises:
        RuntimeError: the records lack samples.
    """
    content = b"".join(
        _records(list(alike), encoding) for (encoding, *_), alike in groupby(traces, _form)
    )
    _check(content, WINDOW_RECORD_BYTES, traces)
    return content


def _form(trace: Trace) -> tuple[Any, ...]:
    """Return all that decides the form of a trace's records, its encoding first."""
    return _encoding(trace.data), kind_of_header(trace), id(quality_of(trace))


def _records(traces: Sequence[Trace], encoding: str) -> bytes:
    """Write traces of one form."""
    if encoding in ("FLOAT32", "FLOAT64"):
        return write_records(traces, encoding, WINDOW_RECORD_BYTES)
    buffer = io.BytesIO()
    _write_mseed(
        Stream(traces), buffer, encoding=encoding, reclen=WINDOW_RECORD_BYTES, byteorder=">"
    )
    if quality := quality_of(traces[0]):
        stamp_records(buffer.getbuffer(), quality)
    return buffer.getvalue()


def write_floats(traces: Sequence[Trace], encoding: str) -> bytes:
    """Write the traces of a day as big-endian float records.

    Args:
        traces: unmasked, of any sample type; they stay as they are.
        encoding: "FLOAT32" or "FLOAT64".

    Raises:
        RuntimeError: the records lack samples.
    """
    content = write_records(traces, encoding, DAY_RECORD_BYTES)
    _check(content, DAY_RECORD_BYTES, traces)
    return content


def _check(content: bytes, record_bytes: int, traces: Sequence[Trace]) -> None:
    """Compare the samples that records count in their headers with those of the traces.

    Args:
        content: the bytes of whole records.
        record_bytes: the length of each record.
        traces: the traces that the records were written from.
    """
    records = np.frombuffer(content, np.uint8).reshape(-1, record_bytes)
    counts = records[:, _NPTS_OFFSET : _NPTS_OFFSET + 2].copy().view(">u2")
    samples = sum(trace.data.size for trace in traces)
    check_sample_count(int(counts.sum()), samples, "miniSEED file")


def _encoding(samples: np.ndarray) -> str:
    encoding: str = samples.dtype.name.upper()  # miniSEED's names are NumPy's in capitals
    if encoding != "INT32":
        return encoding
    return "STEIM2" if _suits_steim2(samples) else encoding


def _suits_steim2(samples: np.ndarray) -> bool:
    """Return whether all differences of 32-bit integers fit, which themselves take 33 bits."""
    if int(samples.max()) - int(samples.min()) < _STEIM2_LIMIT:
        return True
    for begin in range(0, samples.size, _BLOCK):
        differences = np.diff(samples[begin : begin + _BLOCK + 1].astype(np.int64))
        low, high = differences.min(initial=0), differences.max(initial=0)
        if low < -_STEIM2_LIMIT or high >= _STEIM2_LIMIT:
            return False
    return True
