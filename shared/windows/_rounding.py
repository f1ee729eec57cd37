"""Warnings of windows that lose digits in a file of 32-bit floats."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

import numpy as np
from obspy import Trace

from shared.errors import BadRequestError, ServiceError
from shared.formats import FORMATS
from shared.formats.contiguous import contiguous_parts
from shared.windows.result import WindowResult

_LARGEST_EXACT = 1 << 24
"""Largest count up to which 32-bit floats hold every one."""

_ADVICE = "miniSEED keeps them"


def with_rounding(results: Sequence[WindowResult], file_format: str) -> list[WindowResult]:
    """Return results with a warning for each window that a format rounds by too much.

    A window beyond the range of its numbers has an error in place of samples.

    Args:
        results: the windows.
        file_format: a key of `shared.formats.FORMATS`.
    """
    if not FORMATS[file_format].float32:
        return list(results)
    return [_with_rounding(result) for result in results]


def _with_rounding(result: WindowResult) -> WindowResult:
    try:
        return replace(result, warnings=(*result.warnings, *_describe(result)))
    except ServiceError as error:
        return replace(result, trace=None, placed=(), error=error)


def _describe(result: WindowResult) -> Iterable[str]:
    parts = [part for segment in result.segments for part in contiguous_parts(segment)]
    if result.report is None:
        return _describe_counts(parts)
    if not parts or parts[0].data.dtype != np.float64:  # the rounding has been described before
        return ()
    from shared.response.rounding import check_range, describe_rounding  # counts do without

    check_range(parts, result.units, _ADVICE)
    return describe_rounding(parts, result.report, _ADVICE)


def _describe_counts(parts: Sequence[Trace]) -> Iterable[str]:
    ends = [abs(float(end)) for part in parts for end in (part.data.min(), part.data.max())]
    largest = max(ends, default=0.0)
    if largest <= _LARGEST_EXACT:
        return
    if largest > float(np.finfo(np.float32).max):
        raise BadRequestError(
            f"{parts[0].id}: the counts reach {largest:.3g}, beyond 32-bit floats: {_ADVICE}"
        )
    if any(np.any(part.data.astype(np.float32) != part.data) for part in parts):
        step = np.spacing(np.float32(largest))
        yield (
            f"32-bit floats round the counts beyond {_LARGEST_EXACT:,}; at the largest,"
            f" {largest:,.0f}, by up to {step / 2:g}: {_ADVICE}"
        )
