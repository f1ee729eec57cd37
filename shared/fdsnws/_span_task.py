"""A time span of one channel on its way from the request to its records."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Protocol

from obspy import UTCDateTime

from shared.archive.channel_id import ChannelId
from shared.archive.day import Day
from shared.archive.time import days_between
from shared.waveforms.continuous import choose
from shared.waveforms.day_readers import ChannelDay
from shared.waveforms.segments import TimeSpan
from shared.waveforms.stored_records import StoredRecords
from shared.windows.reads import DaySamples, days_beside


class Span(Protocol):
    """A time span of a channel, such as `shared.holdings.ChannelSpan`."""

    @property
    def channel(self) -> ChannelId:
        """The channel."""

    @property
    def start_ns(self) -> int:
        """The start in ns since 1970, included."""

    @property
    def end_ns(self) -> int:
        """The end in ns since 1970, included."""


@dataclass(frozen=True)
class Choice:
    """Which records of a span to deliver.

    Attributes:
        quality: "D", "R" or "Q" takes records of that quality alone; "B" and "M" take all.
        minimum_s: the least length of a continuous segment in seconds.
        longest: whether to deliver the longest continuous segment alone.
    """

    quality: str = "B"
    minimum_s: float = 0.0
    longest: bool = False


@dataclass(frozen=True)
class Part:
    """The records of a span from one day object.

    Attributes:
        uri: the object's S3 URI.
        etag: the object's ETag.
        content: the records, cut to the span.
        samples: the times of the first and the last sample.
        count: the number of samples, if no records of the object overlap near the span; None
            otherwise, as there may be copies of a record among them.
        notes: damage and other oddities of the object, in words.
    """

    uri: str
    etag: str
    content: bytes
    samples: DaySamples
    count: int | None
    notes: tuple[str, ...]

    @classmethod
    def of(cls, stored: StoredRecords, span: Span) -> "Part":
        """Cut the records of an object to a span."""
        stored = stored.near(span.start_ns, span.end_ns)
        table = stored.table
        table = table.select((table.ends >= span.start_ns) & (table.starts <= span.end_ns))
        samples = DaySamples(None, None, 0.0)
        if len(table):
            times = int(table.starts.min()), int(table.ends.max())
            samples = DaySamples(*times, float(table.deltas.max()))
        content = stored.trimmed(span.start_ns, span.end_ns)
        overlap = bool((table.starts[1:] <= table.ends[:-1]).any())
        count = None if overlap else stored.count(span.start_ns, span.end_ns)
        return cls(stored.uri, stored.etag, content, samples, count, stored.notes)


@dataclass(frozen=True, eq=False)
class SpanTask:
    """A time span, and its records as far as they have been read.

    Attributes:
        span: the span as requested.
        parts: the records by day, of the span's own days and of those beside them.
    """

    span: Span
    parts: dict[Day, Part] = field(default_factory=dict)

    @cached_property
    def days(self) -> tuple[Day, ...]:
        """The span's own days, in order."""
        return tuple(days_between(*self.times))

    @cached_property
    def times(self) -> TimeSpan:
        """The start and the end."""
        return UTCDateTime(ns=self.span.start_ns), UTCDateTime(ns=self.span.end_ns)

    @property
    def channel_days(self) -> list[ChannelDay]:
        """The span's own days with its channel, in order."""
        return [(self.span.channel, day) for day in self.days]

    def days_beside(self) -> Iterator[ChannelDay]:
        """Yield the adjacent days that may have a sample at an end of the span.

        The own days must have been read.
        """
        found = {day: part.samples for day, part in self.parts.items()}
        for day in days_beside(self.days, self.span.start_ns, self.span.end_ns, found):
            yield self.span.channel, day

    def content(self, choice: Choice) -> tuple[bytes, int]:
        """Return the chosen records of all days, and the number of their samples.

        Records are in the order of days, and as stored in each.
        """
        parts = [self.parts[day] for day in sorted(self.parts) if self.parts[day].content]
        content = b"".join(part.content for part in parts)
        if choice == Choice() and len(parts) == 1 and parts[0].count is not None:
            return content, parts[0].count  # all of it, without reading its headers again
        return choose(content, choice.quality, choice.minimum_s, choice.longest)

    def etags(self) -> Mapping[str, str]:
        """Return the ETags of the objects that have been read, by URI."""
        return {part.uri: part.etag for part in self.parts.values()}
