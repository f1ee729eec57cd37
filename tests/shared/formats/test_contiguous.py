"""The contiguous parts of a trace, in storable sample types."""

import numpy as np
import pytest

from shared.formats.contiguous import contiguous_parts
from tests.support.builders import noise
from tests.support.window_results import SAMPLES, result, segments, with_gaps


@pytest.mark.parametrize("data", SAMPLES.values(), ids=SAMPLES)
def test_parts_are_contiguous_and_storable(data):
    window_result = result(data)
    parts = list(contiguous_parts(window_result.trace))
    expected = segments([window_result])
    assert [part.stats.npts for part in parts] == [trace.stats.npts for trace in expected]
    for part, trace in zip(parts, expected, strict=True):
        assert not np.ma.isMaskedArray(part.data)
        assert part.data.flags["C_CONTIGUOUS"]
        assert part.data.dtype.name in ("int32", "float32", "float64")
        assert part.data.dtype.isnative
        assert part.stats.starttime == trace.stats.starttime
        np.testing.assert_array_equal(part.data, trace.data)


def test_a_trace_of_missing_samples_has_no_parts():
    masked = result(with_gaps(noise(10), (0, 10)))
    assert list(contiguous_parts(masked.trace)) == []
