"""Read time windows from the archive."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import replace

from obspy import Stream

from shared import machine, telemetry
from shared.archive.archive import Archive
from shared.errors import NoWaveformError
from shared.response.parameters import ENCODINGS, RemovalParameters
from shared.waveforms.day_readers import ChannelDay, DayReaders
from shared.waveforms.reasons import conflicts
from shared.waveforms.segments import TimeSpan
from shared.windows._budget import Budget
from shared.windows._failures import report
from shared.windows._sources import Sources
from shared.windows._task import WindowTask
from shared.windows.cost import Removal
from shared.windows.days import read_days
from shared.windows.limits import MAX_SAMPLES, check_total_samples
from shared.windows.merge import merge_segments, window_counts
from shared.windows.plan import (
    batches,
    plan_removals,
    plan_requests,
    refuse_large,
    refuse_slow,
)
from shared.windows.request import MalformedWindow, Window
from shared.windows.result import WindowResult


@machine.named_faults()
@telemetry.step("read")
def read_windows(
    windows: Sequence[Window | MalformedWindow],
    archive: Archive,
    removal: RemovalParameters | None = None,
    whole: bool = False,
    max_samples: int = MAX_SAMPLES,
) -> list[WindowResult]:
    """Read time windows, as counts or as ground motion.

    Only the records that the windows need are fetched. Windows on the same day share them, and
    days are fetched in parallel. Of a window with too many samples, only the first records of
    its days and the last records of its last day are read.

    Args:
        windows: the windows; a malformed one keeps its error.
        archive: the archive to read from, such as `input_archive()`.
        removal: how to remove the response; None leaves counts.
        whole: whether to read whole objects, so that no record stored out of order is missed.
        max_samples: the limit for all windows together, missing samples included.

    Returns:
        One result for each window, in order.

    Raises:
        TooLargeError: the windows together have more samples than that, need too much of the
            archive, or take too long; see `shared.limits`.
    """
    telemetry.count_windows(len(windows))
    budget = Budget()
    tasks = [WindowTask(window) for window in windows if isinstance(window, Window)]
    readers = DayReaders(archive, whole)
    sources = Sources(readers)
    known = _known_removal(removal) if removal else None
    reads = plan_requests(tasks, archive, known)
    bounds = refuse_large(tasks, sources, max_samples)
    refuse_slow(tasks, readers, reads, bounds, known)
    if removal:
        from shared.stations.inventories import Inventories  # counts do without

        inventories = Inventories(archive)
        sources = Sources(readers, inventories)
        plan_removals(tasks, sources, inventories, removal)
        refuse_slow(tasks, readers, reads, bounds, known)
    _read_tasks(tasks, sources, max_samples, budget)
    for window in windows:
        if isinstance(window, MalformedWindow):
            telemetry.count_failure(window.error)
    report(tasks)
    results = iter([task.result for task in tasks if task.result])
    return [
        next(results) if isinstance(w, Window) else WindowResult(w, None, w.error) for w in windows
    ]


def _known_removal(removal: RemovalParameters) -> Removal:
    from shared.windows.ground_motion import least_margin_s  # counts do without

    return Removal(least_margin_s(removal), removal.method == "obspy")


def _read_tasks(
    tasks: Sequence[WindowTask], sources: Sources, max_samples: int, budget: Budget
) -> None:
    """Read all windows that have not failed; drop each day after its last window."""
    readers = sources.readers
    # Windows of a channel follow one another in time, so that they share decoded records, and few
    # of these are in memory at a time.
    open_tasks = [task for task in tasks if not task.result]
    open_tasks.sort(key=lambda task: (task.window.channel.nscl, task.span[0].ns))
    uses = Counter(name for task in open_tasks for name in task.channel_days)
    samples, done = 0, len(tasks) - len(open_tasks)
    for batch in batches(open_tasks):
        if not budget.is_over():
            _prefetch(batch, readers)
        for task in batch:
            if budget.is_over():
                # S3 itself may have taken all of the time.
                failure = readers.failure(task.channel_days)
                task.fail(failure or budget.error(done, len(tasks)))
                continue
            done += 1
            with budget.window():
                samples += _read_task(task, sources, max_samples, budget)
            check_total_samples(samples, len(tasks), max_samples)
            uses.subtract(task.channel_days)
            for name in (*task.channel_days, *task.adjacent_days):
                if not uses[name]:
                    readers.drop(name)


def _prefetch(batch: Sequence[WindowTask], readers: DayReaders) -> None:
    spans: defaultdict[ChannelDay, list[TimeSpan]] = defaultdict(list)
    for task in batch:
        for name in task.channel_days:
            spans[name].append(task.span)
    readers.prefetch(spans)


def _read_task(task: WindowTask, sources: Sources, max_samples: int, budget: Budget) -> int:
    """Set a window's result; return the number of its samples, 0 if it failed."""
    with sources.attempt(task):
        result = _read_window(task, sources.readers, max_samples, budget)
        task.result = replace(result, inventory=task.removal.inventory) if task.removal else result
    return task.result.samples if task.result else 0


def _read_window(
    task: WindowTask, readers: DayReaders, max_samples: int, budget: Budget
) -> WindowResult:
    window, removal = task.window, task.removal
    read = read_days(task, readers)
    days = read.waveforms
    warnings = [*read.warnings, *(warning for day in days for warning in day.warnings)]
    segments = [trace for day in days for trace in day.stream]
    budget.check_segments(len(segments), window)
    empty = (*conflicts(segments), *(e for day in days for e in day.empty))
    report = None
    if removal:
        from shared.response.rounding import check_range, describe_rounding
        from shared.windows.ground_motion import ground_motion

        encoding = ENCODINGS[removal.parameters.encoding]
        stream, report = ground_motion(window, Stream(segments), removal)
        messages = list(report.warnings)
        if stream and removal.parameters.encoding == "FLOAT32":
            check_range(stream, report.units)
            messages += describe_rounding(stream, report)
        for trace in stream:
            trace.data = trace.data.astype(encoding)
    else:
        stream, messages = window_counts(window, segments)
    merged = merge_segments(window, stream, read.extent, max_samples)
    if merged is None:
        spans = "; ".join(f"{day.uri} has {day.span}" for day in days)
        raise NoWaveformError(f"no samples of {window}: {spans}")
    notes = (*warnings, *messages)
    parameters = removal.parameters if removal else None
    return WindowResult(window, merged[0], None, notes, report, parameters, empty, merged[1])
