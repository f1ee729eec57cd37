"""The results of time windows as a reply, in the requested format."""

from collections.abc import Iterator, Sequence
from typing import Any

from obspy import Trace

from shared import telemetry
from shared.formats import FORMATS, JSON
from shared.formats.contiguous import contiguous_parts
from shared.reply import File, Reply
from shared.windows._rounding import with_rounding
from shared.windows.headers import file_headers
from shared.windows.result import WindowResult, failed_windows


@telemetry.step("write")
def window_reply(results: Sequence[WindowResult], file_format: str) -> Reply:
    """Make the reply: JSON or a file, and JSON in any case if every window failed.

    A reply with a file describes all windows beside it, as the JSON reply does.

    Args:
        results: in the request's order.
        file_format: one of `shared.formats.format_names()`.
    """
    errors = tuple(result.error for result in results if result.error)
    traces = [result.trace for result in results if result.trace is not None]
    extent = {
        "samples": sum(trace.stats.npts for trace in traces),
        "seconds": round(sum(trace.stats.npts * trace.stats.delta for trace in traces), 3),
    }
    if file_format == JSON or not traces:
        return Reply(
            [result.as_dict() for result in results],
            failures=errors if not traces else (),
            extent=extent,
        )
    results = with_rounding(results, file_format)
    failed = failed_windows(results)
    windows = [result.description() for result in results]
    return Reply(
        _write(results, file_format, windows, failed),
        errors=failed,
        beside={"windows": windows},
        headers=file_headers(windows, failed),
        extent=extent,
    )


def write_windows(results: Sequence[WindowResult], file_format: str) -> File:
    """Write the windows that have samples as one file; missing samples are never filled.

    Args:
        results: in the request's order.
        file_format: a key of `shared.formats.FORMATS`.
    """
    windows = [result.description() for result in results]
    return _write(results, file_format, windows, failed_windows(results))


def _write(
    results: Sequence[WindowResult],
    file_format: str,
    windows: Sequence[dict[str, Any]],
    failed: Sequence[dict[str, Any]],
) -> File:
    parts = [part for result in results for part in _parts(result)]
    return FORMATS[file_format].write(parts, failed, windows)


def _parts(result: WindowResult) -> Iterator[Trace]:
    """Yield the contiguous parts of a window, each with its own times, its unit and its place."""
    for segment in result.segments:
        for part in contiguous_parts(segment):
            part.stats.units = result.units
            part.stats.place = result.place(part.stats.starttime)
            yield part
