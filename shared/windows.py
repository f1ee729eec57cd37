"""Time windows in, waveforms out."""

import logging
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from obspy import Trace

from shared.codes import ChannelId
from shared.day_objects import DayObjects, Name
from shared.day_records import Span
from shared.errors import (
    NoDataError,
    NoWaveformError,
    ServiceError,
    TooLargeError,
    UpstreamError,
)
from shared.times import format_time
from shared.waveforms import DayObject
from shared.window_request import Window, parse_windows
from shared.window_samples import find_gaps, window_trace

__all__ = ["MAX_OBJECTS", "MAX_SAMPLES", "Answer", "find_gaps", "parse_windows", "read_windows"]

logger = logging.getLogger(__name__)

MAX_SAMPLES = 3 * 1024**2
"""Samples that fit into no reply if there are more: each takes two of its 6 MB, at least."""

MAX_OBJECTS = 1000
"""Most channel days of one request: more are not looked for within a function's minute."""


@dataclass(frozen=True)
class Answer:
    """What became of a window: a trace, or an error.

    Attributes:
        window: as asked for.
        trace: the samples, as counts; missing ones between its ends are masked.
        error: why there is no trace.
        warnings: what ObsPy's reader found odd in the objects.
    """

    window: Window
    trace: Trace | None = None
    error: ServiceError | None = None
    warnings: tuple[str, ...] = ()

    @property
    def samples(self) -> int:
        """How many samples the answer has, missing ones included."""
        return self.trace.stats.npts if self.trace else 0

    def as_dict(self) -> dict[str, Any]:
        """The answer as JSON; `data` is a NumPy array, masked where samples are missing."""
        if self.trace is None:
            return {
                **_codes(self.window.channel),
                "starttime": format_time(self.window.starttime),
                "endtime": format_time(self.window.endtime),
                "error": self.error.as_dict() if self.error else None,
            }
        stats = self.trace.stats
        return {
            **_codes(self.window.channel),
            "delta": stats.delta,
            "sampling_rate": stats.sampling_rate,
            "starttime": format_time(stats.starttime),
            "endtime": format_time(stats.endtime),
            "gaps": find_gaps(self.trace, self.window),
            **({"warnings": list(self.warnings)} if self.warnings else {}),
            "data": self.trace.data,
        }


def read_windows(
    windows: Sequence[Window], bucket: str, whole: bool = False, most_samples: int = MAX_SAMPLES
) -> list[Answer]:
    """Answer each window, in the order of the request.

    Only the records that the windows need are read; windows on the same object share them, and
    objects are read side by side. Nothing is read of windows that are too much for an answer, but
    the first and last records of their objects.

    Args:
        windows: what is asked for.
        bucket: the archive.
        whole: whether to read whole objects, in which records that are out of order cannot hide.
        most_samples: of all windows together, missing ones included.

    Raises:
        TooLargeError: the windows together have more samples than that, or need more objects than
            `MAX_OBJECTS`.
    """
    spans: defaultdict[Name, list[Span]] = defaultdict(list)
    for window in windows:
        for name in _names(window):
            spans[name].append((window.starttime, window.endtime))
    if len(spans) > MAX_OBJECTS:
        raise TooLargeError(
            f"the windows need {len(spans):,} day objects: at most {MAX_OBJECTS} in one request",
            objects=len(spans),
            limit=MAX_OBJECTS,
        )
    objects = DayObjects(bucket, spans, whole)
    objects.look()
    answers = _refused(windows, objects, most_samples)
    for index in answers:
        for name in _names(windows[index]):
            spans[name].remove((windows[index].starttime, windows[index].endtime))
    objects.read_ahead()
    # Windows of a channel side by side, so that few objects are decoded at a time.
    for index in sorted(range(len(windows)), key=lambda i: (windows[i].channel, windows[i].days)):
        if index in answers:
            continue
        answers[index] = _answered(windows[index], objects)
        _check_sum([answer.samples for answer in answers.values()], len(windows), most_samples)
        for name in _names(windows[index]):
            spans[name].pop()
            if not spans[name]:
                objects.forget(name)
    return [answers[index] for index in range(len(windows))]


def _names(window: Window) -> list[Name]:
    return [(window.channel, day) for day in window.days]


def _answered(window: Window, objects: DayObjects) -> Answer:
    """What becomes of a window, failed or not."""
    try:
        return _answer(window, objects)
    except ServiceError as error:
        if isinstance(error, UpstreamError):
            logger.warning("%s: %s", window, error.message, exc_info=error)
        _forget_frames(error)
        return Answer(window, error=error)


def _forget_frames(error: BaseException | None) -> None:
    """Take the frames off an error that is kept: they hold whole days of samples."""
    while error is not None:
        error.__traceback__ = None
        error = error.__cause__ or error.__context__


def _answer(window: Window, objects: DayObjects) -> Answer:
    found: list[DayObject] = []
    absent: list[NoDataError] = []
    reaches: list[Span] = []
    for name in _names(window):
        try:
            records = objects.records(name)
            try:
                found.append(records.read(window.starttime, window.endtime))
            finally:
                reaches += [records.reach] if records.reach else []
        except NoDataError as error:
            absent.append(error)
    if not found:
        if len(absent) == 1:
            raise absent[0]
        raise _no_samples(window, [error.message for error in absent])
    segments = [trace for item in found for trace in item.stream]
    reach = min(first for first, _ in reaches), max(last for _, last in reaches)
    trace = window_trace(window, segments, reach)
    if np.ma.getmaskarray(trace.data).all():
        raise _no_samples(window, [f"{item.uri} has {item.span}" for item in found])
    warnings = tuple(warning for item in found for warning in item.warnings)
    return Answer(window, trace=trace, warnings=warnings)


def _no_samples(window: Window, reasons: Sequence[str]) -> NoWaveformError:
    return NoWaveformError(f"no samples of {window}: {'; '.join(reasons)}")


def _refused(windows: Sequence[Window], objects: DayObjects, most: int) -> dict[int, Answer]:
    """The windows that alone have too many samples, by their place, before any is read.

    Raises:
        TooLargeError: the others together have too many.
    """
    counts = [_most_samples(window, objects) for window in windows]
    if sum(counts) > most:
        present = ([n for n in _names(window) if not objects.failed(n)] for window in windows)
        objects.look_at_ends({names[-1] for names in present if names})
        counts = [_most_samples(window, objects) for window in windows]
    refused = {
        index: Answer(windows[index], error=_too_many(windows[index], count, most))
        for index, count in enumerate(counts)
        if count > most
    }
    _check_sum([count for count in counts if count <= most], len(windows), most)
    return refused


def _too_many(window: Window, samples: int, most: int) -> TooLargeError:
    seconds = (window.endtime - window.starttime) * most / samples
    return TooLargeError(
        f"{window} has {samples:,} samples or nearly as many: no reply can hold more than {most:,},"
        f" ask for at most {seconds:,.0f} s",
        samples=samples,
        limit=most,
    )


def _most_samples(window: Window, objects: DayObjects) -> int:
    """How many samples a window has at most, as far as that is known without reading them.

    Args:
        window: the window.
        objects: whose first records have been read, and perhaps the last ones.
    """
    known = [objects.records(name) for name in _names(window) if not objects.failed(name)]
    rates = [records.sampling_rate for records in known if records.sampling_rate]
    if not rates:
        return 0
    start = max(window.starttime, known[0].extent[0])
    end = min(window.endtime, known[-1].extent[1])
    return max(0, int((end - start) * max(rates)) + 1)


def _check_sum(counts: Sequence[int], windows: int, most: int) -> None:
    if sum(counts) > most:
        raise TooLargeError(
            f"{len(counts)} of {windows} windows have {sum(counts):,} samples: no reply can hold"
            f" more than {most:,}, ask for less at a time",
            samples=sum(counts),
            limit=most,
        )


def _codes(channel: ChannelId) -> dict[str, str]:
    return {
        "network": channel.network,
        "station": channel.station,
        "channel": channel.channel,
        "location": channel.location,
    }
