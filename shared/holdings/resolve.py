"""Resolve the codes of a request into channels, time spans and days.

Exact codes need neither an index nor a listing. Wildcards are looked up in the index of each day
that their time span touches.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from threading import Lock
from typing import NamedTuple

from shared.archive.archive import Archive
from shared.archive.channel_id import ChannelId
from shared.archive.day import DAY_NS, Day
from shared.aws.s3_client import in_threads
from shared.errors import BadRequestError
from shared.holdings.archive_days import archive_days, days_within
from shared.holdings.bounds import (
    check_channel_days,
    check_comparisons,
    check_index_days,
    part_with_data,
)
from shared.holdings.day_holdings import holdings_on
from shared.holdings.holding import ChannelSpan, nslc, touched_days
from shared.holdings.patterns import (
    TimedPatterns,
    count_exact,
    exact_channels,
    is_exact,
)

Span = tuple[int, int]
"""A start and an end in ns since 1970, both included."""


@dataclass(frozen=True)
class ChannelDays:
    """The time spans of a channel that a request selects.

    Attributes:
        channel: the channel.
        spans: in order; they neither overlap nor touch.
        days: the days in the spans, in order. Those of exact codes need not have data.
    """

    channel: ChannelId
    spans: tuple[Span, ...]
    days: tuple[Day, ...]


def resolve(archive: Archive, selections: Sequence[TimedPatterns]) -> list[ChannelSpan]:
    """Return the channels and time spans that selections ask for.

    Spans of one channel that overlap or touch become one, so that no sample is asked for twice.
    They end tomorrow at the latest.

    Args:
        archive: the archive.
        selections: the codes and time spans; see `CodePatterns`.

    Returns:
        The spans, sorted by network, station, location, channel and start; none before 1900 or
        after tomorrow. A channel of exact codes need not have data. One of wildcards has data on a
        day of its span.

    Raises:
        BadRequestError: a start or an end is open, an end precedes its start, or wildcards cannot
            be resolved, as of `holdings_on`.
        S3Error: S3 could not be reached, or refused.
        SettingsError: the bucket or a limit is not set properly.
        TooLargeError: the selections have more days with wildcards than `limits.max_index_days`, or
            more channel days than `limits.max_channel_days`.
    """
    for patterns in selections:
        if patterns.start is None or patterns.end is None:
            name = "starttime" if patterns.start is None else "endtime"
            raise BadRequestError(f"{name} is missing: must be a time in UTC", field=name)
    return [
        ChannelSpan(each.channel, *span)
        for each in select_days(archive, selections)
        for span in each.spans
    ]


def select_days(archive: Archive, selections: Sequence[TimedPatterns]) -> list[ChannelDays]:
    """Return the channels that selections ask for, with their time spans and days.

    An open start or end takes all days that the archive has.

    Returns:
        The channels, sorted by network, station, location and channel.

    Raises:
        BadRequestError: as of `resolve` and, for open times, of `archive_days`.
        S3Error, SettingsError, TooLargeError: as of `resolve`.
    """
    timed = [(patterns, _times(archive, patterns)) for patterns in selections]
    exact = [each for each in timed if is_exact(each[0])]
    wild = [each for each in timed if not is_exact(each[0])]
    # Each selection with wildcards has one channel or more, unless there is none to be found.
    count = sum(count_exact(patterns) * times.day_count for patterns, times in exact)
    check_channel_days(count + sum(times.day_count for _, times in wild))
    found = _Found()
    for patterns, times in exact:
        days = times.days()
        for channel in exact_channels(patterns) if days else ():
            found.add(channel, times.span, days)
    _add_matching(archive, wild, found)
    check_channel_days(sum(map(len, found.days.values())))
    return [
        ChannelDays(
            channel, tuple(merge_spans(found.spans[channel])), tuple(sorted(found.days[channel]))
        )
        for channel in sorted(found.spans, key=nslc)
    ]


def merge_spans(spans: Iterable[Span]) -> list[Span]:
    """Return spans in order of time; those that overlap or touch become one."""
    merged: list[Span] = []
    for start, end in sorted(spans):
        if merged and start <= merged[-1][1]:
            merged[-1] = merged[-1][0], max(merged[-1][1], end)
        else:
            merged.append((start, end))
    return merged


class _Found:
    """The spans and the days of each channel."""

    def __init__(self) -> None:
        self.spans: dict[ChannelId, set[Span]] = {}
        self.days: dict[ChannelId, set[Day]] = {}

    def add(self, channel: ChannelId, span: Span, days: Iterable[Day]) -> None:
        self.spans.setdefault(channel, set()).add(span)
        self.days.setdefault(channel, set()).update(days)


class _Times(NamedTuple):
    """The time span of a selection, whose days are made at need: there may be too many."""

    span: Span
    day_count: int
    days: Callable[[], Sequence[Day]]


def _times(archive: Archive, patterns: TimedPatterns) -> _Times:
    start, end = patterns.start, patterns.end
    if start is not None and end is not None and end < start:
        raise BadRequestError("endtime must not be before starttime", field="endtime")
    if start is None or end is None:
        days = days_within(archive_days(archive), start, end)
        first = days[0].number * DAY_NS if days else start or 0
        last = (days[-1].number + 1) * DAY_NS - 1 if days else first
        span = first if start is None else start, last if end is None else end
        return _Times(span, len(days), lambda: days)
    if (part := part_with_data(start, end)) is None:
        return _Times((start, end), 0, tuple)
    return _Times(part, part[1] // DAY_NS - part[0] // DAY_NS + 1, lambda: touched_days(*part))


def _add_matching(
    archive: Archive, selections: Sequence[tuple[TimedPatterns, _Times]], found: _Found
) -> None:
    """Add all channels that match selections with wildcards."""
    days: dict[Day, list[int]] = {}
    for number, (_, times) in enumerate(selections):
        for day in times.days():
            days.setdefault(day, []).append(number)
    check_index_days(len(days))
    check_comparisons([selections[number][0] for number in own] for own in days.values())
    lock = Lock()
    counted = 0

    def add(day: Day) -> None:
        nonlocal counted
        wanted = [selections[number] for number in days[day]]
        holdings = holdings_on(archive, day, [patterns for patterns, _ in wanted])
        with lock:
            for patterns, times in wanted:
                selected = holdings.select(patterns)
                counted += len(selected)
                check_channel_days(counted)  # before they fill the memory
                for holding in selected:
                    found.add(holding.channel, times.span, (day,))

    if days:
        in_threads(add, sorted(days))
