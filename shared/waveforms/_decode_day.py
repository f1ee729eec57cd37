"""Decode the samples of a day object, and describe its damage and other oddities."""

from collections.abc import Iterable
from pathlib import Path

import numpy as np
import numpy.typing as npt
from obspy import Stream, Trace

from shared.archive.archive import DayObject
from shared.errors import NoWaveformError, UnreadableObjectError
from shared.waveforms._damage import damaged_spans, describe_damage, unreadable
from shared.waveforms._day_records import DayRecords, extent_of
from shared.waveforms._decode import UNREADABLE, decode_parts, match, read_miniseed, unmatched
from shared.waveforms._record_header import byte_order
from shared.waveforms._record_scan import scan
from shared.waveforms._record_table import RecordTable
from shared.waveforms._record_times import Run
from shared.waveforms.timing_quality import TimingQuality

_ODD_TIME = "fractional seconds"  # of ObsPy's warning

_STRAY_S = 3600
"""Samples of a day may reach this far into the adjacent days."""

_OBSPY_SKIPS = "Not a SEED record"
"""In ObsPy's warnings of bytes that it skips, one for each 128. Ours names all damage at once."""


def decode_day(day_object: DayObject, content: Path | bytes, etag: str = "") -> DayRecords:
    """Decode a day object, or some of its records.

    Args:
        day_object: the object; samples of other channels or days are left out.
        content: a file with its content, or whole records.
        etag: the object's ETag, if it is known.

    Raises:
        NoWaveformError: there are no samples of the channel and the day.
        UnreadableObjectError: the content is not miniSEED, or none of its records can be decoded.
    """
    view = _view(content)
    table = scan(view)
    every = table.of_channel(day_object.channel)
    is_whole = every.offsets + every.lengths <= len(view)
    own = every.select(is_whole)
    runs, damaged, notes = _decode(day_object, content, view, own)
    spans = damaged_spans(every.select(~is_whole)) + damaged_spans(own.select(damaged))
    offsets = own.offsets[damaged].tolist()
    records, surplus = len(own), 0
    if len(table) and sum(run.trace.stats.npts for run in runs) == own.npts[~damaged].sum():
        others, lost, surplus = unreadable(table, own, len(view))
        spans, offsets, records = spans + lost, sorted(offsets + others), records + len(others)
        notes = [note for note in notes if _OBSPY_SKIPS not in note]
    if offsets:
        notes.append(describe_damage(day_object.uri, offsets, records))
    if surplus:  # ObsPy silently ignores a record that is cut off at the end
        notes.append(f"{day_object.uri} ends with {surplus} bytes of an incomplete record")
    notes += _remove_stray(day_object, runs)
    quality = _quality(own.select(~damaged))
    return DayRecords(day_object.uri, tuple(runs), tuple(notes), tuple(spans), quality, etag)


def _view(content: Path | bytes) -> memoryview:
    if isinstance(content, bytes):
        return memoryview(content)
    if not content.stat().st_size:  # which cannot be mapped
        return memoryview(b"")
    return np.memmap(content, np.uint8, "r").data


def _decode(
    day_object: DayObject, content: Path | bytes, view: memoryview, own: RecordTable
) -> tuple[list[Run], npt.NDArray[np.bool_], list[str]]:
    """Decode the records of the channel; return its runs, the damaged records, and warnings."""
    uri, seed_id = day_object.uri, day_object.channel.seed_id
    none = np.zeros(len(own), bool)
    failure: Exception | None = None
    try:
        decoded, notes = read_miniseed(content)
    except UNREADABLE as error:
        if not len(own):
            raise UnreadableObjectError(f"{uri} is not miniSEED: {error}", object=uri) from error
        failure, notes = error, []
    else:
        if len(own) and byte_order(view, int(own.offsets[0])) == "<":
            # ObsPy takes days 1, 256 and 257 for big-endian at first, and their swapped times odd.
            notes = [note for note in notes if _ODD_TIME not in note]
        stream = Stream([trace for trace in decoded if trace.id == seed_id and trace.stats.npts])
        _refuse_text(uri, stream)
        if (runs := match(stream, own)) is not None and runs:
            return runs, none, notes
        if sum(trace.stats.npts for trace in stream) > own.npts.sum():
            return unmatched(stream), none, notes  # records whose headers are read by ObsPy alone
        if not len(own):
            others = ", ".join(sorted({trace.id for trace in decoded})) or "no samples"
            raise NoWaveformError(f"{uri} has no samples of {seed_id}, but {others}", object=uri)
    runs, damaged = decode_parts(view, own)
    if not runs:
        reason = f": {failure}" if failure else ""
        message = f"{uri}: none of its records of {seed_id} can be decoded{reason}"
        raise UnreadableObjectError(message, object=uri) from failure
    _refuse_text(uri, [run.trace for run in runs])
    return runs, damaged, notes


def _refuse_text(uri: str, traces: Iterable[Trace]) -> None:
    if any(trace.data.dtype.kind not in "if" for trace in traces):
        raise UnreadableObjectError(f"{uri} has records of text, not of samples", object=uri)


def _remove_stray(day_object: DayObject, runs: list[Run]) -> list[str]:
    """Remove runs of another day; return a warning for each.

    A broken clock puts records years away, and merging would fill the time in between.
    """
    first = day_object.day.starttime - _STRAY_S
    last = day_object.day.next.starttime + _STRAY_S
    notes = []
    for run in list(runs):
        start, end = extent_of(run)
        if end < first or start > last:
            runs.remove(run)
            samples = run.trace.stats.npts
            notes.append(
                f"{day_object.uri} has {samples} samples of another day, which were left out"
            )
    if not runs:
        raise NoWaveformError(
            f"{day_object.uri} has no samples of {day_object.day}", object=day_object.uri
        )
    return notes


def _quality(records: RecordTable) -> TimingQuality | None:
    """Return the quality of timing of records; None if there are no headers."""
    if not len(records):
        return None
    records = records.select(np.argsort(records.starts, kind="stable"))
    return TimingQuality(records.starts, records.ends, records.percents, records.locked)
