"""Time windows in, waveforms out."""

import logging
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from obspy import Stream

from shared.day_objects import DayObjects, Name
from shared.errors import (
    NoDataError,
    NoWaveformError,
    ServiceError,
    UnreadableObjectError,
    UpstreamError,
)
from shared.removal_parameters import ENCODINGS, RemovalParameters
from shared.spans import Span
from shared.times import days_between
from shared.waveforms import DayObject
from shared.window_answer import Answer
from shared.window_limits import (
    MAX_SAMPLES,
    check_motion,
    check_objects,
    check_sum,
    too_many,
    upper_bound,
)
from shared.window_request import Window, parse_windows
from shared.window_samples import window_trace

if TYPE_CHECKING:
    from shared.window_motion import Removal
    from shared.window_stations import Stations

__all__ = ["MAX_SAMPLES", "Answer", "parse_windows", "read_windows"]

logger = logging.getLogger(__name__)

_AHEAD = 64
"""How many objects are read before their windows are answered: what is read waits in memory."""


@dataclass
class _Task:
    """A window that is being answered.

    Attributes:
        window: what was asked for.
        removal: how its response is to be removed; None is counts.
        answer: what became of it; None as long as that is open.
    """

    window: Window
    removal: "Removal | None" = None
    answer: Answer | None = None

    @property
    def span(self) -> Span:
        """What is needed of the channel."""
        if self.removal:
            return self.removal.span(self.window)
        return self.window.starttime, self.window.endtime

    @property
    def names(self) -> list[Name]:
        """The objects that are needed."""
        return [(self.window.channel, day) for day in days_between(*self.span)]

    def fail(self, error: ServiceError) -> None:
        """Answer the window by an error."""
        if isinstance(error, UpstreamError):
            logger.warning("%s: %s", self.window, error.message, exc_info=error)
        _forget_frames(error)
        self.answer = Answer(self.window, error=error)


def read_windows(
    windows: Sequence[Window],
    bucket: str,
    removal: RemovalParameters | None = None,
    whole: bool = False,
    most_samples: int = MAX_SAMPLES,
) -> list[Answer]:
    """Answer each window, in the order of the request.

    Only the records that the windows need are read; windows on the same object share them, and
    objects are read side by side. Nothing is read of windows that are too much for an answer, but
    the first and last records of their objects.

    Args:
        windows: what is asked for.
        bucket: the archive.
        removal: how to remove the response; None is counts.
        whole: whether to read whole objects, in which records that are out of order cannot hide.
        most_samples: of all windows together, missing ones included.

    Raises:
        TooLargeError: the windows together have more samples than that, or need too many objects.
    """
    tasks = [_Task(window) for window in windows]
    objects = DayObjects(bucket, whole)
    names = dict.fromkeys(name for task in tasks for name in task.names)
    check_objects(len(names))
    objects.look(names)
    _refuse(tasks, objects, most_samples)
    if removal:
        # Loaded only where it is asked for: ObsPy's signal processing takes longer than all else.
        from shared.window_stations import Stations

        _plan(tasks, objects, Stations(bucket), removal)
    # Windows of a channel side by side, so that few objects are decoded at a time.
    tasks_left = sorted((task for task in tasks if not task.answer), key=lambda task: task.names)
    uses = Counter(name for task in tasks_left for name in task.names)
    samples = 0
    for batch in _batches(tasks_left):
        spans: defaultdict[Name, list[Span]] = defaultdict(list)
        for task in batch:
            for name in task.names:
                spans[name].append(task.span)
        objects.read_ahead(spans)
        for task in batch:
            try:
                task.answer = _answer(task, objects)
            except ServiceError as error:
                task.fail(error)
            if task.answer and task.answer.samples > most_samples:  # than there seemed to be
                task.fail(too_many(task.window, task.answer.samples, most_samples))
            samples += task.answer.samples if task.answer else 0
            check_sum(samples, len(tasks), most_samples)
            for name in task.names:
                uses[name] -= 1
                if not uses[name]:
                    objects.forget(name)
    return [task.answer for task in tasks if task.answer]


def _forget_frames(error: BaseException | None) -> None:
    """Take the frames off an error that is kept: they hold whole days of samples."""
    while error is not None:
        error.__traceback__ = None
        error = error.__cause__ or error.__context__


def _refuse(tasks: Sequence[_Task], objects: DayObjects, most: int) -> None:
    """Answer windows that alone have too many samples, before any is read.

    Raises:
        TooLargeError: the others together have too many.
    """
    counts = [upper_bound(task.window, objects) for task in tasks]
    if sum(counts) > most:
        objects.confirm()  # no window is refused by what an object once was
        present = ([name for name in task.names if not objects.failed(name)] for task in tasks)
        objects.look_at_ends({names[-1] for names in present if names})
        counts = [upper_bound(task.window, objects) for task in tasks]
    for task, count in zip(tasks, counts, strict=True):
        if count > most:
            task.fail(too_many(task.window, count, most))
    check_sum(sum(count for count in counts if count <= most), len(tasks), most)


def _plan(
    tasks: Sequence[_Task], objects: DayObjects, stations: "Stations", removal: RemovalParameters
) -> None:
    """Decide how each window's response is removed.

    Raises:
        TooLargeError: that would be too much.
    """
    from shared.window_motion import plan_removal

    open_tasks = [task for task in tasks if not task.answer]
    stations.read_ahead({task.window.channel for task in open_tasks})
    samples = 0.0
    for task in open_tasks:
        try:
            rate = _sampling_rate(task, objects)
            inventory = stations.inventory(task.window.channel)
            task.removal = plan_removal(task.window, rate, inventory, removal)
            samples += (task.span[1] - task.span[0]) * rate
        except ServiceError as error:
            task.fail(error)
    check_motion(samples)
    check_objects(len({name for task in open_tasks for name in task.names}))


def _sampling_rate(task: _Task, objects: DayObjects) -> float:
    """The sampling rate of the first object that a window has, in Hz."""
    absent: list[NoDataError] = []
    for name in task.names:
        try:
            records = objects.records(name)
            if records.sampling_rate is None:  # its first record does not tell
                records.read(*task.span)
        except NoDataError as error:
            _forget_frames(error)
            absent.append(error)
        else:
            if records.sampling_rate is not None:
                return records.sampling_rate
    raise _no_samples(task.window, absent)


def _batches(tasks: Sequence[_Task]) -> Iterator[list[_Task]]:
    """Some tasks at a time, in order."""
    batch: list[_Task] = []
    names: set[Name] = set()
    for task in tasks:
        if batch and len(names | set(task.names)) > _AHEAD:
            yield batch
            batch, names = [], set()
        batch.append(task)
        names |= set(task.names)
    if batch:
        yield batch


def _answer(task: _Task, objects: DayObjects) -> Answer:
    window, removal = task.window, task.removal
    found, reach = _read(task, objects)
    warnings = [warning for item in found for warning in item.warnings]
    segments = [trace for item in found for trace in item.stream]
    outcome = None
    if removal:
        from shared.window_motion import ground_motion

        segments, outcome, notes = ground_motion(window, Stream(segments), removal)
        warnings += [*notes, *outcome.warnings]
    spans = [f"{item.uri} has {item.span}" for item in found]
    if not segments:
        raise NoWaveformError(f"no samples of {window}: {'; '.join(spans)}")
    trace = window_trace(window, segments, reach)
    if np.ma.getmaskarray(trace.data).all():
        raise NoWaveformError(f"no samples of {window}: {'; '.join(spans)}")
    if not (removal and outcome):
        return Answer(window, trace, warnings=tuple(warnings))
    trace.data = trace.data.astype(ENCODINGS[removal.parameters.encoding])
    return Answer(window, trace, None, tuple(warnings), outcome, removal.parameters)


def _read(task: _Task, objects: DayObjects) -> tuple[list[DayObject], Span]:
    """What the objects have of a window, and the times of their first and last samples."""
    found: list[DayObject] = []
    absent: list[NoDataError] = []
    reaches: list[Span] = []
    own_days = task.window.days
    for name in task.names:
        try:
            records = objects.records(name)
            try:
                found.append(records.read(*task.span))
            finally:
                # The grid is that of the window's own days, whatever is read around it.
                if records.reach and name[1] in own_days:
                    reaches.append(records.reach)
        except NoDataError as error:
            _forget_frames(error)
            absent.append(error)
        except UnreadableObjectError:
            if name[1] in own_days:
                raise
            # What is around the window is less, which is told.
    if not found or not reaches:
        raise _no_samples(task.window, absent)
    return found, (min(first for first, _ in reaches), max(last for _, last in reaches))


def _no_samples(window: Window, absent: Sequence[NoDataError]) -> NoDataError:
    """The error of a window whose days have nothing of it."""
    if len(absent) == 1:
        return absent[0]
    return NoWaveformError(
        f"no samples of {window}: {'; '.join(error.message for error in absent)}"
    )
