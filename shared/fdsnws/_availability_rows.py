"""The rows of the service availability: continuous spans, and extents of channels.

Spans are joined, divided and selected as in SeisComP's service. Spans up to half a sample interval
apart are one. A span is selected if it reaches into the requested time, and only the format
"request" cuts it to that time. Days that the request does not touch are not read, so a span may
continue beyond the first and the last day.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from shared.archive.channel_id import ChannelId
from shared.holdings.day_spans import DaySpans
from shared.holdings.holding import nslc
from shared.holdings.resolve import ChannelDays
from shared.waveforms.data_spans import DataSpan, join_spans

_Kind = tuple[str, float]


@dataclass(frozen=True)
class Row:
    """A continuous span of a channel, or its extent.

    Attributes:
        channel: the channel.
        quality: the data quality; "" where qualities are merged, or unknown.
        sampling_rate: in Hz; 0 where rates are merged, or unknown.
        start_ns, end_ns: the times of the first and the last sample in ns since 1970.
        updated_ns: when the newest of its day objects was modified; None if unknown.
        span_count: the number of continuous spans of an extent; None if unknown.
    """

    channel: ChannelId
    quality: str
    sampling_rate: float
    start_ns: int
    end_ns: int
    updated_ns: int | None = None
    span_count: int | None = None


@dataclass(frozen=True)
class Merging:
    """The differences and gaps that do not divide spans.

    Attributes:
        quality: whether spans of different qualities are joined.
        rate: whether spans of different sampling rates are joined.
        overlap: whether spans that overlap are joined.
        longest_gap_ns: the longest gap in ns that does not divide spans.
    """

    quality: bool = False
    rate: bool = False
    overlap: bool = False
    longest_gap_ns: int = 0


def span_rows(
    channel: ChannelId, days: Sequence[DaySpans], qualities: Sequence[str], merging: Merging
) -> list[Row]:
    """Return the continuous spans of a channel.

    Args:
        channel: the channel.
        days: the spans of its days.
        qualities: the data qualities to list; "*" is all.
        merging: the differences and gaps that do not divide spans.
    """
    updated = _updates(days)
    rows = _joined(channel, _of_quality(days, qualities), merging)
    return [replace(row, updated_ns=_latest(updated, row)) for row in rows]


def select_rows(rows: Iterable[Row], selected: ChannelDays) -> list[Row]:
    """Return the rows of a channel that reach into one of its requested times."""
    return [
        row
        for row in rows
        if any(row.end_ns >= start and row.start_ns <= end for start, end in selected.spans)
    ]


def extent_rows(rows: Sequence[Row], merging: Merging, *, is_exact: bool) -> list[Row]:
    """Return the extents of a channel.

    Args:
        rows: its continuous spans, of each quality and rate.
        merging: the differences and gaps that do not divide spans.
        is_exact: whether these are all of its spans, so that they can be counted.
    """
    groups: dict[_Kind, list[Row]] = {}
    for row in rows:
        groups.setdefault(_kind(row.quality, row.sampling_rate, merging), []).append(row)
    return [
        Row(
            group[0].channel,
            *kind,
            min(row.start_ns for row in group),
            max(row.end_ns for row in group),
            max((row.updated_ns for row in group if row.updated_ns is not None), default=None),
            len(group) if is_exact else None,
        )
        for kind, group in groups.items()
    ]


def order_rows(rows: Iterable[Row], order: str) -> list[Row]:
    """Return rows in the order that `orderby` names; unknown values come first."""
    ordered = sorted(rows, key=lambda row: (nslc(row.channel), _by_time(row)))
    name, _, direction = order.partition("_")
    attribute = {"timespancount": "span_count", "latestupdate": "updated_ns"}.get(name)
    if attribute:

        def value(row: Row) -> int:
            found: int | None = getattr(row, attribute)
            return -1 if found is None else found

        ordered.sort(key=value, reverse=direction == "desc")
    return ordered


def cut_rows(rows: Iterable[Row], selections: Mapping[ChannelId, ChannelDays]) -> Iterator[Row]:
    """Yield rows cut to the requested times."""
    for row in rows:
        for start, end in selections[row.channel].spans:
            first, last = max(row.start_ns, start), min(row.end_ns, end)
            if first <= last:
                yield replace(row, start_ns=first, end_ns=last)


def _by_time(row: Row) -> tuple[int, str, float, int]:
    return row.start_ns, row.quality, row.sampling_rate, row.end_ns


def _of_quality(days: Iterable[DaySpans], qualities: Sequence[str]) -> Iterator[DataSpan]:
    for day in days:
        for span in day.spans:
            if "*" in qualities or span.quality in qualities:
                yield span


def _joined(channel: ChannelId, spans: Iterable[DataSpan], merging: Merging) -> Iterator[Row]:
    kinds: dict[_Kind, list[DataSpan]] = {}
    for span in spans:
        kinds.setdefault(_kind(span.quality, span.sampling_rate, merging), []).append(span)
    for kind, found in kinds.items():
        for span in join_spans(found, merging.longest_gap_ns, overlaps=merging.overlap):
            yield Row(channel, *kind, span.start_ns, span.end_ns)


def _kind(quality: str, rate: float, merging: Merging) -> _Kind:
    return "" if merging.quality else quality, 0.0 if merging.rate else rate


def _updates(days: Iterable[DaySpans]) -> list[tuple[int, int, int]]:
    """Return the first and the last sample of each day, and when its object was modified."""
    return [
        (day.spans[0].start_ns, max(span.end_ns for span in day.spans), day.version.modified_ns)
        for day in days
        if day.spans and day.version.modified_ns is not None
    ]


def _latest(updates: Sequence[tuple[int, int, int]], row: Row) -> int | None:
    within = (
        modified
        for first, last, modified in updates
        if first <= row.end_ns and last >= row.start_ns
    )
    return max(within, default=None)
