"""Plan how time windows are answered: which objects, which batches, how responses are removed."""

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from shared.archive.time import days_between
from shared.errors import (
    NoDataError,
    NoWaveformError,
    ServiceError,
    UpstreamError,
)
from shared.response.parameters import RemovalParameters
from shared.waveforms.day_readers import DayReaders, Name
from shared.waveforms.segments import TimeSpan
from shared.windows.limits import (
    check_motion,
    check_objects,
    check_sum,
    too_many,
    upper_bound,
)
from shared.windows.request import Window
from shared.windows.result import WindowResult

if TYPE_CHECKING:
    from shared.stations.inventories import Inventories
    from shared.windows.ground_motion import RemovalPlan


logger = logging.getLogger(__name__)

_AHEAD = 64
"""How many objects are read before their windows are answered: what is read waits in memory."""


@dataclass
class WindowTask:
    """A window that is being answered.

    Attributes:
        window: what was asked for.
        removal: how its response is to be removed; None is counts.
        result: what became of it; None as long as that is open.
    """

    window: Window
    removal: "RemovalPlan | None" = None
    result: WindowResult | None = None

    @property
    def span(self) -> TimeSpan:
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
        forget_frames(error)
        self.result = WindowResult(self.window, error=error)


def forget_frames(error: BaseException | None) -> None:
    """Take the frames off an error that is kept: they hold whole days of samples."""
    while error is not None:
        error.__traceback__ = None
        error = error.__cause__ or error.__context__


def refuse_large(tasks: Sequence[WindowTask], objects: DayReaders, most: int) -> None:
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


def plan_removals(
    tasks: Sequence[WindowTask],
    objects: DayReaders,
    stations: "Inventories",
    removal: RemovalParameters,
) -> None:
    """Decide how each window's response is removed.

    Raises:
        TooLargeError: that would be too much.
    """
    from shared.windows.ground_motion import plan_removal

    open_tasks = [task for task in tasks if not task.result]
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


def _sampling_rate(task: WindowTask, objects: DayReaders) -> float:
    """The sampling rate of the first object that a window has, in Hz."""
    absent: list[NoDataError] = []
    for name in task.names:
        try:
            records = objects.records(name)
            if records.sampling_rate is None:  # its first record does not tell
                records.read(*task.span)
        except NoDataError as error:
            forget_frames(error)
            absent.append(error)
        else:
            if records.sampling_rate is not None:
                return records.sampling_rate
    raise no_samples(task.window, absent)


def batches(tasks: Sequence[WindowTask]) -> Iterator[list[WindowTask]]:
    """Some tasks at a time, in order."""
    batch: list[WindowTask] = []
    names: set[Name] = set()
    for task in tasks:
        if batch and len(names | set(task.names)) > _AHEAD:
            yield batch
            batch, names = [], set()
        batch.append(task)
        names |= set(task.names)
    if batch:
        yield batch


def no_samples(window: Window, absent: Sequence[NoDataError]) -> NoDataError:
    """The error of a window whose days have nothing of it."""
    if len(absent) == 1:
        return absent[0]
    return NoWaveformError(
        f"no samples of {window}: {'; '.join(error.message for error in absent)}"
    )
