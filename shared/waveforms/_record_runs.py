"""Decode the records of a channel into runs, as ObsPy's reader joins records to traces."""

from dataclasses import replace

import numpy as np
import numpy.typing as npt

from shared.waveforms._payload import Payloads
from shared.waveforms._record_check import WIDTHS
from shared.waveforms._record_table import RecordTable
from shared.waveforms._runs import Runs
from shared.waveforms._samples import Decoded, decode
from shared.waveforms.segments import RATE_TOLERANCE

_STEIM = (10, 11)
_MOST_TRIED = 64  # records of plain numbers, which few objects have

_US_PER_S = 1e6  # libmseed's times are in microseconds


def decode_runs(content: memoryview, records: RecordTable) -> tuple[Runs, npt.NDArray[np.uint8]]:
    """Decode records.

    Args:
        content: the content that has them.
        records: of one channel, in the content's order; their headers are sound.

    Returns:
        The samples of the sound records, one run for each trace that ObsPy would read; and the
        `Fault` of each record.
    """
    # ObsPy lists the qualities one after another, and each one's records in the content's order.
    order = _by_quality(records)
    ordered = records.select(order)
    decoded = decode(content, payloads_of(ordered))
    faults = np.empty_like(decoded.faults)
    faults[order] = decoded.faults
    return _runs(ordered, decoded, len(content)), faults


def are_disguised(content: memoryview, records: RecordTable) -> npt.NDArray[np.bool_]:
    """Return which records claim plain numbers but hold a payload of Steim's with its check.

    One bit turns the encoding of Steim2 into that of INT32. Where most records do so, all do.
    """
    disguised = np.zeros(len(records), bool)
    plain = np.flatnonzero(np.isin(records.encodings, list(WIDTHS)))
    tried = plain[:_MOST_TRIED]
    for encoding in _STEIM * bool(tried.size):
        some = records.select(tried)
        claims = replace(payloads_of(some), encodings=np.full(len(some), encoding))
        disguised[tried] |= decode(content, claims).sound & (some.npts > 1)
    if np.count_nonzero(disguised[tried]) > len(tried) / 2:
        disguised[plain] = True
    return disguised


def payloads_of(records: RecordTable) -> Payloads:
    """Return the claims of headers that decoding needs."""
    return Payloads(
        records.offsets,
        records.lengths,
        records.data_offsets,
        records.npts,
        records.encodings,
        records.little,
    )


def _by_quality(records: RecordTable) -> npt.NDArray[np.int64]:
    if (records.qualities == records.qualities[:1]).all():  # no need to sort them
        return np.arange(len(records))
    qualities, places = np.unique(records.qualities, return_index=True)
    return np.concatenate(
        [np.flatnonzero(records.qualities == qualities[one]) for one in np.argsort(places)]
    )


def _runs(records: RecordTable, decoded: Decoded, size: int) -> Runs:
    """Return the runs of sound records."""
    sound = np.flatnonzero(decoded.sound)
    table = records.select(sound)
    parted = _part(table, decoded.types[sound])
    begins = np.flatnonzero(np.concatenate([[True], parted])[: len(table)])
    return Runs(table, decoded, sound, begins, np.append(begins[1:], len(table)), size)


def _part(table: RecordTable, types: npt.NDArray[np.bytes_]) -> npt.NDArray[np.bool_]:
    """Return which records, but the first, do not continue the one before.

    A record continues another one within half a sample, by libmseed's arithmetic.
    """
    rates, starts = table.rates, table.starts // 1000
    ends = starts + ((table.npts - 1) / rates * _US_PER_S + 0.5).astype(np.int64)
    deltas = (_US_PER_S / rates).astype(np.int64)[:-1]
    gaps = starts[1:] - ends[:-1] - deltas
    apart = np.abs(gaps) > (0.5 * deltas).astype(np.int64)
    apart |= np.abs(1 - rates[:-1] / rates[1:]) >= RATE_TOLERANCE
    apart |= types[1:] != types[:-1]
    parted: npt.NDArray[np.bool_] = apart | (table.qualities[1:] != table.qualities[:-1])
    return parted
