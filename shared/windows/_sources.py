"""The objects that the windows of a request are read from, and the guard around each window."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from shared import guard
from shared.waveforms.day_readers import DayReaders
from shared.windows._task import WindowTask

if TYPE_CHECKING:
    from shared.stations.inventories import Inventories


@dataclass(frozen=True)
class Sources:
    """The objects of the archive that a request needs.

    Attributes:
        readers: of the day objects.
        inventories: of the channels; None for counts.
    """

    readers: DayReaders
    inventories: "Inventories | None" = None

    @contextmanager
    def attempt(self, task: WindowTask) -> Iterator[None]:
        """Make any exception the result of its window, so that the other windows are answered.

        If the exception casts doubt on the window's objects, all that is remembered of them is
        forgotten.
        """
        with guard.attempt(task.window) as outcome:
            yield
        if outcome.in_doubt:
            self.readers.forget(task.channel_days)
            if self.inventories:
                self.inventories.forget(task.window.channel)
        if outcome.error:
            task.fail(outcome.error)
