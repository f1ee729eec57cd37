"""Decode the records of a channel into runs, as ObsPy's reader joins records to traces."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise

import numpy as np
import numpy.typing as npt
from obspy import Trace, UTCDateTime

from shared.waveforms._payload import Payloads
from shared.waveforms._record_check import WIDTHS
from shared.waveforms._record_table import RecordTable
from shared.waveforms._record_times import Run
from shared.waveforms._samples import Decoded, decode

_ENCODINGS = {1: "INT16", 3: "INT32", 4: "FLOAT32", 5: "FLOAT64", 10: "STEIM1", 11: "STEIM2"}
"""ObsPy's names of encoding formats."""

_STEIM = (10, 11)
_MOST_TRIED = 64  # records of plain numbers, which few objects have

_ONE_RATE = 1e-4  # relative difference of rates that ObsPy joins
_US_PER_S = 1e6  # libmseed's times are in microseconds


def decode_runs(
    content: memoryview, records: RecordTable
) -> tuple[list[Run], npt.NDArray[np.uint8]]:
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
    return list(_runs(ordered, decoded, len(content))), faults


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


def _runs(records: RecordTable, decoded: Decoded, size: int) -> Iterator[Run]:
    """Yield the runs of sound records."""
    sound = np.flatnonzero(decoded.sound)
    table = records.select(sound)
    types = decoded.types[sound]
    if not len(table):
        return
    begins = np.flatnonzero(np.concatenate([[True], _part(table, types)])).tolist()
    for first, end in pairwise([*begins, len(table)]):
        samples = decoded.samples(sound[first], sound[end - 1] + 1)
        npts = table.npts[first:end]
        trace = Trace(samples, _header(table, first, end, size))
        yield Run(trace, table.starts[first:end], np.cumsum(npts) - npts)


def _part(table: RecordTable, types: npt.NDArray[np.bytes_]) -> npt.NDArray[np.bool_]:
    """Return which records, but the first, do not continue the one before.

    A record continues another one within half a sample, by libmseed's arithmetic.
    """
    rates, starts = table.rates, table.starts // 1000
    ends = starts + ((table.npts - 1) / rates * _US_PER_S + 0.5).astype(np.int64)
    deltas = (_US_PER_S / rates).astype(np.int64)[:-1]
    gaps = starts[1:] - ends[:-1] - deltas
    apart = np.abs(gaps) > (0.5 * deltas).astype(np.int64)
    apart |= np.abs(1 - rates[:-1] / rates[1:]) >= _ONE_RATE
    apart |= types[1:] != types[:-1]
    parted: npt.NDArray[np.bool_] = apart | (table.qualities[1:] != table.qualities[:-1])
    return parted


def _header(table: RecordTable, first: int, end: int, size: int) -> dict[str, object]:
    """Return the header of a trace, with the fields that ObsPy's reader gives."""
    network, station, location, channel = str(table.ids[first]).split(".")
    return {
        "network": network,
        "station": station,
        "location": location,
        "channel": channel,
        "starttime": UTCDateTime(ns=int(table.starts[first])),
        "sampling_rate": float(table.rates[first]),
        "_format": "MSEED",
        "mseed": {
            "dataquality": table.qualities[first].decode(),
            "number_of_records": end - first,
            "encoding": _ENCODINGS[int(table.encodings[first])],
            "byteorder": "<" if table.little[first] else ">",
            "record_length": int(table.lengths[first]),
            "filesize": size,
        },
    }
