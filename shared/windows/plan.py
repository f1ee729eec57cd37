"""Plan before any samples are read: windows to refuse, removal plans, batches."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from shared import telemetry
from shared.archive.archive import Archive
from shared.archive.time import count_days, days_between
from shared.errors import BadRequestError, NoDataError
from shared.response.parameters import RemovalParameters
from shared.waveforms.day_readers import ChannelDay, DayReaders
from shared.waveforms.segments import TimeSpan
from shared.windows._sources import Sources
from shared.windows._task import WindowTask, drop_frames, no_samples
from shared.windows.cost import Removal, Work, common_work, window_works
from shared.windows.limits import (
    MAX_CORRECTED_SAMPLES,
    check_corrected_samples,
    check_total_samples,
    sample_bound,
    window_too_large,
)
from shared.windows.reads import Reads, object_reads
from shared.windows.request_limits import (
    check_channel_days,
    check_object_count,
    check_s3_requests,
)

if TYPE_CHECKING:
    from shared.stations.inventories import Inventories
    from shared.windows.ground_motion import RemovalPlan

_BATCH_OBJECTS = 64
"""Day objects read ahead for one batch: their records wait in memory until decoded."""


def plan_requests(tasks: Sequence[WindowTask], archive: Archive, removal: Removal | None) -> Reads:
    """Refuse windows that need too much of the archive by the request alone.

    Args:
        tasks: the windows.
        archive: the archive.
        removal: of the response; None for counts.

    Returns:
        How each day object is read; an estimate.

    Raises:
        TooLargeError: the windows need too many channel days, objects or requests to S3.
    """
    margin_s = removal.margin_s if removal else 0.0
    widened = [_widened(task, margin_s) for task in tasks]
    check_channel_days(sum(count_days(*span) for span in widened))
    spans = [
        ((task.window.channel, day), span)
        for task, span in zip(tasks, widened, strict=True)
        for day in days_between(*span)
    ]
    check_object_count(len({name for name, _ in spans}))
    reads = object_reads(spans)
    names = {(task.window.channel.network, task.window.channel.station) for task in tasks}
    keys = sum(len(archive.stationxml_keys(*name)) for name in names) if removal else 0
    check_s3_requests(sum(reads.requests.values()) + keys)
    return reads


def _widened(task: WindowTask, margin_s: float) -> TimeSpan:
    start, end = task.span
    return start - margin_s, end + margin_s


def refuse_large(tasks: Sequence[WindowTask], sources: Sources, max_samples: int) -> list[int]:
    """Look at the first records of all days, and fail each window that has too many samples.

    Returns:
        The most samples that each window may have.

    Raises:
        TooLargeError: the others together have too many samples.
    """
    readers = sources.readers
    channel_days = dict.fromkeys(name for task in tasks for name in task.channel_days)
    readers.read_first_records(channel_days)
    bounds = [_sample_bound(task, sources) for task in tasks]
    if sum(bounds) > max_samples:
        readers.confirm()  # never refuse on records that a warm container remembers
        present = ([name for name in t.channel_days if not readers.has_failed(name)] for t in tasks)
        readers.read_last_records({names[-1] for names in present if names})
        bounds = [_sample_bound(task, sources) for task in tasks]
    for task, bound in zip(tasks, bounds, strict=True):
        if bound > max_samples:
            task.fail(window_too_large(task.window, bound, max_samples))
    total = sum(bound for bound in bounds if bound <= max_samples)
    check_total_samples(total, len(tasks), max_samples)
    return bounds


def refuse_slow(
    tasks: Sequence[WindowTask],
    readers: DayReaders,
    reads: Reads,
    bounds: Sequence[int],
    removal: Removal | None,
) -> None:
    """Fail each window that takes too long by itself, by the estimate of `shared.windows.cost`.

    Args:
        tasks: the windows.
        readers: of their days; the first records are known.
        reads: of these days.
        bounds: the most samples that each window may have.
        removal: of the response; None for counts.

    Raises:
        TooLargeError: the others together take too long.
    """

    def total() -> Work:
        return Work.of_all([*works, common_work(tasks, readers, reads, removal)])

    works = window_works(tasks, readers, bounds, removal)
    if not total().is_too_much:
        return
    readers.confirm()  # never refuse on records that a warm container remembers
    works = window_works(tasks, readers, bounds, removal)
    for number, task in enumerate(tasks):
        if works[number].is_too_much:
            task.fail(works[number].error(str(task.window)))
            works[number] = Work()
    total().check()


def _sample_bound(task: WindowTask, sources: Sources) -> int:
    """Return an upper bound for a window's samples; 0 if it fails, as it then has none."""
    bound = 0
    if not task.result:
        with sources.attempt(task):
            bound = sample_bound(task.window, sources.readers)
    return bound


@telemetry.step("stationxml")
def plan_removals(
    tasks: Sequence[WindowTask],
    sources: Sources,
    inventories: "Inventories",
    parameters: RemovalParameters,
) -> None:
    """Plan the response removal of each window that has not failed.

    Raises:
        TooLargeError: with their margins, the windows have too many samples or need too many days.
    """
    open_tasks = [task for task in tasks if not task.result]
    readers = sources.readers
    for task in open_tasks:
        with sources.attempt(task):
            _sampling_rate(task, readers)  # without any data, no metadata are needed
    planned = [task for task in open_tasks if not task.result]
    inventories.prefetch({task.window.channel for task in planned})
    for task in planned:
        with sources.attempt(task):
            task.removal = _plan_removal(task, readers, inventories, parameters)
    samples = _corrected_samples(planned, sources)
    if samples > MAX_CORRECTED_SAMPLES:
        readers.confirm()  # never refuse on records that a warm container remembers
        samples = _corrected_samples(planned, sources)
    check_corrected_samples(samples)
    names = {name for task in planned if not task.result for name in task.channel_days}
    check_object_count(len(names))


def _plan_removal(
    task: WindowTask,
    readers: DayReaders,
    inventories: "Inventories",
    parameters: RemovalParameters,
) -> "RemovalPlan":
    from shared.windows.ground_motion import plan_removal

    window, rate = task.window, _sampling_rate(task, readers)
    inventory = inventories.inventory(window.channel)
    try:
        return plan_removal(window, rate, inventory, parameters)
    except BadRequestError:
        # The rate may be one that a warm container remembers.
        readers.confirm(task.channel_days)
        confirmed = _sampling_rate(task, readers)
        if confirmed == rate:
            raise
        return plan_removal(window, confirmed, inventory, parameters)


def _corrected_samples(tasks: Sequence[WindowTask], sources: Sources) -> float:
    """Return the number of samples that response removal takes, margins included."""
    samples = 0.0
    for task in tasks:
        if not task.result:
            with sources.attempt(task):
                own = _samples_with_margins(task, sources.readers)
                check_corrected_samples(own)
                samples += own
    return samples


def _samples_with_margins(task: WindowTask, readers: DayReaders) -> float:
    start, end = task.span
    samples: float = (end - start) * _sampling_rate(task, readers)
    if samples > MAX_CORRECTED_SAMPLES:
        readers.confirm(task.channel_days)  # they may be those that a container remembers
        samples = (end - start) * _sampling_rate(task, readers)
    return samples


def _sampling_rate(task: WindowTask, readers: DayReaders) -> float:
    """Return the sampling rate of the window's first day that has one, in Hz."""
    absent: list[NoDataError] = []
    for name in task.channel_days:
        try:
            reader = readers.reader(name)
            if reader.sampling_rate is None:  # the first record's header does not give it
                readers.read(name, *task.span)
        except NoDataError as error:
            drop_frames(error)
            absent.append(error)
        else:
            if reader.sampling_rate is not None:
                return reader.sampling_rate
    raise no_samples(task.window, absent)


def batches(tasks: Sequence[WindowTask]) -> Iterator[list[WindowTask]]:
    """Split tasks, in order, into batches of at most `_BATCH_OBJECTS` days, or of one task."""
    batch: list[WindowTask] = []
    channel_days: set[ChannelDay] = set()
    for task in tasks:
        if batch and len(channel_days | set(task.channel_days)) > _BATCH_OBJECTS:
            yield batch
            batch, channel_days = [], set()
        batch.append(task)
        channel_days |= set(task.channel_days)
    if batch:
        yield batch
