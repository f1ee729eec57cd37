"""A time window on its way from the request to its result."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from shared.archive.time import days_between
from shared.errors import NoDataError, NoWaveformError, ServiceError
from shared.waveforms.day_readers import ChannelDay
from shared.waveforms.segments import TimeSpan
from shared.windows.request import Window
from shared.windows.result import WindowResult

if TYPE_CHECKING:
    from shared.windows.ground_motion import RemovalPlan


@dataclass
class WindowTask:
    """A window, its removal plan, and its result.

    Attributes:
        window: the window.
        removal: how to remove the response; None leaves counts.
        result: the samples or the error; None until the window is read.
    """

    window: Window
    removal: "RemovalPlan | None" = None
    result: WindowResult | None = None
    _days: tuple["RemovalPlan | None", list[ChannelDay]] | None = field(
        default=None, init=False, repr=False
    )

    @property
    def span(self) -> TimeSpan:
        """The time span to read: the window, with the margins of its response removal."""
        if self.removal:
            return self.removal.span(self.window)
        return self.window.starttime, self.window.endtime

    @property
    def channel_days(self) -> list[ChannelDay]:
        """The days to read, in order."""
        if self._days is None or self._days[0] is not self.removal:
            days = [(self.window.channel, day) for day in days_between(*self.span)]
            self._days = self.removal, days
        return self._days[1]

    @property
    def adjacent_days(self) -> list[ChannelDay]:
        """The days just before and after those to read, which may have samples at midnight."""
        days = self.channel_days
        channel = self.window.channel
        return [(channel, days[0][1].previous), (channel, days[-1][1].next)]

    def fail(self, error: ServiceError) -> None:
        """Make an error the window's result."""
        drop_frames(error)
        self.result = WindowResult(self.window, error=error)


def drop_frames(error: BaseException | None) -> None:
    """Drop the stack frames of an error that is kept, as they hold whole days of samples."""
    while error is not None:
        error.__traceback__ = None
        error = error.__cause__ or error.__context__


def no_samples(window: Window, absent: Sequence[NoDataError]) -> NoDataError:
    """Return the error of a window without samples, from the errors of its days."""
    if len(absent) == 1:
        return absent[0]
    return NoWaveformError(
        f"no samples of {window}: {'; '.join(error.message for error in absent)}"
    )
