"""The results of time windows as a reply, in the requested format.

A window that cannot be described or written has an error in its place, and the others are
delivered.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from obspy import Trace

from shared import guard, strict_json, telemetry
from shared.errors import ServiceError
from shared.formats import FORMATS, JSON, LostSamplesError
from shared.formats.contiguous import contiguous_parts
from shared.reply import File, Reply
from shared.windows._rounding import with_rounding
from shared.windows.headers import file_headers
from shared.windows.request import Window
from shared.windows.result import WindowResult, failed_windows


@dataclass(frozen=True)
class _Described:
    """A result and its description: as JSON, without the samples."""

    result: WindowResult
    description: dict[str, Any]

    def as_dict(self) -> dict[str, Any]:
        """Return the result as JSON; `data` is a NumPy array."""
        trace = self.result.trace
        return self.description if trace is None else {**self.description, "data": trace.data}


@telemetry.step("write")
def window_reply(results: Sequence[WindowResult], file_format: str) -> Reply:
    """Make the reply: JSON or a file, and JSON in any case if every window failed.

    A reply with a file describes all windows beside it, as the JSON reply does.

    Args:
        results: in the request's order.
        file_format: one of `shared.formats.format_names()`.
    """
    described = [_described(result, file_format) for result in results]
    file = None
    if file_format != JSON:
        described, file = _written(described, file_format)
    traces = [each.result.trace for each in described if each.result.trace is not None]
    extent = {
        "samples": sum(trace.stats.npts for trace in traces),
        "seconds": round(sum(trace.stats.npts * trace.stats.delta for trace in traces), 3),
    }
    if file is None:
        errors = tuple(each.result.error for each in described if each.result.error)
        return Reply(
            [each.as_dict() for each in described],
            failures=errors if not traces else (),
            extent=extent,
        )
    windows = [each.description for each in described]
    failed = failed_windows([each.result for each in described])
    return Reply(
        file,
        errors=failed,
        beside={"windows": windows},
        headers=file_headers(windows, failed),
        extent=extent,
        file_name=f"{_name([each.result for each in described])}.{file.suffix}",
    )


def _name(results: Sequence[WindowResult]) -> str:
    """Return the name under which browsers store a file, without its suffix."""
    windows = [each.window for each in results if each.trace is not None]
    if len(windows) == 1 and isinstance(windows[0], Window):
        start = windows[0].starttime.strftime("%Y%m%dT%H%M%S")
        return f"{windows[0].channel.seed_id}.{start}"
    return "windows"


def write_windows(results: Sequence[WindowResult], file_format: str) -> File:
    """Write the windows that have samples as one file; missing samples are never filled.

    Args:
        results: in the request's order.
        file_format: a key of `shared.formats.FORMATS`.
    """
    return _write([_Described(result, result.description()) for result in results], file_format)


def _described(result: WindowResult, file_format: str) -> _Described:
    """Describe a window, with a warning where a file rounds its samples; or else its failure."""
    with guard.attempt(result.window) as attempt:
        if file_format != JSON:
            (result,) = with_rounding([result], file_format)
        description = result.description()
        strict_json.dumps(description)
    if attempt.error:
        return _failed(result, attempt.error)
    return _Described(result, description)


def _failed(result: WindowResult, error: ServiceError) -> _Described:
    window = result.window
    channel, day = window.subject
    telemetry.count_failure(error, channel=channel, day=day)
    failed = WindowResult(window, error=error)
    return _Described(failed, failed.description())


def _written(described: list[_Described], file_format: str) -> tuple[list[_Described], File | None]:
    """Write the windows that have samples; those that cannot be written become failures.

    Returns:
        The windows, and the file; None if no window has samples.

    Raises:
        LostSamplesError: the writer left samples out, so that none of its files is to be trusted.
    """
    if all(each.result.trace is None for each in described):
        return described, None
    try:
        return described, _write(described, file_format)
    except LostSamplesError:
        raise
    except Exception:
        checked = [_writable(each, file_format) for each in described]
        if all(one is other for one, other in zip(checked, described, strict=True)):
            raise  # it is none of the windows
    return _written(checked, file_format)


def _writable(each: _Described, file_format: str) -> _Described:
    """Return a window as it is if it can be written by itself, or else its failure."""
    if each.result.trace is not None:
        with guard.attempt(each.result.window) as attempt:
            _write([each], file_format)
        if attempt.error:
            return _failed(each.result, attempt.error)
    return each


def _write(described: Sequence[_Described], file_format: str) -> File:
    parts = [part for each in described for part in _parts(each.result)]
    failed = failed_windows([each.result for each in described])
    return FORMATS[file_format].write(parts, failed, [each.description for each in described])


def _parts(result: WindowResult) -> Iterator[Trace]:
    """Yield the contiguous parts of a window, each with its own times, its unit and its place."""
    for segment in result.segments:
        for part in contiguous_parts(segment):
            part.stats.units = result.units
            part.stats.place = result.place(part.stats.starttime)
            yield part
