"""Where the records of time windows are in the archive, for clients that read S3 themselves.

Headers and the index of records suffice, so a day takes a few small requests. Only an object whose
records are out of order or damaged is read whole.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from obspy import UTCDateTime

from shared import telemetry
from shared.archive.archive import Archive
from shared.archive.time import format_time
from shared.errors import NoDataError, NoWaveformError, ServiceError
from shared.reply import Reply
from shared.waveforms.byte_ranges import ByteRange, Location
from shared.waveforms.day_readers import ChannelDay, DayReaders
from shared.windows._failures import report
from shared.windows._sources import Sources
from shared.windows._task import WindowTask, drop_frames, no_samples
from shared.windows.cost import Work
from shared.windows.plan import plan_requests
from shared.windows.reads import DaySamples, days_beside
from shared.windows.request import MalformedWindow, Window


@telemetry.step("read")
def manifest_reply(
    windows: Sequence[Window | MalformedWindow], archive: Archive, whole: bool = False
) -> Reply:
    """Return the byte ranges of the archive's objects that have the records of time windows.

    Each window is an object of JSON with its codes and times, and `ranges` by day: bucket, region,
    key, ETag and size of the object, offset and number of bytes, number of records, and the times
    of their first and last samples. These may lie beyond the window, as records are whole. Or it
    has an `error`, as other windows have.

    Args:
        windows: the windows; a malformed one keeps its error.
        archive: the archive.
        whole: whether to read whole objects, so that no record stored out of order is missed.

    Raises:
        TooLargeError: the windows need too many days, objects, requests to S3 or processor time.
    """
    telemetry.count_windows(len(windows))
    tasks = {number: WindowTask(w) for number, w in enumerate(windows) if isinstance(w, Window)}
    located = _Located(archive, list(tasks.values()), whole)
    entries, errors = [], []
    for number, window in enumerate(windows):
        if isinstance(window, MalformedWindow):
            error: ServiceError | None = window.error
            telemetry.count_failure(window.error)
        else:
            ranges = located.ranges(tasks[number])
            result = tasks[number].result
            error = result.error if result else None
        if error:
            errors.append(error)
        own = {"error": error.as_dict()} if error else {"ranges": ranges}
        entries.append({**window.as_dict(), **own})
    report(list(tasks.values()))
    return Reply(entries, failures=tuple(errors) if len(errors) == len(windows) else ())


class _Located:
    """The byte ranges of windows, located in parallel."""

    def __init__(self, archive: Archive, tasks: Sequence[WindowTask], whole: bool) -> None:
        self._archive = archive
        self._readers = DayReaders(archive, whole, stored=True)
        self._found: dict[tuple[ChannelDay, int, int], Location] = {}
        requests = sum(plan_requests(tasks, archive, None).requests.values())
        Work(spans=len(tasks), requests=requests).check()
        self._locate((name, task.window) for task in tasks for name in task.channel_days)
        self._locate((name, task.window) for task in tasks for name in self._beside(task))

    def ranges(self, task: WindowTask) -> list[dict[str, Any]]:
        """Return the ranges of a window as JSON; if there are none, the window fails."""
        names = [*self._beside(task), *task.channel_days]
        absent: list[NoDataError] = []
        ranges: list[dict[str, Any]] = []
        with Sources(self._readers).attempt(task):
            for name in sorted(names, key=lambda name: name[1]):
                try:
                    self._readers.reader(name)
                except NoDataError as error:
                    drop_frames(error)
                    absent += [error] if name in task.channel_days else []
                else:
                    ranges += self._as_json(name, task.window)
            if not ranges:
                if len(absent) == len(task.channel_days):
                    raise no_samples(task.window, absent)
                raise NoWaveformError(f"no samples of {task.window}")
        return ranges

    def _locate(self, wanted: Iterable[tuple[ChannelDay, Window]]) -> None:
        windows: defaultdict[ChannelDay, list[Window]] = defaultdict(list)
        for name, window in wanted:
            windows[name].append(window)

        def locate(name: ChannelDay) -> None:
            reader = self._readers.reader(name)
            for window in windows[name]:
                found = reader.locate(window.starttime, window.endtime)
                self._found[name, window.starttime.ns, window.endtime.ns] = found

        self._readers.in_parallel(windows, locate)

    def _beside(self, task: WindowTask) -> list[ChannelDay]:
        window, found = task.window, {}
        for name in task.channel_days:
            if ranges := self._of(name, window):
                delta = 1e9 / (self._readers.reader(name).sampling_rate or 1e9)
                first = min(each.first_ns for each in ranges)
                found[name[1]] = DaySamples(first, max(each.last_ns for each in ranges), delta)
        days = days_beside(window.days, window.starttime.ns, window.endtime.ns, found)
        return [(window.channel, day) for day in days]

    def _of(self, name: ChannelDay, window: Window) -> list[ByteRange]:
        location = self._found.get((name, window.starttime.ns, window.endtime.ns))
        return location.ranges if location else []

    def _as_json(self, name: ChannelDay, window: Window) -> list[dict[str, Any]]:
        location = self._found[name, window.starttime.ns, window.endtime.ns]
        day_object = self._archive.day_object(*name)
        return [
            {
                "bucket": day_object.bucket,
                "region": day_object.region,
                "key": day_object.key,
                "etag": location.etag,
                "size": location.size,
                "offset": part.offset,
                "bytes": part.size,
                "records": part.records,
                "starttime": format_time(UTCDateTime(ns=part.first_ns)),
                "endtime": format_time(UTCDateTime(ns=part.last_ns)),
            }
            for part in location.ranges
        ]
