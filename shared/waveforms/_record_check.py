"""Check the headers of records before anything is decoded by them.

A header is damaged if it contradicts itself, its place in the content, or the records around it.
No check shows a time that stays plausible in a record that begins or ends a segment, or in two
neighbours at once.
"""

from enum import IntEnum

import numpy as np
import numpy.typing as npt

from shared.waveforms._record_table import RecordTable

_FEW = 3  # records in a row, or of a kind, that are no accident
_SHARE = 0.1  # of all records: a kind as frequent as that is no accident, either
_SIMILAR = 0.01  # relative difference of rates by the times of records
_SPARSE = 100  # times as dense as their mean may samples be that are recorded at intervals
_ONE_RATE = 1e-4  # relative difference of rates that are one channel's, as of libmseed

_FRAME = 64  # bytes of a frame of Steim's
WIDTHS = {1: 2, 3: 4, 4: 4, 5: 8}
"""Bytes of a sample in the encodings that do not compress."""

BoolArray = npt.NDArray[np.bool_]
IntArray = npt.NDArray[np.int64]
FloatArray = npt.NDArray[np.float64]
Flaws = npt.NDArray[np.uint8]


class Flaw(IntEnum):
    """A reason why a header cannot be right; no number is that of a `Fault`, but `NONE`.

    `str` gives a phrase for messages.
    """

    NONE = 0
    CUT = 16
    DATE = 17
    RATE = 18
    OFFSET = 19
    KIND = 20
    OTHER_RATE = 21
    OTHER_TIME = 22
    EMPTY = 23
    DISGUISED = 24

    def __str__(self) -> str:
        return _PHRASES[self]


_PHRASES = {
    Flaw.NONE: "no flaw",
    Flaw.CUT: "cut, or with another length than the header gives",
    Flaw.DATE: "no valid time",
    Flaw.RATE: "no possible sampling rate",
    Flaw.OFFSET: "no valid offset of the data",
    Flaw.KIND: "length, encoding or byte order unlike those of the neighbours",
    Flaw.OTHER_RATE: "sampling rate unlike that of the neighbours",
    Flaw.OTHER_TIME: "time unlike those of the neighbours",
    Flaw.EMPTY: "no samples",
    Flaw.DISGUISED: "a compressed payload under an encoding that does not compress",
}


def check(records: RecordTable, cut: BoolArray, content: memoryview) -> Flaws:
    """Check the headers of a channel's records.

    Args:
        records: the records in the content's order, without those of `are_silent`.
        cut: which of them extend beyond the offset of the next record, or beyond the content.
        content: the content that has them.

    Returns:
        A `Flaw` for each record.
    """
    flaws = np.zeros(len(records), np.uint8)
    for flaw, found in (
        (Flaw.EMPTY, records.npts == 0),
        (Flaw.OFFSET, _have_odd_offsets(records)),
        (Flaw.RATE, ~records.possible_rates),
        (Flaw.DATE, ~records.timed),
        (Flaw.CUT, cut),
    ):
        flaws[found] = flaw
    sound = np.flatnonzero(flaws == Flaw.NONE)
    if sound.size:
        flaws[sound] = _compare(records.select(sound), content)
    return flaws


def are_silent(records: RecordTable, content: memoryview) -> BoolArray:
    """Return which records have no samples by intention: they hold blockettes or a log alone."""
    silent: BoolArray = records.npts == 0
    for place in np.flatnonzero(silent & (records.data_offsets > 0) & (records.rates != 0)):
        begin = int(records.offsets[place])
        payload = slice(begin + int(records.data_offsets[place]), int(records.stops[place]))
        silent[place] = not any(content[payload])
    return silent


def contradicted_rate(records: RecordTable) -> tuple[float, float] | None:
    """Return the sampling rate that headers claim and the one by their times, in Hz.

    Args:
        records: of one channel, in the content's order; their headers are sound.

    Returns:
        None unless most of the records agree on another rate than they claim. Short records at
        regular intervals, with gaps between them, are no contradiction.
    """
    if len(records) < 2 * _FEW:
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
    rate = _most_frequent(claimed)
    is_regular = (npts == npts[0]).all() and typical < rate < _SPARSE * typical
    return None if is_regular else (rate, typical)


def _have_odd_offsets(records: RecordTable) -> BoolArray:
    """Return which records have a payload that begins within the header or beyond the record."""
    odd: BoolArray = records.data_offsets <= records.header_ends
    return odd | (records.data_offsets >= records.lengths)


def _compare(records: RecordTable, content: memoryview) -> Flaws:
    """Compare records, which agree with themselves, with their neighbours."""
    flaws = np.zeros(len(records), np.uint8)
    usual_rate = _are_usual(_rate_groups(records.rates))
    rates = records.rates
    if not usual_rate.all():
        rates = np.where(usual_rate, rates, _most_frequent(rates[usual_rate]))
    fits = Fits(records, rates)
    for place in np.flatnonzero(fits.misplaced).tolist():
        # Where a segment ends, its last record is seldom full, and the room may be an accident.
        if _is_full(records, content, place - 1) and _is_full(records, content, place):
            flaws[place] = Flaw.OTHER_TIME
    if not usual_rate.all():
        flaws[~usual_rate & fits.joined & ~_continue(records)] = Flaw.OTHER_RATE
    kinds = records.lengths << 9 | records.encodings.astype(np.int64) << 1 | records.little
    flaws[~_are_usual(kinds) & fits.joined] = Flaw.KIND
    usual = _are_usual(records.data_offsets << 16 | records.header_ends)
    after = records.data_offsets - records.header_ends
    flaws[~usual & ((after > 64) | (records.data_offsets % 64 > 0))] = Flaw.OFFSET
    return flaws


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


def _is_full(records: RecordTable, content: memoryview, place: int) -> bool:
    """Return whether a record has no room for more samples, or little."""
    begin = int(records.offsets[place] + records.data_offsets[place])
    room = int(records.stops[place]) - begin
    encoding = int(records.encodings[place])
    if encoding in WIDTHS:
        return room - int(records.npts[place]) * WIDTHS[encoding] < _FRAME
    last = begin + (room // _FRAME - 1) * _FRAME  # a frame begins with the kinds of its words
    return any(content[last : last + 4])


def _continue(records: RecordTable) -> BoolArray:
    """Return which records end, by their own rate, where the next one begins."""
    stops = records.starts + records.npts * records.deltas
    near = np.minimum(records.deltas, np.median(records.deltas)) / 2
    continued = np.zeros(len(records), bool)
    continued[:-1] = np.abs(records.starts[1:] - stops[:-1]) <= near[:-1]
    return continued


def _rate_groups(rates: FloatArray) -> IntArray:
    """Give each rate a number, the same for rates that are one channel's."""
    if (rates == rates[0]).all():
        return np.zeros(len(rates), np.int64)
    different, places = np.unique(rates, return_inverse=True)
    groups = np.cumsum(np.diff(different, prepend=different[0]) > _ONE_RATE * different)
    return np.asarray(groups[places], np.int64)


def _are_usual(kinds: IntArray) -> BoolArray:
    """Return which records are of the most frequent kind, or of one that is no accident.

    Such a kind has a tenth of the records, or three records in a row.
    """
    if (kinds == kinds[0]).all():  # no need to sort them
        return np.ones(len(kinds), bool)
    _, places, counts = np.unique(kinds, return_inverse=True, return_counts=True)
    usual = counts >= max(_FEW, _SHARE * len(kinds))
    usual[np.argmax(counts)] = True
    begins = np.flatnonzero(np.diff(places, prepend=-1))
    long = np.diff(begins, append=len(places)) >= _FEW
    usual[places[begins[long]]] = True
    of_usual: BoolArray = usual[places]
    return of_usual


def _most_frequent(values: FloatArray) -> float:
    different, counts = np.unique(values, return_counts=True)
    return float(different[np.argmax(counts)])
