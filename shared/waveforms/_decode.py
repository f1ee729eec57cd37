"""Decode the records of a channel, leaving out those that cannot be decoded.

ObsPy decodes all records at once. It fails at the first one that it cannot decode, and passes over
others in silence; so the samples of its traces are compared with the counts in the headers. Only
where these differ are parts of the records decoded by themselves, down to single ones.
"""

import io
import warnings
from dataclasses import replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
import obspy
from obspy import Stream, Trace
from obspy.core.util.obspy_types import ObsPyException

from shared.waveforms._record_table import RecordTable
from shared.waveforms._record_times import Run

UNREADABLE = (ObsPyException, ValueError, TypeError)
"""ObsPy's errors for content that it cannot decode. ValueError and TypeError are those for records
of text, or for none at all."""

_HOPELESS = 64  # damaged records, and not a single good one


def read_miniseed(content: Path | bytes) -> tuple[Stream, list[str]]:
    """Decode miniSEED with ObsPy.

    Args:
        content: a file, or its content.

    Returns:
        All traces, and ObsPy's warnings.

    Raises:
        ObsPyException, ValueError, TypeError: ObsPy cannot decode the content.
    """
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        file = io.BytesIO(content) if isinstance(content, bytes) else str(content)
        try:
            stream = obspy.read(file, format="MSEED")
        except Exception as error:
            if type(error) is Exception:  # ObsPy raises it for content without a record
                raise ObsPyException("it has no record") from error
            raise
    return stream, [str(warning.message) for warning in caught]


def match(stream: Stream, records: RecordTable) -> list[Run] | None:
    """Assign records to the traces that ObsPy has decoded from them.

    Args:
        stream: the traces of one channel, in ObsPy's order.
        records: the channel's records that have samples, in the content's order.

    Returns:
        The traces with their records; None if the samples are not those of the records.
    """
    # ObsPy lists the qualities one after another, and each one's records in the content's order.
    qualities, places = np.unique(records.qualities, return_index=True)
    order = np.concatenate(
        [np.flatnonzero(records.qualities == qualities[one]) for one in np.argsort(places)]
        or [np.arange(0)]
    )
    starts, npts = records.starts[order], records.npts[order]
    ends = np.concatenate([[0], np.cumsum(npts)])
    lasts = np.cumsum([0, *(trace.stats.npts for trace in stream)])
    borders = np.searchsorted(ends, lasts)
    if lasts[-1] != ends[-1] or (ends[borders] != lasts).any():
        return None
    runs = []
    for trace, first, end in zip(stream, borders[:-1], borders[1:], strict=True):
        if trace.stats.starttime.ns // 1000 != starts[first] // 1000:
            return None
        runs.append(Run(trace, starts[first:end], ends[first:end] - ends[first]))
    return runs


def unmatched(stream: Stream) -> list[Run]:
    """Return traces as if each were a single record."""
    return [
        Run(trace, np.array([trace.stats.starttime.ns]), np.zeros(1, np.int64)) for trace in stream
    ]


def decode_parts(
    content: memoryview, records: RecordTable
) -> tuple[list[Run], npt.NDArray[np.bool_]]:
    """Decode records, and leave out those that cannot be decoded.

    Args:
        content: the content that has the records.
        records: records of one channel.

    Returns:
        The samples, in the content's order, and which records were left out. There are no samples
        if the first ones are all damaged.
    """
    runs: list[Run] = []
    damaged = np.zeros(len(records), bool)
    parts = [(0, len(records))]
    while parts and (runs or damaged.sum() < _HOPELESS):
        first, end = parts.pop()
        found = _decode_part(content, records.select(slice(first, end)))
        if found is not None:
            runs += found
        elif end - first == 1:
            damaged[first] = True
        else:  # the first half is the next to be tried
            middle = (first + end) // 2
            parts += [(middle, end), (first, middle)]
    return _joined(runs), damaged


def _decode_part(content: memoryview, records: RecordTable) -> list[Run] | None:
    """Decode some records; None if not all of them can be decoded."""
    places = zip(records.offsets.tolist(), records.lengths.tolist(), strict=True)
    try:
        part = b"".join(content[offset : offset + length] for offset, length in places)
        stream, _ = read_miniseed(part)
    except UNREADABLE:
        return None
    return match(Stream([trace for trace in stream if trace.stats.npts]), records)


def _joined(runs: list[Run]) -> list[Run]:
    """Join runs where one continues the other within half a sample, as ObsPy joins records."""
    groups: list[list[Run]] = []
    for run in runs:
        if groups and _continues(groups[-1][-1], run):
            groups[-1].append(run)
        else:
            groups.append([run])
    return [_concatenated(group) if len(group) > 1 else group[0] for group in groups]


def _continues(before: Run, after: Run) -> bool:
    one, other = before.trace, after.trace
    same = (
        one.stats.sampling_rate == other.stats.sampling_rate and one.data.dtype == other.data.dtype
    )
    gap_ns = float(after.starts[0] - before.ends[-1]) - before.delta_ns
    quality = one.stats.mseed.dataquality == other.stats.mseed.dataquality
    return bool(same and quality and abs(gap_ns) <= before.delta_ns / 2)


def _concatenated(runs: list[Run]) -> Run:
    trace = Trace(header=runs[0].trace.stats.copy())
    trace.data = np.concatenate([run.trace.data for run in runs])
    before = np.cumsum([0, *(run.trace.stats.npts for run in runs[:-1])])
    firsts = [run.firsts + first for run, first in zip(runs, before, strict=True)]
    starts = np.concatenate([run.starts for run in runs])
    return replace(runs[0], trace=trace, starts=starts, firsts=np.concatenate(firsts))
