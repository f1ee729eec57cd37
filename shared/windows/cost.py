"""The estimated processor time of a request, from measured times of its parts.

It is estimated twice: from the request and the first records of its days, and again once the
margins are known. A request beyond the limit is refused before its work begins.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from typing import Any

from shared import limits
from shared.errors import TooLargeError
from shared.waveforms.day_reader import DayReader
from shared.waveforms.day_readers import DayReaders
from shared.windows._task import WindowTask
from shared.windows.limits import known_rate
from shared.windows.reads import Reads

_DAY_S = 86_400.0


@dataclass(frozen=True)
class Unit:
    """A unit of work.

    Attributes:
        seconds: of one processor, for one of them.
        words: its name, for messages.
    """

    seconds: float
    words: str


UNITS = {
    "windows": Unit(3.5e-4, "windows"),
    "spans": Unit(2e-3, "spans of stored records"),
    "requests": Unit(2.5e-3, "requests to S3"),
    "samples": Unit(6e-8, "samples"),
    "decoded": Unit(1e-8, "samples of whole objects"),
    "segments": Unit(5e-4, "segments"),
    "stations": Unit(3e-2, "StationXML objects"),
    "removals": Unit(2.5e-2, "response removals"),
    "corrected": Unit(1.2e-7, "samples with their margins"),
    "by_obspy": Unit(2e-6, "samples with their margins by ObsPy"),
}
"""Measured on one processor of a Lambda function of 1,769 MB, with objects of the archive."""


@dataclass
class Work:
    """The work for one request.

    Attributes:
        windows: whose days the archive has; the others cost next to nothing.
        spans: to cut out of records as the archive stores them.
        requests: to S3.
        samples: to decode and to deliver, missing ones included.
        decoded: samples of objects that are read whole.
        segments: of a window's days, which are known once these are read.
        stations: StationXML objects to read.
        removals: windows whose response is removed.
        corrected: samples of these, margins included.
        by_obspy: the same, corrected by ObsPy itself.
    """

    windows: int = 0
    spans: int = 0
    requests: int = 0
    samples: float = 0.0
    decoded: float = 0.0
    segments: int = 0
    stations: int = 0
    removals: int = 0
    corrected: float = 0.0
    by_obspy: float = 0.0

    @property
    def seconds(self) -> float:
        """The time that all of it takes one processor."""
        return sum(seconds for seconds, *_ in self._parts())

    @property
    def is_too_much(self) -> bool:
        """Whether it takes longer than `limits.max_processor_seconds`."""
        return self.seconds > limits.max_processor_seconds()

    @classmethod
    def of_all(cls, works: Sequence["Work"]) -> "Work":
        """Return the sum of some works."""
        return cls(**{f.name: sum(getattr(work, f.name) for work in works) for f in fields(cls)})

    def check(self) -> None:
        """Refuse work that takes too long.

        Raises:
            TooLargeError: it is too much.
        """
        if self.is_too_much:
            raise self.error(f"the {self._noun}")

    def error(self, subject: str) -> TooLargeError:
        """Return the error of work that takes too long.

        Args:
            subject: the windows, for the message.
        """
        limit, seconds = limits.max_processor_seconds(), self.seconds
        largest = sorted(self._parts(), reverse=True)[:3]
        parts = ", ".join(f"{number:,.0f} {words}: {s:,.1f} s" for s, number, words in largest)
        fits = math.floor((self.windows or self.spans) * limit / seconds)
        remedy = f"ask for fewer {self._noun}, or shorter ones"
        if fits > 1:
            remedy = f"ask for fewer {self._noun}, about {fits:,} at a time"
        return TooLargeError(
            f"{subject} would take about {seconds:,.1f} s of one processor ({parts}): at most"
            f" {limit:,} s in one request; {remedy}",
            seconds=round(seconds, 1),
            limit=limit,
        )

    @property
    def _noun(self) -> str:
        return "windows" if self.windows or not self.spans else "time spans"

    def _parts(self) -> Iterator[tuple[float, float, str]]:
        """Yield the seconds, the number and the name of each part that there is."""
        for member in fields(self):
            number: Any = getattr(self, member.name)
            unit = UNITS[member.name]
            if number * unit.seconds:
                yield number * unit.seconds, number, unit.words


@dataclass(frozen=True)
class Removal:
    """Response removal as far as a request alone determines it.

    Attributes:
        margin_s: the least length of the margins around a window, in seconds.
        by_obspy: whether ObsPy itself removes the response.
    """

    margin_s: float
    by_obspy: bool


def window_works(
    tasks: Sequence[WindowTask],
    readers: DayReaders,
    bounds: Sequence[int],
    removal: Removal | None = None,
) -> list[Work]:
    """Estimate the work for each window, from the first records of its days.

    Args:
        tasks: the windows; the plans of their removals give their margins, where there are any.
        readers: of their days.
        bounds: the most samples that each window may have.
        removal: of the response; None for counts.

    Returns:
        The work for each, without its requests to S3; none if the window has failed, or if the
        archive has none of its days.
    """
    works = []
    for task, samples in zip(tasks, bounds, strict=True):
        work = Work()
        if not task.result and not all(map(readers.has_failed, task.channel_days)):
            work = Work(windows=1, samples=samples)
            if removal:
                _add_removal(work, task, known_rate(task.window, readers), removal)
        works.append(work)
    return works


def common_work(
    tasks: Sequence[WindowTask],
    readers: DayReaders,
    reads: Reads,
    removal: Removal | None = None,
) -> Work:
    """Estimate the work that windows share: requests to S3, whole objects and StationXML.

    Args:
        tasks: the windows; those that have failed need nothing.
        readers: of their days.
        reads: of their days.
        removal: of the response; None for counts.
    """
    requests = reads.requests
    absent = {name for name in requests if readers.has_failed(name)}
    present = [t for t in tasks if not t.result and not absent.issuperset(t.channel_days)]
    work = Work(requests=sum(1 if name in absent else each for name, each in requests.items()))
    names = {name for task in present for name in task.channel_days} - absent
    if not readers.whole:
        names &= reads.whole
    work.decoded = sum(_day_samples(readers.reader(name)) for name in names)
    if removal:
        work.stations = len({task.window.channel for task in present})
    return work


def _day_samples(reader: DayReader) -> float:
    """Return the most samples that a day can have, by its size and its sampling rate."""
    by_rate = (reader.sampling_rate or math.inf) * _DAY_S
    return min(by_rate, reader.most_samples)


def _add_removal(work: Work, task: WindowTask, rate: float, removal: Removal) -> None:
    """Add the removal of the response from one window, whose sampling rate is in Hz."""
    start, end = task.span
    margins_s = 0.0 if task.removal else 2 * removal.margin_s
    samples = (end - start + margins_s) * rate
    by_obspy = task.removal.by_obspy if task.removal else removal.by_obspy
    work.removals = 1
    if by_obspy:
        work.by_obspy = samples
    elif by_obspy is not None:
        work.corrected = samples
