"""miniSEED 2: time windows in 512-byte records, corrected days as float records."""

import io
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from obspy import Stream, Trace

from shared.formats.contiguous import ENCODINGS

_RECORD_BYTES = 512  # the archive's own record length
_STEIM2_DIFFERENCES = 2**29  # Steim2 stores differences in 30 bits, sign included


def write(traces: Sequence[Trace], _failed: Sequence[Mapping[str, Any]] = ()) -> bytes:
    """Write contiguous traces as big-endian records, one run of records for each trace.

    Counts are compressed by Steim2 where their differences fit, and are INT32 otherwise.

    Args:
        traces: unmasked; int32, float32 or float64.
        _failed: ignored: miniSEED has no place for windows without samples.
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
        stream: any sample type; its data becomes that of the encoding.
        encoding: "FLOAT32" or "FLOAT64".
        path: the file.
    """
    for trace in stream:
        trace.data = trace.data.astype(encoding.lower())
    stream.write(str(path), format="MSEED", encoding=encoding)


def _encoding(samples: np.ndarray) -> str:
    encoding = ENCODINGS[samples.dtype.name]
    if encoding != "INT32":
        return encoding
    steps = np.diff(samples.astype(np.int64))  # two 32-bit numbers may differ by 33 bits
    low, high = steps.min(initial=0), steps.max(initial=0)
    fits = low >= -_STEIM2_DIFFERENCES and high < _STEIM2_DIFFERENCES
    return "STEIM2" if fits else encoding
