"""The contiguous parts of a masked trace, in a sample type that every format can store."""

from collections.abc import Iterator

import numpy as np
from obspy import Trace

from shared.waveforms.gaps import present_runs
from shared.waveforms.segments import cut

_STORABLE = ("int32", "float32", "float64")


def contiguous_parts(trace: Trace) -> Iterator[Trace]:
    """Cut a trace at its masked samples.

    Yields:
        The parts in order, unmasked; int32, float32 or float64. Integers of other widths become
        int32.
    """
    dtype = trace.data.dtype
    stored = dtype.newbyteorder("=") if dtype.name in _STORABLE else np.dtype(np.int32)
    for first, end in present_runs(trace.data):
        part = cut(trace, first, end)
        part.data = np.ascontiguousarray(np.ma.getdata(part.data), dtype=stored)
        yield part
