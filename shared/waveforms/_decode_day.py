"""Decode the samples of a day object, and describe its damage and other oddities."""

import numpy as np
import numpy.typing as npt

from shared.archive.archive import DayObject
from shared.errors import NoWaveformError
from shared.waveforms._damage import damaged_spans, describe_damage, holes, spans_between
from shared.waveforms._day_records import DayRecords
from shared.waveforms._payload import Fault
from shared.waveforms._record_check import WIDTHS, Flaw, are_silent, check
from shared.waveforms._record_runs import are_disguised, decode_runs
from shared.waveforms._record_scan import scan
from shared.waveforms._record_table import RecordTable
from shared.waveforms._refusals import no_records, no_samples, none_sound, refuse_contradiction
from shared.waveforms._runs import Runs
from shared.waveforms.reasons import EmptySpan
from shared.waveforms.timing_quality import TimingQuality

Findings = npt.NDArray[np.uint8]
"""A `Flaw` or a `Fault` for each record."""

_STRAY_S = 3600
"""Samples of a day may reach this far into the adjacent days."""

_FEW = 0.1  # of all records: so many of another day are damaged, more are another day's

_SHORTEST = 128  # bytes of a record, and a divisor of all lengths

_UNTRUE_SPANS = [
    *(Flaw.DATE, Flaw.RATE, Flaw.OTHER_RATE, Flaw.OTHER_TIME, Flaw.EMPTY),
    Fault.TOO_MANY_SAMPLES,
]
"""Reasons by which the times of a header are not those of its samples."""


def decode_day(day_object: DayObject, content: bytes, etag: str = "") -> DayRecords:
    """Decode a day object, or some of its records.

    Args:
        day_object: the object; samples of other channels or days are left out.
        content: its content, or whole records.
        etag: the object's ETag, if it is known.

    Raises:
        NoWaveformError: there are no samples of the channel and the day.
        UnreadableObjectError: the content is not miniSEED, none of its records can be decoded, or
            their rates and times contradict one another.
    """
    view = memoryview(content).toreadonly()
    return decode_records(day_object, view, scan(view), etag)


def decode_records(
    day_object: DayObject, view: memoryview, table: RecordTable, etag: str
) -> DayRecords:
    """Decode records whose headers have been read; see `decode_day`.

    Args:
        day_object: as of `decode_day`.
        view: the content.
        table: the headers, as `scan` reads them.
        etag: as of `decode_day`.
    """
    if not len(table):
        raise no_records(day_object, view)
    own = table.of_channel(day_object.channel)
    own = own.select(~are_silent(own, view))
    if not len(own):
        raise no_samples(day_object, table)
    reasons = check(own, are_cut(table, own, len(view)), view)
    reasons[are_disguised(view, own) & (reasons == Flaw.NONE)] = Flaw.DISGUISED
    claimed = np.flatnonzero(reasons == Flaw.NONE)
    headers = own.select(claimed)
    refuse_contradiction(day_object, headers)
    runs, reasons[claimed] = decode_runs(view, headers)
    if not len(runs):
        raise none_sound(day_object, own, reasons)
    runs, stray = _without_stray(day_object, runs, own, reasons)
    notes, spans = _describe_damage(day_object.uri, table, own, reasons, len(view))
    quality = _quality(own.select(reasons == Flaw.NONE))
    return DayRecords(day_object.uri, runs, (*notes, *stray), tuple(spans), quality, etag, view)


def are_cut(table: RecordTable, own: RecordTable, size: int) -> npt.NDArray[np.bool_]:
    """Return which of a channel's records have lost or gained bytes.

    They extend beyond the next record, or the content. Or an odd number of bytes is between them
    and the next record, and their samples may have moved: only Steim's check shows whether.
    """
    following = np.searchsorted(table.offsets, own.offsets, side="right")
    nexts = np.append(table.offsets, size)[following]
    odd = ((nexts - own.stops) % _SHORTEST > 0) & (nexts < size)
    cut: npt.NDArray[np.bool_] = own.stops > nexts
    return cut | (odd & np.isin(own.encodings, list(WIDTHS)))


def _without_stray(
    day_object: DayObject, runs: Runs, own: RecordTable, reasons: Findings
) -> tuple[Runs, list[str]]:
    """Return the runs but those of another day, and a warning, or none.

    A broken clock puts records years away, and merging would fill the time in between. A few such
    records among others get the reason `Flaw.DATE`.
    """
    first = (day_object.day.starttime - _STRAY_S).ns
    last = (day_object.day.next.starttime + _STRAY_S).ns
    stray = ((reasons == Flaw.DATE) | (reasons == Flaw.OTHER_TIME)) & (
        (own.starts > last) | (own.ends < first)
    )
    inside = (runs.last_ns >= first) & (runs.first_ns <= last)
    others = runs.select(~inside)
    if len(others):
        starts = np.concatenate([run.starts for run in others])
        stray |= (reasons == Flaw.NONE) & np.isin(own.starts, starts)
        runs = runs.select(inside)
    if not len(runs):
        raise NoWaveformError(
            f"{day_object.uri} has no samples of {day_object.day}", object=day_object.uri
        )
    if not stray.any():
        return runs, []
    if np.count_nonzero(stray) <= _FEW * len(own):
        reasons[stray] = Flaw.DATE
    samples = int(own.npts[stray].sum())
    return runs, [f"{day_object.uri} has {samples} samples of another day, which were left out"]


def _describe_damage(
    uri: str, table: RecordTable, own: RecordTable, reasons: Findings, size: int
) -> tuple[list[str], list[EmptySpan]]:
    """Describe damage in warnings, and return the time spans of damaged records.

    Args:
        uri: the object.
        table: all records of the content.
        own: those of the channel.
        reasons: a `Flaw` or a `Fault` for each of these.
        size: of the content in bytes.
    """
    sound, bad = own.select(reasons == Flaw.NONE), reasons != Flaw.NONE
    if not bad.any() and not holes(table, size)[0].size:
        return [], []
    end = int(table.offsets[-1]) if table.stops[-1] > size else size  # before a record cut off
    length = int(np.bincount(own.lengths).argmax())
    timed = bad & ~np.isin(reasons, _UNTRUE_SPANS)
    spans = damaged_spans(own.select(timed), sound)
    whole = table.select(table.offsets < end)
    untimed = whole.without(own.offsets[bad & ~timed])
    spans += spans_between(sound, holes(untimed, end)[0])
    begins, ends = holes(whole.without(own.offsets[bad]), end)
    surplus = (size - int(begins[-1])) % length if begins.size and ends[-1] == size else size - end
    offsets = [
        offset
        for first, last in zip(begins.tolist(), ends.tolist(), strict=True)
        for offset in range(first, last - surplus * (last == size), length)
    ]
    notes = []
    if offsets:
        notes.append(describe_damage(uri, offsets, len(sound) + len(offsets)))
    if surplus:
        notes.append(f"{uri} ends with {surplus} bytes of an incomplete record")
    return notes, spans


def _quality(records: RecordTable) -> TimingQuality | None:
    """Return the quality of timing of records; None if there are none."""
    if not len(records):
        return None
    records = records.select(np.argsort(records.starts, kind="stable"))
    return TimingQuality(records.starts, records.ends, records.percents, records.locked)
