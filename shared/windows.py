"""Time windows in, waveforms out."""

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from obspy import Stream, Trace, UTCDateTime

from shared.codes import ChannelId
from shared.errors import (
    NoDataError,
    NoWaveformError,
    ServiceError,
    TooLargeError,
    UnreadableObjectError,
    UpstreamError,
)
from shared.scratch import scratch_folder
from shared.times import Day, format_time
from shared.waveforms import DayObject, download_day, read_day
from shared.window_request import Window, parse_windows

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


def read_windows(windows: Sequence[Window], bucket: str) -> list[Answer]:
    """Answer each window, in the order of the request.

    A day's object is downloaded once, however many windows need it, and is forgotten when no
    later window does.

    Raises:
        TooLargeError: the windows together have more samples than a reply can hold, or need more
            than `MAX_OBJECTS`.
    """
    answers: dict[int, Answer] = {}
    samples = 0
    objects = len({(window.channel, day) for window in windows for day in window.days})
    if objects > MAX_OBJECTS:
        raise TooLargeError(
            f"the windows need {objects:,} day objects: at most {MAX_OBJECTS} in one request",
            objects=objects,
            limit=MAX_OBJECTS,
        )
    # Windows of a channel side by side, so that few objects are in memory at a time.
    order = sorted(range(len(windows)), key=lambda i: (windows[i].channel, windows[i].days))
    with scratch_folder() as folder:
        shelf = _Shelf(bucket, folder)
        for index in order:
            window = windows[index]
            shelf.forget_all_but(window.channel, since=window.days[0])
            try:
                answers[index] = _answer(window, shelf)
            except ServiceError as error:
                if isinstance(error, UpstreamError):
                    logger.warning("%s: %s", window, error.message, exc_info=error)
                answers[index] = Answer(window, error=error)
                _forget_frames(error)
            samples += answers[index].samples
            if samples > MAX_SAMPLES:
                raise TooLargeError(
                    f"the first {len(answers)} of {len(windows)} windows have {samples:,} samples:"
                    f" no reply can hold more than {MAX_SAMPLES:,}, ask for less at a time",
                    samples=samples,
                    limit=MAX_SAMPLES,
                )
    return [answers[index] for index in range(len(windows))]


def _forget_frames(error: BaseException | None) -> None:
    """Take the frames off an error that is kept: they hold whole days of samples."""
    while error is not None:
        error.__traceback__ = None
        error = error.__cause__ or error.__context__


def _answer(window: Window, shelf: "_Shelf") -> Answer:
    merged, objects = shelf.merged(window)
    trace = _trim(merged, window)
    if trace.data.dtype.kind == "f":  # what is not a number is not a sample
        trace.data = np.ma.masked_invalid(trace.data)
    missing = np.ma.getmaskarray(trace.data)
    if missing.all():
        spans = "; ".join(f"{item.uri} has {item.span}" for item in objects)
        raise NoWaveformError(f"no samples of {window}: {spans}")
    # A copy, as the slice would keep the whole day in memory.
    trace.data = trace.data.copy() if missing.any() else np.array(trace.data)
    warnings = tuple(warning for item in objects for warning in item.warnings)
    return Answer(window, trace=trace, warnings=warnings)


def _trim(merged: Trace, window: Window) -> Trace:
    """What `Stream.trim` leaves of a trace; perhaps no samples. The data is not copied."""
    stream = Stream([Trace(merged.data, merged.stats)])
    try:
        stream.trim(window.starttime, window.endtime)
    except ValueError:  # how it meets a window that lies just between two samples
        stream.clear()
    return stream[0] if stream else Trace(merged.data[:0])


class _Shelf:
    """The day objects of one request, each fetched once, and what was merged of them."""

    def __init__(self, bucket: str, folder: Path) -> None:
        self._bucket = bucket
        self._folder = folder
        self._objects: dict[tuple[ChannelId, Day], DayObject | ServiceError] = {}
        self._merged: dict[tuple[Day, ...], Trace] = {}

    def forget_all_but(self, channel: ChannelId, since: Day) -> None:
        """Drop other channels' objects, and those of days before `since`."""
        stale = [key for key in self._objects if key[0] != channel or key[1] < since]
        for key in stale:
            del self._objects[key]
        if stale:
            self._merged.clear()

    def merged(self, window: Window) -> tuple[Trace, list[DayObject]]:
        """The window's days as one trace, missing samples masked, and the objects it came from.

        Raises:
            NoWaveformError: none of the days has an object.
            TooLargeError: the window has more samples than a reply can hold.
            UnreadableObjectError: the segments do not fit together.
            UpstreamError: one of the objects could not be read.
        """
        objects = list(self._days_with_data(window))
        segments = [trace for item in objects for trace in item.stream]
        if len({_kind(trace) for trace in segments}) > 1:
            return _merge(_touching(segments, window), window), objects
        if window.days not in self._merged:
            self._merged[window.days] = _merge(segments, window)
        return self._merged[window.days], objects

    def _days_with_data(self, window: Window) -> Iterator[DayObject]:
        absent: list[NoDataError] = []
        found_so_far: list[DayObject] = []
        for day in window.days:
            found = self._fetch(window.channel, day)
            if isinstance(found, NoDataError):
                absent.append(found)
            elif isinstance(found, ServiceError):
                raise found
            else:
                found_so_far.append(found)
                _check_length(window, found_so_far)
                yield found
        if len(absent) == len(window.days):
            raise (
                absent[0]
                if len(absent) == 1
                else NoWaveformError(
                    f"no samples of {window}: " + "; ".join(error.message for error in absent)
                )
            )

    def _fetch(self, channel: ChannelId, day: Day) -> DayObject | ServiceError:
        """The day's object, or the error that every window which needs it will get."""
        if (channel, day) not in self._objects:
            self._objects[channel, day] = self._read(channel, day)
        return self._objects[channel, day]

    def _read(self, channel: ChannelId, day: Day) -> DayObject | ServiceError:
        try:
            path = download_day(self._bucket, channel, day, self._folder)
            try:
                return read_day(self._bucket, channel, day, path)
            finally:
                path.unlink()
        except (NoDataError, UpstreamError) as error:
            return error


def _merge(segments: list[Trace], window: Window) -> Trace:
    """Segments as one trace, as `Stream.merge()` makes it of them."""
    kinds = sorted({_kind(trace) for trace in segments})
    if len(kinds) > 1:
        raise UnreadableObjectError(
            f"the segments of {window} differ in sampling rate or sample type: "
            + ", ".join(f"{rate} Hz {dtype}" for rate, dtype in kinds)
        )
    return Stream(segments).copy().merge()[0]


def _touching(segments: list[Trace], window: Window) -> list[Trace]:
    """The segments that the window touches, all of them if it touches none.

    Those of a day may differ in sampling rate or sample type, and cannot be one trace then. It is
    enough that those do not which the window needs.
    """
    return [
        trace
        for trace in segments
        if trace.stats.starttime <= window.endtime and trace.stats.endtime >= window.starttime
    ] or segments


def _kind(trace: Trace) -> tuple[float, str]:
    return trace.stats.sampling_rate, str(trace.data.dtype)


def _check_length(window: Window, objects: list[DayObject]) -> None:
    """Refuse a window of too many samples, missing ones included, before more days are read."""
    stats = [trace.stats for item in objects for trace in item.stream]
    start = max(window.starttime, min(item.starttime for item in stats))
    end = min(window.endtime, max(item.endtime for item in stats))
    sampling_rate = max(item.sampling_rate for item in stats)
    samples = int((end - start) * sampling_rate) + 1
    if samples > MAX_SAMPLES:
        raise TooLargeError(
            f"{window} has {samples:,} samples or more at {sampling_rate} Hz: no reply can hold"
            f" more than {MAX_SAMPLES:,}, ask for at most {MAX_SAMPLES / sampling_rate:,.0f} s",
            samples=samples,
            limit=MAX_SAMPLES,
        )


def find_gaps(trace: Trace, window: Window) -> list[dict[str, Any]]:
    """The spans of a window that have no samples, those at its ends included.

    Args:
        trace: the window's samples; missing ones between its ends are masked.
        window: what was asked for.

    Returns:
        For each span in order: the times of its first and its last missing sample, on the trace's
        own sampling grid, and how many are missing.
    """
    stats = trace.stats
    before = _samples_between(window.starttime, stats.starttime, stats.sampling_rate)
    after = _samples_between(stats.endtime, window.endtime, stats.sampling_rate)
    missing = np.concatenate(([False], np.ma.getmaskarray(trace.data), [False]))
    edges = np.flatnonzero(missing[1:] != missing[:-1])
    spans = [(int(first), int(end)) for first, end in edges.reshape(-1, 2)]
    if before:
        spans.insert(0, (-before, 0))
    if after:
        spans.append((stats.npts, stats.npts + after))
    return [
        {
            "starttime": format_time(stats.starttime + first * stats.delta),
            "endtime": format_time(stats.starttime + (end - 1) * stats.delta),
            "samples": end - first,
        }
        for first, end in spans
    ]


def _samples_between(first: UTCDateTime, last: UTCDateTime, sampling_rate: float) -> int:
    """Whole sample intervals from `first` to `last`; 0 if `last` is before."""
    # A millionth of an interval is for the rounding of times to nanoseconds.
    return max(0, int((last.ns - first.ns) * 1e-9 * sampling_rate + 1e-6))


def _codes(channel: ChannelId) -> dict[str, str]:
    return {
        "network": channel.network,
        "station": channel.station,
        "channel": channel.channel,
        "location": channel.location,
    }
