"""Check the headers of records before anything is decoded by them.

A header is damaged if it contradicts itself, its place in the content, or the records around it.
No check shows a time that stays plausible in a record that begins or ends a segment, or in two
neighbours at once.
"""

from enum import IntEnum

import numpy as np
import numpy.typing as npt

from shared.waveforms._record_neighbours import (
    Fits,
    are_usual,
    have_other_rates,
    most_frequent,
    rate_groups,
)
from shared.waveforms._record_table import RecordTable

_FRAME = 64  # bytes of a frame of Steim's
WIDTHS = {1: 2, 3: 4, 4: 4, 5: 8}
"""Bytes of a sample in the encodings that do not compress."""

BoolArray = npt.NDArray[np.bool_]
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
    Flaw.KIND: "encoding or byte order unlike those of the neighbours",
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
    # The header of a record that is cut says when its neighbours should be.
    known = np.flatnonzero((flaws == Flaw.NONE) | (flaws == Flaw.CUT))
    if known.size:
        found = _compare(records.select(known), content)
        flaws[known] = np.where(flaws[known] == Flaw.NONE, found, flaws[known])
    return flaws


def are_silent(records: RecordTable, content: memoryview) -> BoolArray:
    """Return which records have no samples by intention: they hold blockettes or a log alone."""
    silent: BoolArray = records.npts == 0
    for place in np.flatnonzero(silent & (records.data_offsets > 0) & (records.rates != 0)):
        begin = int(records.offsets[place])
        payload = slice(begin + int(records.data_offsets[place]), int(records.stops[place]))
        silent[place] = not any(content[payload])
    return silent


def _have_odd_offsets(records: RecordTable) -> BoolArray:
    """Return which records have a payload that begins within the header or beyond the record."""
    odd: BoolArray = records.data_offsets <= records.header_ends
    return odd | (records.data_offsets >= records.lengths)


def _compare(records: RecordTable, content: memoryview) -> Flaws:
    """Compare records, which agree with themselves, with their neighbours."""
    flaws = np.zeros(len(records), np.uint8)
    groups = rate_groups(records.rates)
    usual_rate = are_usual(groups)
    rates = records.rates
    if not usual_rate.all():
        rates = np.where(usual_rate, rates, most_frequent(rates[usual_rate]))
    fits = Fits(records, rates)
    for place in np.flatnonzero(fits.misplaced).tolist():
        # Where a segment ends, its last record is seldom full, and the room may be an accident.
        if _is_full(records, content, place - 1) and _is_full(records, content, place):
            flaws[place] = Flaw.OTHER_TIME
    if groups.any():  # several rates
        flaws[have_other_rates(records, groups, usual_rate, fits.joined)] = Flaw.OTHER_RATE
    # Lengths may differ: a wrong one cuts a record, or leaves it too few samples, or the same.
    kinds = records.encodings.astype(np.int64) << 1 | records.little
    flaws[~are_usual(kinds) & fits.joined] = Flaw.KIND
    usual = are_usual(records.data_offsets << 16 | records.header_ends)
    after = records.data_offsets - records.header_ends
    flaws[~usual & ((after > 64) | (records.data_offsets % 64 > 0))] = Flaw.OFFSET
    return flaws


def _is_full(records: RecordTable, content: memoryview, place: int) -> bool:
    """Return whether a record has no room for more samples, or little."""
    begin = int(records.offsets[place] + records.data_offsets[place])
    room = int(records.stops[place]) - begin
    encoding = int(records.encodings[place])
    if encoding in WIDTHS:
        return room - int(records.npts[place]) * WIDTHS[encoding] < _FRAME
    last = begin + (room // _FRAME - 1) * _FRAME  # a frame begins with the kinds of its words
    return any(content[last : last + 4])
