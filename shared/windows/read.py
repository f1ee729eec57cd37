"""Time windows in, waveforms out."""

from collections import Counter, defaultdict
from collections.abc import Sequence

import numpy as np
from obspy import Stream

from shared.errors import (
    NoDataError,
    NoWaveformError,
    ServiceError,
    UnreadableObjectError,
)
from shared.response.parameters import ENCODINGS, RemovalParameters
from shared.waveforms.day_readers import DayReaders, Name
from shared.waveforms.read_day import DayWaveform
from shared.waveforms.segments import TimeSpan
from shared.windows.limits import (
    MAX_SAMPLES,
    check_objects,
    check_sum,
    too_many,
)
from shared.windows.merge import window_trace
from shared.windows.plan import (
    WindowTask,
    batches,
    forget_frames,
    no_samples,
    plan_removals,
    refuse_large,
)
from shared.windows.request import Window
from shared.windows.result import WindowResult


def read_windows(
    windows: Sequence[Window],
    bucket: str,
    removal: RemovalParameters | None = None,
    whole: bool = False,
    most_samples: int = MAX_SAMPLES,
) -> list[WindowResult]:
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
    tasks = [WindowTask(window) for window in windows]
    objects = DayReaders(bucket, whole)
    names = dict.fromkeys(name for task in tasks for name in task.names)
    check_objects(len(names))
    objects.look(names)
    refuse_large(tasks, objects, most_samples)
    if removal:
        # Loaded only where it is asked for: ObsPy's signal processing takes longer than all else.
        from shared.stations.inventories import Inventories

        plan_removals(tasks, objects, Inventories(bucket), removal)
    # Windows of a channel side by side, so that few objects are decoded at a time.
    tasks_left = sorted((task for task in tasks if not task.result), key=lambda task: task.names)
    uses = Counter(name for task in tasks_left for name in task.names)
    samples = 0
    for batch in batches(tasks_left):
        spans: defaultdict[Name, list[TimeSpan]] = defaultdict(list)
        for task in batch:
            for name in task.names:
                spans[name].append(task.span)
        objects.read_ahead(spans)
        for task in batch:
            try:
                task.result = _answer(task, objects)
            except ServiceError as error:
                task.fail(error)
            if task.result and task.result.samples > most_samples:  # than there seemed to be
                task.fail(too_many(task.window, task.result.samples, most_samples))
            samples += task.result.samples if task.result else 0
            check_sum(samples, len(tasks), most_samples)
            for name in task.names:
                uses[name] -= 1
                if not uses[name]:
                    objects.forget(name)
    return [task.result for task in tasks if task.result]


def _answer(task: WindowTask, objects: DayReaders) -> WindowResult:
    window, removal = task.window, task.removal
    found, reach = _read(task, objects)
    warnings = [warning for item in found for warning in item.warnings]
    segments = [trace for item in found for trace in item.stream]
    report = None
    if removal:
        from shared.windows.ground_motion import ground_motion

        segments, report, notes = ground_motion(window, Stream(segments), removal)
        warnings += [*notes, *report.warnings]
    spans = [f"{item.uri} has {item.span}" for item in found]
    if not segments:
        raise NoWaveformError(f"no samples of {window}: {'; '.join(spans)}")
    trace = window_trace(window, segments, reach)
    if np.ma.getmaskarray(trace.data).all():
        raise NoWaveformError(f"no samples of {window}: {'; '.join(spans)}")
    if not (removal and report):
        return WindowResult(window, trace, warnings=tuple(warnings))
    trace.data = trace.data.astype(ENCODINGS[removal.parameters.encoding])
    return WindowResult(window, trace, None, tuple(warnings), report, removal.parameters)


def _read(task: WindowTask, objects: DayReaders) -> tuple[list[DayWaveform], TimeSpan]:
    """What the objects have of a window, and the times of their first and last samples."""
    found: list[DayWaveform] = []
    absent: list[NoDataError] = []
    reaches: list[TimeSpan] = []
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
            forget_frames(error)
            absent.append(error)
        except UnreadableObjectError:
            if name[1] in own_days:
                raise
            # What is around the window is less, which is told.
    if not found or not reaches:
        raise no_samples(task.window, absent)
    return found, (min(first for first, _ in reaches), max(last for _, last in reaches))
