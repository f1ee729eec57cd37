"""Compare records with their neighbours: in time, in sampling rate, and in kind."""

import numpy as np
import numpy.typing as npt

from shared.waveforms._record_table import IntArray, RecordTable
from shared.waveforms.segments import RATE_TOLERANCE

FEW = 3  # records in a row, or of a kind, that are no accident
_SHARE = 0.1  # of all records: a kind as frequent as that is no accident, either
_SIMILAR = 0.01  # relative difference of rates by the times of records
_SPARSE = 100  # times as dense as their mean may samples be that are recorded at intervals
_MANY = 10  # samples of a record whose length in time shows a rate
_LONGEST_NS = 90_000 * 1e9  # of a record: a day and an hour
_MOST_RATES = 8  # rates of an object that are tried

BoolArray = npt.NDArray[np.bool_]
FloatArray = npt.NDArray[np.float64]


class Fits:
    """How records follow their neighbours in time, to half a sample.

    Args:
        records: the records in the content's order.
        rates: the sampling rate of each in Hz, believed.

    Attributes:
        joined: which begin where the one before ends, or end where the one after begins.
        misplaced: which leave their own place empty: both neighbours have room between them for
            exactly their samples.
    """

    def __init__(self, records: RecordTable, rates: FloatArray) -> None:
        starts, npts = records.starts, records.npts
        deltas = 1e9 / rates
        near = deltas / 2
        stops = starts + np.round(np.minimum(npts * deltas, 1e17)).astype(np.int64)
        before, after = np.zeros(len(records), bool), np.zeros(len(records), bool)
        before[1:] = np.abs(starts[1:] - stops[:-1]) <= near[1:]
        after[:-1] = before[1:]
        self.joined = before | after
        self.misplaced = np.zeros(len(records), bool)
        room = starts[2:] - stops[:-2] - (stops - starts)[1:-1]
        inner = ~before[1:-1] & ~after[1:-1] & (np.abs(room) <= near[1:-1])
        self.misplaced[1:-1] = inner
        if inner.any():  # late records that were stored later are in another place for good
            order = np.argsort(starts, kind="stable")
            follows = np.abs(starts[order][1:] - stops[order][:-1]) <= near[order][1:]
            in_order = np.zeros(len(records), bool)
            in_order[order[1:-1]] = follows[:-1] & follows[1:]
            self.misplaced &= ~in_order


def contradicted_rate(records: RecordTable) -> tuple[float, float] | None:
    """Return the sampling rate that headers claim and the one by their times, in Hz.

    Args:
        records: of one channel, in the content's order; their headers are sound.

    Returns:
        None unless most of the records agree on another rate than they claim. Short records at
        regular intervals, with gaps between them, are no contradiction.
    """
    if len(records) < 2 * FEW:
        return None
    steps, npts, claimed = np.diff(records.starts), records.npts[:-1], records.rates[:-1]
    off = (np.abs(steps * claimed * 1e-9 - npts) > 1 / 2) & (steps > 0)
    if np.count_nonzero(off) <= len(off) / 2:
        return None
    implied = npts[off] * 1e9 / steps[off]
    typical = float(np.median(implied))
    agree = (np.abs(implied / typical - 1) < _SIMILAR) & (
        np.abs(claimed[off] / typical - 1) > _SIMILAR
    )
    if np.count_nonzero(agree) <= len(off) / 2:
        return None
    rate = most_frequent(claimed)
    is_regular = (npts == npts[0]).all() and typical < rate < _SPARSE * typical
    return None if is_regular else (rate, typical)


def have_other_rates(
    records: RecordTable, groups: IntArray, usual: BoolArray, joined: BoolArray
) -> BoolArray:
    """Return which records have a sampling rate that is not theirs.

    No neighbour confirms it. It is unusual, and the record is part of a segment, reaches into the
    next one, or is longer than a day; or the next record begins where one of the other rates has
    it.

    Args:
        records: the records in the content's order.
        groups: the number of each one's rate, of `rate_groups`.
        usual: which rates are usual.
        joined: which records continue a neighbour, or are continued by one.
    """
    continued = _continue(records)
    confirmed = continued.copy()
    confirmed[1:] |= continued[:-1] & (groups[1:] == groups[:-1])
    reach = records.npts * records.deltas
    other = joined | (reach > _LONGEST_NS)
    steps, npts = np.diff(records.starts), records.npts[:-1]
    other[:-1] |= reach[:-1] > steps + records.deltas[1:]
    other &= ~usual
    for group in range(min(int(groups.max()) + 1, _MOST_RATES)):
        rate = float(records.rates[np.argmax(groups == group)])
        fits = (np.abs(steps * rate * 1e-9 - npts) <= 1 / 2) & (npts >= _MANY)
        other[:-1] |= fits & (groups[:-1] != group)
    found: BoolArray = other & ~confirmed
    return found


def _continue(records: RecordTable) -> BoolArray:
    """Return which records end, by their own rate, where the next one begins."""
    stops = records.starts + records.npts * records.deltas
    near = np.minimum(records.deltas, np.median(records.deltas)) / 2
    continued = np.zeros(len(records), bool)
    continued[:-1] = np.abs(records.starts[1:] - stops[:-1]) <= near[:-1]
    return continued


def rate_groups(rates: FloatArray) -> IntArray:
    """Give each rate a number, the same for rates that are one channel's."""
    if (rates == rates[0]).all():
        return np.zeros(len(rates), np.int64)
    different, places = np.unique(rates, return_inverse=True)
    groups = np.cumsum(np.diff(different, prepend=different[0]) > RATE_TOLERANCE * different)
    return np.asarray(groups[places], np.int64)


def are_usual(kinds: IntArray) -> BoolArray:
    """Return which records are of the most frequent kind, or of one that is no accident.

    Such a kind has a tenth of the records, or three records in a row.
    """
    if (kinds == kinds[0]).all():  # no need to sort them
        return np.ones(len(kinds), bool)
    _, places, counts = np.unique(kinds, return_inverse=True, return_counts=True)
    usual = counts >= max(FEW, _SHARE * len(kinds))
    usual[np.argmax(counts)] = True
    begins = np.flatnonzero(np.diff(places, prepend=-1))
    long = np.diff(begins, append=len(places)) >= FEW
    usual[places[begins[long]]] = True
    of_usual: BoolArray = usual[places]
    return of_usual


def most_frequent(values: FloatArray) -> float:
    """Return the most frequent value; the least of several."""
    different, counts = np.unique(values, return_counts=True)
    return float(different[np.argmax(counts)])
