"""The contiguous parts of a masked trace, in a sample type that every format can store."""

from collections.abc import Iterator

import numpy as np
from obspy import Trace

from shared.waveforms.segments import cut

ENCODINGS = {"int32": "INT32", "float32": "FLOAT32", "float64": "FLOAT64"}
"""NumPy's names of the sample types that formats can store, with miniSEED's names."""


def contiguous_parts(trace: Trace) -> Iterator[Trace]:
    """Cut a trace at its masked samples.

    Yields:
        The parts in order, unmasked; integers of other widths become int32.
    """
    dtype = trace.data.dtype
    stored = dtype.newbyteorder("=") if dtype.name in ENCODINGS else np.dtype(np.int32)
    missing = np.concatenate(([True], np.ma.getmaskarray(trace.data), [True]))
    edges = np.flatnonzero(missing[1:] != missing[:-1])
    for first, end in edges.reshape(-1, 2).tolist():
        part = cut(trace, first, end)
        part.data = np.ascontiguousarray(np.ma.getdata(part.data), dtype=stored)
        yield part
