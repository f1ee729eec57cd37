"""The decoded records of a day object, and the segments that they make."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from obspy import Stream, Trace, UTCDateTime

from shared.archive.time import format_time
from shared.errors import UnreadableObjectError
from shared.waveforms._record_index import MARGIN_S
from shared.waveforms._record_times import Drift
from shared.waveforms._runs import Runs
from shared.waveforms._segment_time import require_time_for_segments
from shared.waveforms.day_waveform import DayWaveform
from shared.waveforms.gaps import SAME_NS
from shared.waveforms.reasons import EmptySpan, Reasons, not_numbers, without_odd_numbers
from shared.waveforms.segments import TimeSpan
from shared.waveforms.stored_records import StoredRecords
from shared.waveforms.timing_quality import TimingQuality, set_quality

_MAX_ODD_SPANS = 2_000
"""Of samples that are not numbers: each divides a segment, and thousands cannot end in time."""


@dataclass(frozen=True)
class DayRecords:
    """The decoded records of a day object's channel.

    Attributes:
        uri: the object's S3 URI, s3://BUCKET/KEY.
        runs: the samples, one run for each segment that ObsPy's reader would return.
        notes: damage and other oddities of the object, in words.
        empty: the time spans of damaged records.
        quality: the quality of timing of the records.
        etag: the object's ETag; "" if it is unknown.
        content: the bytes that the records were decoded from; None if they were not kept.
    """

    uri: str
    runs: Runs
    notes: tuple[str, ...]
    empty: tuple[EmptySpan, ...]
    quality: TimingQuality | None
    etag: str = ""
    content: memoryview | None = None

    @property
    def first_record(self) -> UTCDateTime:
        """The time of the first record."""
        return UTCDateTime(ns=int(self.runs.first_ns[0]))

    @cached_property
    def extent(self) -> TimeSpan:
        """The times of the first and the last sample by the records."""
        runs = self.runs
        return UTCDateTime(ns=int(runs.first_ns.min())), UTCDateTime(ns=int(runs.last_ns.max()))

    @cached_property
    def _reasons(self) -> Reasons:
        return Reasons(self.empty)

    def waveform(self) -> DayWaveform:
        """Return all samples; each run's are counted from its first record.

        Raises:
            TooLargeError: there are too many segments for the time that is left.
            UnreadableObjectError: samples that are not numbers are in too many places.
        """
        self._require_time(len(self.runs))
        segments, drifts = [], []
        for run in self.runs:
            parts = run.segments()
            segments += parts
            if len(parts) > 1:
                drifts.append(run.drift(*self.extent))
        return self._waveform(segments, drifts, self.quality, self.extent, self.empty)

    def waveform_for(
        self,
        starttime: UTCDateTime,
        endtime: UTCDateTime,
        first_wanted: UTCDateTime,
        first_record: UTCDateTime,
    ) -> DayWaveform:
        """Return the samples of one time span and some around it, counted for it.

        Samples are counted from the record with the first wanted one. The result within the span
        depends on nothing that `DayReader` does not read for it, so that it is the same for
        the whole object as for its records.

        Args:
            starttime: the start of the span.
            endtime: the end of the span.
            first_wanted: the time, within the span, from which samples are wanted.
            first_record: the time of the object's first record. If the record to count from is off
                the sampling grid of that by jitter alone, the samples stay on the grid.

        Raises:
            TooLargeError: there are too many segments for the time that is left.
            UnreadableObjectError: samples that are not numbers are in too many places.
        """
        first_ns, last_ns = (starttime - MARGIN_S).ns, (endtime + MARGIN_S).ns
        near = self.runs.near(first_ns, last_ns)
        self._require_time(len(near))
        home = self.runs.first_until(first_wanted.ns - SAME_NS)
        segments, drifts = [], []
        for number in near:
            run = self.runs[number]
            origin = run.record_at(first_wanted if number == home else starttime)
            grid = None
            if origin:
                begins_near = run.ends[0] >= first_ns
                grid = UTCDateTime(ns=int(run.starts[0])) if begins_near else first_record
            segments += run.segments(origin, grid)
            drifts.append(run.drift(starttime, endtime, origin))
        # Results keep the quality of timing, so that of the whole day is too much.
        quality = self.quality.within(first_ns, last_ns) if self.quality else None
        empty = self._reasons.within(first_ns, last_ns)
        return self._waveform(segments, drifts, quality, (starttime, endtime), empty)

    @cached_property
    def stored(self) -> StoredRecords:
        """The records as the archive stores them; their content must have been kept."""
        content = self.content if self.content is not None else memoryview(b"")
        return StoredRecords(self.uri, self.etag, content, self.runs.records, self.notes)

    def _require_time(self, segments: int) -> None:
        if segments > 1:
            require_time_for_segments(self.runs[0].trace.id, segments, "reading")

    def _waveform(
        self,
        segments: Sequence[Trace],
        drifts: Sequence[Drift | None],
        quality: TimingQuality | None,
        span: TimeSpan,
        empty: Sequence[EmptySpan],
    ) -> DayWaveform:
        notes = list(self.notes)
        numbers, odd = self._numbers(segments)
        for segment in numbers:
            set_quality(segment, quality)
        known = [drift for drift in drifts if drift]
        notes += [self._describe(known)] if known else []
        within = [one for one in odd if one.starttime <= span[1] and one.endtime >= span[0]]
        if within:
            first = format_time(within[0].starttime)
            notes.append(
                f"{self.uri}: samples that are not numbers were left out: {len(within):,} span(s),"
                f" the first from {first}"
            )
        return DayWaveform(self.uri, Stream(numbers), tuple(notes), (*empty, *odd), self.etag)

    def _numbers(self, segments: Sequence[Trace]) -> tuple[list[Trace], list[EmptySpan]]:
        """Divide segments at samples that are not numbers; return the spans of these, too."""
        odd = not_numbers(segments)
        if not odd:
            return list(segments), []
        if len(odd) > _MAX_ODD_SPANS:
            raise UnreadableObjectError(
                f"{self.uri}: samples that are not numbers are in {len(odd):,} places, more than"
                f" {_MAX_ODD_SPANS:,}",
                object=self.uri,
            )
        numbers = [part for segment in segments for part in without_odd_numbers(segment)]
        if not numbers:
            raise UnreadableObjectError(f"{self.uri}: its samples are not numbers", object=self.uri)
        return numbers, odd

    def _describe(self, drifts: Sequence[Drift]) -> str:
        """Describe the drift of the clock in a warning."""
        worst = max(drifts, key=lambda drift: abs(drift.samples))
        segments = sum(drift.segments for drift in drifts)
        order = "later" if worst.seconds > 0 else "earlier"
        return (
            f"{self.uri}: the clock drifts: the record at {format_time(worst.time)} is"
            f" {abs(worst.seconds):.4g} s ({abs(worst.samples):.4g} samples) {order} than by the"
            f" count of samples, so {segments} segments follow the times of the records"
        )
