"""Describe records that cannot be read: when their samples were, and where they are stored."""

import numpy as np
from obspy import UTCDateTime

from shared.waveforms._record_table import RecordTable
from shared.waveforms.gaps import DAMAGED
from shared.waveforms.reasons import EmptySpan
from shared.wording import first_few

_MAX_LISTED = 5  # records in a warning


def damaged_spans(damaged: RecordTable) -> list[EmptySpan]:
    """Return the time spans of records that cannot be decoded, from their headers."""
    return [
        _span(*times) for times in zip(damaged.starts.tolist(), damaged.ends.tolist(), strict=True)
    ]


def unreadable(
    table: RecordTable, own: RecordTable, size: int
) -> tuple[list[int], list[EmptySpan], int]:
    """Find bytes that are no records: before, between and after the records of a content.

    Args:
        table: all records of the content, in order, at least one.
        own: those of the channel.
        size: of the content in bytes.

    Returns:
        The offsets of records in these bytes, if they have the length of the record before; the
        time spans between the channel's records around them; and the bytes at the end that are
        less than a record.
    """
    stops = table.offsets + table.lengths
    begins = np.concatenate([[0], stops])
    lengths = np.concatenate([table.lengths[:1], table.lengths])
    surplus = int(size - begins[-1]) % int(lengths[-1])
    ends = np.concatenate([table.offsets, [size - surplus]])
    runs = list(zip(begins.tolist(), ends.tolist(), lengths.tolist(), strict=True))
    offsets = [offset for run in runs for offset in range(*run)]
    spans = []
    after = np.searchsorted(own.offsets, [begin for begin, end, _ in runs if begin < end])
    for place in after[(after > 0) & (after < len(own))].tolist():
        delta = round(1e9 / own.rates[place - 1]) if own.rates[place - 1] > 0 else 0
        first, last = own.ends[place - 1] + delta, own.starts[place] - delta
        if first <= last:
            spans.append(_span(int(first), int(last)))
    return offsets, spans, surplus


def describe_damage(uri: str, offsets: list[int], records: int) -> str:
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


def _span(first_ns: int, last_ns: int) -> EmptySpan:
    return EmptySpan(UTCDateTime(ns=first_ns), UTCDateTime(ns=last_ns), DAMAGED)
