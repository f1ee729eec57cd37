"""Read the days of a window, and the adjacent days where these may have its first or last sample.

A day's object need not begin and end at midnight: a sample near midnight may be in the object of
either day. The window's own days are read first. Only where a sample is missing at an end of the
window near midnight, records of the adjacent day are read as well.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from obspy import Stream

from shared.errors import InternalError, NoDataError, TooLargeError, UnreadableObjectError
from shared.waveforms.day_readers import ChannelDay, DayReaders
from shared.waveforms.day_waveform import DayWaveform
from shared.waveforms.segments import TimeSpan, cut
from shared.windows._task import WindowTask, drop_frames, no_samples
from shared.windows.merge import JITTER
from shared.windows.reads import NEAR_MIDNIGHT_S


@dataclass
class WindowDays:
    """The days of a window.

    Attributes:
        waveforms: of the days that have samples of the window's span, in order.
        extents: the times of the first and of the last sample of each of the window's own days, and
            of the samples beyond them that belong to the window.
        delta: the sample interval of one of the own days in s; 0 if none is known.
        warnings: oddities in words.
    """

    waveforms: list[DayWaveform] = field(default_factory=list)
    extents: list[TimeSpan] = field(default_factory=list)
    delta: float = 0.0
    warnings: list[str] = field(default_factory=list)

    @property
    def extent(self) -> TimeSpan:
        """The times of the first and the last sample; there must be some."""
        return min(first for first, _ in self.extents), max(last for _, last in self.extents)


def read_days(task: WindowTask, readers: DayReaders) -> WindowDays:
    """Read a window's span from its days.

    Raises:
        NoDataError: no day has samples of the span.
        UpstreamError, UnreadableObjectError: one of the window's own days could not be read.
    """
    days = WindowDays()
    absent: list[NoDataError] = []
    own_days = task.window.days
    for name in task.channel_days:
        try:
            reader = readers.reader(name)
            try:
                waveform = readers.read(name, *task.span, task.window.starttime)
                days.waveforms.append(waveform)
            finally:
                # The window's own days define its extent, the margins do not.
                if reader.extent and name[1] in own_days:
                    days.extents.append(reader.extent)
                    days.delta = 1 / reader.sampling_rate if reader.sampling_rate else 0.0
        except NoDataError as error:
            drop_frames(error)
            absent.append(error)
        except (UnreadableObjectError, TooLargeError, InternalError):
            if name[1] in own_days:
                raise
            # A day of the margins: `ground_motion` warns that samples are missing there.
    for name, beside, span in list(_spans_beyond(task, days)):
        if name not in task.channel_days and not readers.has_failed(beside):
            _add_beyond(days, name, span, readers)
    if not days.waveforms or not days.extents:
        raise no_samples(task.window, absent)
    return days


def _spans_beyond(
    task: WindowTask, days: WindowDays
) -> Iterator[tuple[ChannelDay, ChannelDay, TimeSpan]]:
    """Yield the adjacent days that may have a sample at an end of a window.

    Yields:
        The adjacent day, the window's own day beside it, and the time span of the samples.
    """
    window, extents = task.window, days.extents
    start, end = window.starttime, window.endtime
    first, last = ((window.channel, window.days[place]) for place in (0, -1))
    room = JITTER * days.delta
    if start - first[1].starttime < NEAR_MIDNIGHT_S:
        until = min(end, days.extent[0] - days.delta) if extents else end
        if start <= until + room:
            yield (window.channel, first[1].previous), first, (start - room, until + room)
    if last[1].next.starttime - end < NEAR_MIDNIGHT_S:
        since = max(start, days.extent[1] + days.delta) if extents else start
        if since <= end + room:
            yield (window.channel, last[1].next), last, (since - room, end + room)


def _add_beyond(days: WindowDays, name: ChannelDay, span: TimeSpan, readers: DayReaders) -> None:
    """Add the samples of an adjacent day within a span, if there are any."""
    readers.read_first_records([name])  # an absent day is then known to be absent
    try:
        waveform = readers.read(name, *span)
    except NoDataError as error:
        drop_frames(error)
        return
    except (UnreadableObjectError, TooLargeError, InternalError) as error:
        days.warnings.append(f"samples near midnight may be missing: {error.message}")
        return
    stream = Stream()
    for trace in waveform.stream:
        start, rate = trace.stats.starttime, trace.stats.sampling_rate
        first = max(0, math.ceil((span[0] - start) * rate))
        end = min(trace.stats.npts, math.floor((span[1] - start) * rate) + 1)
        if first < end:
            stream.append(cut(trace, first, end))
    if stream:
        days.waveforms.append(replace(waveform, stream=stream))
        days.waveforms.sort(key=lambda each: each.stream[0].stats.starttime)
        days.extents += [(trace.stats.starttime, trace.stats.endtime) for trace in stream]
