"""The archive's own samples of some time spans, as miniSEED 2 records.

Records within a span are passed on byte for byte; those at its ends are cut to the sample. Damaged
records are left out, and named in a warning. Records that overlap are all delivered, as a data
centre does, but a copy of the same record is delivered once.
"""

import hashlib
import io
import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

from shared import limits, telemetry
from shared.archive.archive import Archive
from shared.errors import NoDataError, TooLargeError, UnreadableObjectError
from shared.fdsnws._span_task import Choice, Part, Span, SpanTask
from shared.waveforms.day_readers import ChannelDay, DayReaders
from shared.windows.cost import Work
from shared.windows.reads import object_reads
from shared.windows.request_limits import check_object_count, check_s3_requests

_BATCH_OBJECTS = 64
"""Day objects whose records wait in memory for the others of their batch."""

_GROUP_BYTES = 40 * 1024**2
"""Size of the day objects that are read at the same time. The samples of an object that is read
whole take three times its size while its records are checked."""

_LEAST_SHARE = 0.5
"""Of the bytes that a part of a day has by its length: quiet hours take fewer than the mean."""

ABSENT = "absent"
"""Stands for the ETag of an object that the archive does not have."""


@dataclass
class StoredData:
    """Records, and the objects that they come from.

    Attributes:
        content: the records, one span after another.
        samples: the number of their samples.
        warnings: damage and other oddities, in words.
        etags: the ETags of the objects by S3 URI; `ABSENT` for those that there are not.
    """

    content: bytes = b""
    samples: int = 0
    warnings: list[str] = field(default_factory=list)
    etags: dict[str, str] = field(default_factory=dict)


class StoredDataReader:
    """Reads the records of time spans.

    Args:
        archive: the archive.
        spans: the spans, those of one channel one after another and in order of time.

    Raises:
        TooLargeError: the spans need more day objects, requests to S3 or processor time than one
            request may.
    """

    def __init__(self, archive: Archive, spans: Sequence[Span]) -> None:
        self._archive = archive
        self._readers = DayReaders(archive, whole=False, stored=True)
        self._tasks = [SpanTask(span) for span in spans]
        self._data = StoredData()
        self._unreadable: list[UnreadableObjectError] = []
        names = [name for task in self._tasks for name in task.channel_days]
        check_object_count(len(set(names)))
        reads = object_reads(
            (name, task.times) for task in self._tasks for name in task.channel_days
        )
        requests = sum(reads.requests.values())
        check_s3_requests(requests)
        Work(spans=len(spans), requests=requests).check()
        self._names = list(dict.fromkeys(names))

    def etags(self) -> Mapping[str, str]:
        """Return the ETags of the spans' day objects by S3 URI, at one request or less for each.

        Raises:
            S3Error: S3 could not be reached, or refused.
        """
        self._readers.read_first_records(self._names)
        self._readers.confirm(self._names)
        return {self._uri(name): self._etag(name) for name in self._names}

    @telemetry.step("read")
    def read(self, choice: Choice) -> StoredData:
        """Read all spans.

        Args:
            choice: which records to deliver.

        Raises:
            TooLargeError: the answer has more bytes than `limits.max_dataselect`, or certainly
                will have.
            S3Error: S3 could not be reached, refused, or broke off.
            UnreadableObjectError: no object can be read, and one is not miniSEED.
        """
        self._readers.read_first_records(self._names)
        self._check_estimate()
        buffer, limit = io.BytesIO(), limits.max_dataselect()
        for batch in self._batches():
            self._read_days((task, name) for task in batch for name in task.channel_days)
            beside = ((task, name) for task in batch for name in task.days_beside())
            self._read_days(beside)
            for task in batch:
                self._data.etags |= task.etags()
                content, samples = task.content(choice)
                task.parts.clear()
                buffer.write(content)
                self._data.samples += samples
            if buffer.tell() > limit.size:
                raise _too_large(buffer.tell(), "more than")
        self._data.content = buffer.getvalue()
        if self._unreadable and not self._data.content:
            raise self._unreadable[0]
        return self._data

    def _check_estimate(self) -> None:
        """Refuse spans that certainly have too many bytes, before these are read."""
        limit = limits.max_dataselect().size
        if self._estimate() > limit:
            self._readers.confirm(self._names)  # a warm container may remember other sizes
            if (size := self._estimate()) > limit:
                raise _too_large(int(size), "about")

    def _estimate(self) -> float:
        return sum(map(self._least_bytes, self._tasks))

    def _least_bytes(self, task: SpanTask) -> float:
        return sum(self._size(name) * _share(task, name) for name in task.channel_days)

    def _size(self, name: ChannelDay) -> int:
        return 0 if self._readers.has_failed(name) else self._readers.reader(name).size

    def _batches(self) -> Iterator[list[SpanTask]]:
        """Yield the spans in order, in batches of few day objects and bytes, or of one span."""
        batch: list[SpanTask] = []
        objects, size = 0, 0.0
        for task in self._tasks:
            own = self._least_bytes(task)
            objects, size = objects + len(task.days), size + own
            if batch and (objects > _BATCH_OBJECTS or size > _GROUP_BYTES):
                yield batch
                batch, objects, size = [], len(task.days), own
            batch.append(task)
        if batch:
            yield batch

    def _groups(self, names: Iterable[ChannelDay]) -> Iterator[list[ChannelDay]]:
        """Yield day objects in groups of few bytes, or of one object."""
        group: list[ChannelDay] = []
        size = 0
        for name in names:
            own = self._size(name)
            if group and size + own > _GROUP_BYTES:
                yield group
                group, size = [], 0
            group.append(name)
            size += own
        if group:
            yield group

    def _read_days(self, wanted: Iterable[tuple[SpanTask, ChannelDay]]) -> None:
        """Read the records of some spans from some days; objects are read in parallel."""
        tasks: defaultdict[ChannelDay, list[SpanTask]] = defaultdict(list)
        for task, name in wanted:
            tasks[name].append(task)
        found: dict[ChannelDay, list[tuple[SpanTask, Part]]] = {}

        def take(name: ChannelDay) -> None:
            reader = self._readers.reader(name)
            if len(tasks[name]) > 1:
                reader.prefetch([task.times for task in tasks[name]])
            found[name] = [
                (task, Part.of(reader.records(*task.times), task.span)) for task in tasks[name]
            ]
            self._readers.drop(name)  # as a whole object is large

        for group in self._groups(tasks):
            self._readers.in_parallel(group, take)
        for name in tasks:
            for task, part in found.get(name, ()):
                task.parts[name[1]] = part
                self._warn(part.notes)
            if name not in found:
                self._note_failure(name)

    def _note_failure(self, name: ChannelDay) -> None:
        """Note an object that is absent or not miniSEED; raise any other error."""
        try:
            self._readers.reader(name)
        except NoDataError:
            self._data.etags[self._uri(name)] = ABSENT
        except UnreadableObjectError as error:
            self._unreadable.append(error)
            self._warn((error.message,))

    def _warn(self, messages: Iterable[str]) -> None:
        self._data.warnings += [each for each in messages if each not in self._data.warnings]

    def _etag(self, name: ChannelDay) -> str:
        with suppress(NoDataError, UnreadableObjectError):
            return self._readers.reader(name).etag
        return ABSENT

    def _uri(self, name: ChannelDay) -> str:
        return self._archive.day_object(*name).uri


def entity_tag(etags: Mapping[str, str], request: object) -> str:
    """Return the entity tag of an answer: another one if an object or the request differs.

    Args:
        etags: of the objects, by S3 URI.
        request: all that decides the answer, as JSON.
    """
    text = json.dumps([request, sorted(etags.items())], sort_keys=True)
    return f'"{hashlib.sha256(text.encode()).hexdigest()[:32]}"'


def _share(task: SpanTask, name: ChannelDay) -> float:
    """Return the least share of a day's bytes that a span takes; 1 if it takes all of them."""
    day = name[1].starttime, name[1].next.starttime
    part = max(task.times[0], day[0]), min(task.times[1], day[1])
    share = float(part[1] - part[0]) / float(day[1] - day[0])
    return 1.0 if share > 0.999 else share * _LEAST_SHARE


def _too_large(size: int, about: str) -> TooLargeError:
    limit = limits.max_dataselect()
    return TooLargeError(
        f"the data have {about} {size / 1024**2:,.0f} MiB: at most {limit.mib:,} MiB in one request"
        f" ({limit.setting}); ask for fewer channels, or for a shorter time",
        size=size,
        limit=limit.size,
    )
