"""miniSEED 2: time windows in 512-byte records, and corrected days as float records."""

import io
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from obspy import Stream, Trace

_RECORD_BYTES = 512  # the archive's own record length
_STEIM2_LIMIT = 2**29  # Steim2 stores differences in 30 bits, sign included


def write(traces: Sequence[Trace], _failed: Sequence[Mapping[str, Any]] = ()) -> bytes:
    """Write contiguous traces as big-endian records, one run of records for each trace.

    Counts are compressed with Steim2 if their differences fit, and stored as INT32 otherwise.

    Args:
        traces: unmasked; int32, float32 or float64.
        _failed: ignored, since miniSEED has no place for windows without samples.
    """
    buffer = io.BytesIO()
    for trace in traces:
        trace.write(
            buffer,
            format="MSEED",
            encoding=_encoding(trace.data),
            reclen=_RECORD_BYTES,
            byteorder=">",
        )
    return buffer.getvalue()


def write_float_file(stream: Stream, encoding: str, path: Path) -> None:
    """Write the traces of a stream to a file of float records.

    Args:
        stream: any sample type; its data is converted to the encoding in place.
        encoding: "FLOAT32" or "FLOAT64".
        path: the file to write.
    """
    for trace in stream:
        trace.data = trace.data.astype(encoding.lower())
    stream.write(str(path), format="MSEED", encoding=encoding)


def _encoding(samples: np.ndarray) -> str:
    encoding: str = samples.dtype.name.upper()  # miniSEED's names are NumPy's in capitals
    if encoding != "INT32":
        return encoding
    differences = np.diff(samples.astype(np.int64))  # those of 32-bit integers take 33 bits
    low, high = differences.min(initial=0), differences.max(initial=0)
    return "STEIM2" if low >= -_STEIM2_LIMIT and high < _STEIM2_LIMIT else encoding
