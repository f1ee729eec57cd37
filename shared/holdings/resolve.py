"""Resolve the codes of a request into channels and time spans.

Exact codes need neither an index nor a listing. Wildcards are looked up in the index of each day
that their time span touches.
"""

from collections.abc import Iterable, Sequence
from threading import Lock

from shared import limits
from shared.archive.archive import Archive
from shared.archive.channel_id import ChannelId
from shared.archive.day import DAY_NS, Day
from shared.aws.s3_client import in_threads
from shared.errors import BadRequestError, TooLargeError
from shared.holdings.day_holdings import holdings_on
from shared.holdings.holding import ChannelSpan, days_between, nslc
from shared.holdings.patterns import (
    TimedPatterns,
    count_exact,
    exact_channels,
    is_exact,
)

Span = tuple[int, int]
"""A start and an end in ns since 1970, both included."""


def resolve(archive: Archive, selections: Sequence[TimedPatterns]) -> list[ChannelSpan]:
    """Return the channels and time spans that selections ask for.

    Spans of one channel that overlap or touch become one, so that no sample is asked for twice.

    Args:
        archive: the archive.
        selections: the codes and time spans; see `CodePatterns`.

    Returns:
        The spans, sorted by network, station, location, channel and start. A channel of exact codes
        need not have data. One of wildcards has data on a day of its span.

    Raises:
        BadRequestError: a start or an end is open, an end precedes its start, or wildcards cannot
            be resolved, as of `holdings_on`.
        S3Error: S3 could not be reached, or refused.
        SettingsError: the bucket or a limit is not set properly.
        TooLargeError: the selections have more days with wildcards than `limits.max_index_days`, or
            more channel days than `limits.max_channel_days`.
    """
    timed = [(patterns, _span(patterns)) for patterns in selections]
    exact = [each for each in timed if is_exact(each[0])]
    wild = [each for each in timed if not is_exact(each[0])]
    days = sum(count_exact(patterns) * _day_count(span) for patterns, span in exact)
    # Each selection with wildcards has one channel or more, unless there is none to be found.
    check_channel_days(days + sum(_day_count(span) for _, span in wild))
    spans: dict[ChannelId, set[Span]] = {}
    for patterns, span in exact:
        for channel in exact_channels(patterns):
            spans.setdefault(channel, set()).add(span)
    _add_matching(archive, wild, spans)
    found = [
        ChannelSpan(channel, *span)
        for channel in sorted(spans, key=nslc)
        for span in merge_spans(spans[channel])
    ]
    check_channel_days(sum(_day_count((each.start_ns, each.end_ns)) for each in found))
    return found


def merge_spans(spans: Iterable[Span]) -> list[Span]:
    """Return spans in order of time; those that overlap or touch become one."""
    merged: list[Span] = []
    for start, end in sorted(spans):
        if merged and start <= merged[-1][1]:
            merged[-1] = merged[-1][0], max(merged[-1][1], end)
        else:
            merged.append((start, end))
    return merged


def check_index_days(days: int) -> None:
    """Refuse wildcards over too many days, before any index is read.

    Raises:
        TooLargeError: there are more than `limits.max_index_days`.
    """
    limit = limits.max_index_days()
    if days > limit:
        raise TooLargeError(
            f"codes with wildcards ask for the channels of {days:,} days: at most {limit:,} days in"
            " one request (MAX_INDEX_DAYS); ask for a shorter time, or for exact codes",
            days=days,
            limit=limit,
        )


def check_channel_days(days: int) -> None:
    """Refuse a request for too many channel days.

    Raises:
        TooLargeError: there are more than `limits.max_channel_days`.
    """
    limit = limits.max_channel_days()
    if days > limit:
        raise TooLargeError(
            f"the request selects {days:,} channel days: at most {limit:,} in one request"
            " (MAX_CHANNEL_DAYS); ask for fewer channels, or for a shorter time",
            channel_days=days,
            limit=limit,
        )


def _span(patterns: TimedPatterns) -> Span:
    if patterns.start is None or patterns.end is None:
        name = "starttime" if patterns.start is None else "endtime"
        raise BadRequestError(f"{name} is missing: must be a time in UTC", field=name)
    if patterns.end < patterns.start:
        raise BadRequestError("endtime must not be before starttime", field="endtime")
    return patterns.start, patterns.end


def _day_count(span: Span) -> int:
    return span[1] // DAY_NS - span[0] // DAY_NS + 1


def _add_matching(
    archive: Archive,
    selections: Sequence[tuple[TimedPatterns, Span]],
    spans: dict[ChannelId, set[Span]],
) -> None:
    """Add the spans of all channels that match selections with wildcards."""
    merged = merge_spans((start // DAY_NS * DAY_NS, end) for _, (start, end) in selections)
    check_index_days(sum(map(_day_count, merged)))
    days: dict[Day, list[int]] = {}
    for number, (_, span) in enumerate(selections):
        for day in days_between(*span):
            days.setdefault(day, []).append(number)
    lock = Lock()

    def add(day: Day) -> None:
        wanted = [selections[number] for number in days[day]]
        holdings = holdings_on(archive, day, [patterns for patterns, _ in wanted])
        with lock:
            for patterns, span in wanted:
                for holding in holdings.select(patterns):
                    spans.setdefault(holding.channel, set()).add(span)

    if days:
        in_threads(add, sorted(days))
