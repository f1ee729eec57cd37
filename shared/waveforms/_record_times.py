"""Segments whose times follow those of their records.

Record headers give a sampling rate and, for each record, the time of its first sample. A clock that
drifts makes the two disagree: the times of later records part from the count of samples. ObsPy
counts from a segment's first record and compares the times of neighbours alone. Here a segment
begins where a record's time parts from the count by more than half a sample. Smaller steps would be
lost in files: ObsPy joins such segments again when it reads them.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
from obspy import Trace, UTCDateTime

from shared.waveforms.gaps import set_off_count
from shared.waveforms.traces import trace_like

_LIMIT = 0.5  # of a sample interval: how far a record's time may part from the count
_ROUNDING_NS = 2000  # of times in files, which must not hide a step beyond the limit
_JITTER_NS = 100_000  # a tick of the time in record headers
_JITTER = 1 / 20  # of a sample interval, where that is less
_BLOCK = 64  # records to compare at first

IntArray = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Drift:
    """The largest difference between the times of records and the count of samples.

    Attributes:
        samples: the difference in samples.
        seconds: the same in s; positive where records are later than by the count.
        time: the time of that record.
        segments: the number of segments that follow the records.
    """

    samples: float
    seconds: float
    time: UTCDateTime
    segments: int


@dataclass(frozen=True, eq=False)
class Run:
    """Samples that ObsPy reads as one segment, and the times of their records.

    Attributes:
        trace: the samples, unmasked.
        starts: the time of each record's first sample, in ns since 1970.
        firsts: the index of each record's first sample.
    """

    trace: Trace
    starts: IntArray
    firsts: IntArray

    @property
    def delta_ns(self) -> float:
        """The sample interval in ns."""
        return 1e9 * float(self.trace.stats.delta)

    @cached_property
    def ends(self) -> IntArray:
        """The time of each record's last sample, in ns since 1970."""
        lasts = np.append(self.firsts[1:], self.trace.data.size) - self.firsts - 1
        return self.starts + np.round(lasts * self.delta_ns).astype(np.int64)

    @cached_property
    def late(self) -> npt.NDArray[np.float64]:
        """How much later each record is than by the count from the first one, in ns."""
        since = self.starts - self.starts[0]  # exact, as the times themselves are not as floats
        late: npt.NDArray[np.float64] = since - self.firsts * self.delta_ns
        return late

    @cached_property
    def _lateness(self) -> tuple[float, float]:
        return float(self.late.min()), float(self.late.max())

    def record_at(self, time: UTCDateTime) -> int:
        """Return the record with the first sample from a time on; 0 if there is none."""
        if len(self.starts) == 1:  # as of days whose every record is a run
            return 0
        place = int(np.searchsorted(self.ends, time.ns - self.delta_ns / 2))
        return place if place < len(self.starts) else 0

    def segments(self, origin: int = 0, grid: UTCDateTime | None = None) -> list[Trace]:
        """Return the samples as segments whose times follow the records.

        Args:
            origin: the record from which samples are counted, in both directions.
            grid: a time on the sampling grid that the origin keeps if it is off by jitter alone;
                None for the origin's own time.

        Returns:
            Segments in order, as views.
        """
        if len(self.starts) == 1 and not grid:
            return [self.trace]
        late = self.late
        reference = float(late[origin]) - (self._off_grid(origin, grid) if grid else 0.0)
        return [self._segment(late, *part) for part in self._parts(late, origin, reference)]

    def drift(self, starttime: UTCDateTime, endtime: UTCDateTime, origin: int = 0) -> Drift | None:
        """Return the drift within a time span; None if no record is beyond the limit.

        Args:
            starttime: the start of the span.
            endtime: the end of the span.
            origin: the record from which samples are counted.
        """
        if len(self.starts) == 1:
            return None
        late = self.late
        parts = self._parts(late, origin, float(late[origin]))
        if len(parts) == 1:
            return None
        first = int(np.searchsorted(self.ends, starttime.ns))
        end = int(np.searchsorted(self.starts, endtime.ns, side="right"))
        segments = sum(begin < end and stop > first for begin, stop, _ in parts)
        if segments < 2:
            return None
        since = late[first:end] - late[origin]
        worst = int(np.argmax(np.abs(since)))
        seconds = float(since[worst]) * 1e-9
        time = UTCDateTime(ns=int(self.starts[first + worst]))
        return Drift(seconds / float(self.trace.stats.delta), seconds, time, segments)

    def _off_grid(self, record: int, grid: UTCDateTime) -> float:
        """Return how far a record is off a sampling grid in ns, or 0 if that is no jitter."""
        since = int(self.starts[record]) - grid.ns
        off = since - round(since / self.delta_ns) * self.delta_ns
        return off if abs(off) <= min(_JITTER_NS, _JITTER * self.delta_ns) else 0.0

    def _parts(
        self, late: npt.NDArray[np.float64], origin: int, reference: float
    ) -> list[tuple[int, int, float]]:
        """Return each segment's first record, the one after its last, and its lateness in ns.

        The lateness is that of the record from which the segment's samples are counted.
        """
        limit = _LIMIT * self.delta_ns + _ROUNDING_NS
        least, most = self._lateness
        if most - reference <= limit and reference - least <= limit:  # as in most runs
            return [(0, len(late), reference)]
        (back, _), *earlier = _pieces(late[:origin][::-1], reference, limit)
        (ahead, _), *later = _pieces(late[origin:], reference, limit)
        pieces = [*reversed(earlier), (back + ahead, reference), *later]
        begins = np.cumsum([0, *(records for records, _ in pieces)]).tolist()
        return [
            (begin, begin + records, lateness)
            for begin, (records, lateness) in zip(begins, pieces, strict=False)
        ]

    def _segment(
        self, late: npt.NDArray[np.float64], begin: int, end: int, reference: float
    ) -> Trace:
        """Return the samples of some records, counted from a time as late as `reference`."""
        stop = int(self.firsts[end]) if end < len(late) else self.trace.stats.npts
        off = float(late[begin]) - reference, float(late[end - 1]) - reference
        start_ns = int(self.starts[begin]) - round(off[0])
        samples = self.trace.data[int(self.firsts[begin]) : stop]
        segment = trace_like(self.trace.stats, samples, start_ns)
        set_off_count(segment, off[0] * 1e-9, off[1] * 1e-9)
        return segment


def _pieces(
    late: npt.NDArray[np.float64], reference: float, limit: float
) -> list[tuple[int, float]]:
    """Divide records where their lateness parts from the reference by more than the limit.

    Returns:
        The number of records in each piece and the reference, which is its first record's; the
        first piece has the reference that was given, and may be empty.
    """
    pieces, begin = [], 0
    while True:
        end = begin + _first_beyond(late[begin:], reference, limit)
        pieces.append((end - begin, reference))
        if end >= len(late):
            return pieces
        begin, reference = end, float(late[end])


def _first_beyond(late: npt.NDArray[np.float64], reference: float, limit: float) -> int:
    """Return the first record beyond the limit; the number of records if there is none."""
    block, begin = _BLOCK, 0
    while begin < len(late):
        beyond = np.flatnonzero(np.abs(late[begin : begin + block] - reference) > limit)
        if beyond.size:
            return begin + int(beyond[0])
        begin, block = begin + block, 2 * block
    return len(late)
