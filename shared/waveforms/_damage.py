"""Describe records that cannot be read: when their samples were, and where they are stored."""

from collections.abc import Sequence

import numpy as np
from obspy import UTCDateTime

from shared.waveforms._record_table import IntArray, RecordTable
from shared.waveforms.gaps import DAMAGED
from shared.waveforms.reasons import EmptySpan
from shared.wording import first_few

_MAX_LISTED = 5  # records in a warning


def damaged_spans(damaged: RecordTable, sound: RecordTable) -> list[EmptySpan]:
    """Return the time spans of damaged records, from their headers.

    Args:
        damaged: the records; those whose time is damaged, too, have none.
        sound: the records whose samples are there; a span ends before the next one begins.
    """
    starts = np.sort(sound.starts)
    following = np.append(starts, np.iinfo(np.int64).max)
    following = following[np.searchsorted(starts, damaged.starts, side="right")]
    lasts = np.minimum(damaged.ends, following - np.round(damaged.deltas).astype(np.int64))
    return _spans(damaged.starts, lasts)


def holes(records: RecordTable, size: int) -> tuple[IntArray, IntArray]:
    """Return the first byte of each part of a content outside of records, and the one after.

    Args:
        records: the records in the content's order. One that extends beyond the next is cut.
        size: of the content in bytes.
    """
    ends = np.append(records.offsets, size)
    begins = np.concatenate([[0], np.minimum(records.stops, ends[1:])])
    found = begins < ends
    return begins[found], ends[found]


def spans_between(own: RecordTable, begins: IntArray) -> list[EmptySpan]:
    """Return the time spans between a channel's records on both sides of parts of a content.

    Args:
        own: the records of the channel in the content's order.
        begins: the first byte of each part.
    """
    after = np.unique(np.searchsorted(own.offsets, begins))
    after = after[(after > 0) & (after < len(own))]
    deltas = np.round(own.deltas).astype(np.int64)
    firsts = own.ends[after - 1] + deltas[after - 1]
    lasts = own.starts[after] - deltas[after]
    return _spans(firsts, lasts)


def describe_damage(uri: str, offsets: Sequence[int], records: int) -> str:
    """Describe damaged records in a warning.

    Args:
        uri: the object that they are in.
        offsets: where they begin, in bytes.
        records: the number of all records of the channel.
    """
    places = first_few([f"{offset:,}" for offset in offsets], _MAX_LISTED)
    return (
        f"{uri}: {len(offsets):,} of {records:,} records are damaged and were left out,"
        f" at byte {places}"
    )


def _spans(firsts: IntArray, lasts: IntArray) -> list[EmptySpan]:
    return [
        EmptySpan(UTCDateTime(ns=first), UTCDateTime(ns=last), DAMAGED)
        for first, last in zip(firsts.tolist(), lasts.tolist(), strict=True)
        if first <= last
    ]
