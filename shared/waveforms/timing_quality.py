"""Quality of timing: percentages and clock locks, carried from records read to records written.

Blockette 1001 of a miniSEED record has a percentage, and the I/O and clock flags of its header say
whether the clock was locked to a reference (SEED manual 2.4, chapter 8). Samples keep neither, so
both are kept by time.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
from obspy import Trace

from shared.waveforms._record_header import CLOCK_LOCKED
from shared.waveforms._record_scan import scan
from shared.waveforms.traces import attributes

IntArray = npt.NDArray[np.int64]

_UNKNOWN = -1
_ABOVE_ALL = 101  # percent
# Offsets in a record of ObsPy's writer, which puts blockette 1001 before or after blockette 1000.
_CLOCK_FLAGS, _BLOCKETTES = 37, (48, 56)
_PERCENT = 4  # from where the blockette begins
_TYPE_1001 = (1001).to_bytes(2, "big")


@dataclass(frozen=True, eq=False)
class TimingQuality:
    """The quality of timing of records, in the order of their starts.

    Attributes:
        starts, ends: the times of each record's first and last sample, in ns since 1970.
        percents: the timing quality in percent; -1 where it is unknown.
        locked: whether the clock was locked.
    """

    starts: IntArray
    ends: IntArray
    percents: IntArray
    locked: npt.NDArray[np.bool_]

    @cached_property
    def lowest(self) -> int | None:
        """The lowest known percentage; None if none is known."""
        known = self.percents[self.percents >= 0]
        return int(known.min()) if known.size else None

    def within(self, first_ns: int, last_ns: int) -> "TimingQuality":
        """Return the quality of the records with samples in a time span."""
        begin = int(np.searchsorted(self._latest, first_ns))
        end = int(np.searchsorted(self.starts, last_ns, side="right"))
        inside = np.arange(begin, max(begin, end))
        inside = inside[self.ends[inside] >= first_ns]
        return TimingQuality(
            self.starts[inside], self.ends[inside], self.percents[inside], self.locked[inside]
        )

    @cached_property
    def _latest(self) -> IntArray:
        """The latest end of all records up to each one."""
        latest: IntArray = np.maximum.accumulate(self.ends)
        return latest

    def worst(self, firsts: IntArray, lasts: IntArray) -> tuple[IntArray, npt.NDArray[np.bool_]]:
        """Return the worst quality in each of several time spans.

        Args:
            firsts: the starts of the spans, in ns since 1970.
            lasts: their ends, included.

        Returns:
            The lowest known percentage in each span, -1 if there is none; and whether the clock was
            locked all the time.
        """
        known = np.where(self.percents >= 0, self.percents, _ABOVE_ALL)
        begin = np.searchsorted(self._latest, firsts)
        end = np.searchsorted(self.starts, lasts, side="right")
        places = np.stack([begin, np.maximum(begin, end)], axis=1).ravel()
        percents = np.minimum.reduceat(np.append(known, _ABOVE_ALL), places)[::2]
        locked = np.minimum.reduceat(np.append(self.locked, False), places)[::2]
        percents[(percents == _ABOVE_ALL) | (end <= begin)] = _UNKNOWN
        return percents, locked & (end > begin)

    def __deepcopy__(self, _memo: dict[int, Any]) -> "TimingQuality":
        """Return the same object, as nothing changes it and ObsPy copies headers often."""
        return self


def set_quality(trace: Trace, quality: TimingQuality | None) -> None:
    """Note the quality of a trace's timing; copies and parts of the trace keep the note.

    If any percentage is known, ObsPy's writer will give the trace's records a blockette 1001.

    Args:
        trace: the trace.
        quality: that of the records from which it was made, and perhaps others; None if unknown.
    """
    if quality is None:
        return
    trace.stats.__dict__["timing_quality"] = quality
    if quality.lowest is not None:
        blockette = attributes(timing_quality=quality.lowest)
        # A new dictionary, as parts of a segment share theirs.
        mseed = attributes(**{**trace.stats.get("mseed", {}), "blkt1001": blockette})
        trace.stats.__dict__["mseed"] = mseed


def quality_of(trace: Trace) -> TimingQuality | None:
    """Return the quality that `set_quality` noted; None if there is none."""
    quality: TimingQuality | None = trace.stats.get("timing_quality")
    return quality


def stamp_records(content: memoryview, quality: TimingQuality) -> None:
    """Write the quality of timing into records from ObsPy's writer, in place.

    ObsPy writes one percentage for all records of a trace, and never the flag of a locked clock.
    Each record gets the worst quality of those that its samples come from.

    Args:
        content: writable bytes of big-endian records.
        quality: that of the records from which the samples come.
    """
    table = scan(content)
    percents, locked = quality.worst(table.starts, table.ends)
    octets = np.frombuffer(content, np.uint8)
    octets[table.offsets[locked] + _CLOCK_FLAGS] |= CLOCK_LOCKED
    for place in table.offsets + _BLOCKETTES[0], table.offsets + _BLOCKETTES[1]:
        known = (percents >= 0) & (octets[place] == _TYPE_1001[0])
        known &= octets[place + 1] == _TYPE_1001[1]
        octets[place[known] + _PERCENT] = percents[known]
