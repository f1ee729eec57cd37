"""Time windows of one channel, or of all channels that match a pattern."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from itertools import chain, product
from typing import Any

from runner.selection.day_ranges import days_of_span
from runner.selection.resolve_wildcards import Lister, duplicate_notes, match_channels
from shared import limits
from shared.archive.channel_id import ChannelId
from shared.archive.channel_patterns import ChannelPattern
from shared.archive.day import DAY_NS, Day
from shared.archive.instant import format_instant, is_timestamp, parse_instant
from shared.archive.request_channel import ALSO_CHANNEL, CODES
from shared.errors import BadRequestError
from shared.fields import Fields, Names, shown

NAMES = Names(
    (*CODES, "nscl", "Starttime", "Endtime", "Duration"),
    {
        **ALSO_CHANNEL,
        "start": "Starttime",
        "end": "Endtime",
        "earliest": "Starttime",
        "latest": "Endtime",
    },
)
"""The fields of a window in a file: those of a request, FDSN's, and `Duration` in seconds."""

_SECOND_NS = 10**9
_RIGHT_DURATION = "must be a number of seconds, such as 300 or 0.5"


@dataclass(frozen=True)
class WindowSelector:
    """A time window of one channel, or of all channels that match a pattern.

    Attributes:
        channels: the channel or the pattern.
        start_ns, end_ns: in nanoseconds since 1970; both ends are included.
        source: where the selector comes from, such as "windows.txt, line 3"; "" is the command
            line.
    """

    channels: ChannelPattern
    start_ns: int
    end_ns: int
    source: str = ""

    @property
    def days(self) -> tuple[Day, ...]:
        """The days that the window touches, in order."""
        return days_of_span(self.start_ns, self.end_ns)


@dataclass(frozen=True)
class DefaultSpan:
    """The times of windows that have none of their own.

    Attributes:
        start, end: times as text; None if the command line has none.
        duration: seconds as text, in place of an end; None if the command line has none.
    """

    start: str | None = None
    end: str | None = None
    duration: str | None = None

    def of(self, fields: Fields) -> tuple[int, int]:
        """Return the start and the end of a window in nanoseconds since 1970.

        Args:
            fields: the window, whose own times come first.

        Raises:
            BadRequestError: a time is missing or invalid, the window ends before it starts, has
                an end and a duration, or has more days than `limits.max_window_days`.
        """
        if fields.has("Endtime") and fields.has("Duration"):
            names = fields.name("Endtime"), fields.name("Duration")
            raise BadRequestError(f"{names[0]} and {names[1]}: give one of them", field=names[1])
        start = _time(fields, "Starttime", self.start, "--start")
        if start is None:
            raise _missing("start", "--start")
        duration = fields.raw("Duration")
        end = None if duration is not None else _time(fields, "Endtime", None, "")
        if end is None and duration is None:
            end, duration = _time(fields, "Endtime", self.end, "--end"), self.duration
        if end is None:
            if duration is None:
                raise _missing("end", "--end or --duration")
            end = start + _duration_ns(duration)
        _check(start, end)
        return start, end


def selectors_of(fields: Fields, span: DefaultSpan, source: str) -> list[WindowSelector]:
    """Return the selectors of a window's fields: several where its codes are lists.

    Args:
        fields: the window, with the names `NAMES`.
        span: the times of a window that has none.
        source: the file and the line.

    Raises:
        BadRequestError: a field is missing or invalid.
    """
    patterns = list(_patterns(fields))
    start, end = span.of(fields)
    return [WindowSelector(pattern, start, end, source) for pattern in patterns]


@dataclass(frozen=True)
class SelectedWindows:
    """The selected windows.

    Attributes:
        windows: as a request has them; without duplicates, in the order of the selectors.
        notes: remarks for the user, such as days without a matching channel.
    """

    windows: list[dict[str, str]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def resolve_windows(selectors: Sequence[WindowSelector], lister: Lister) -> SelectedWindows:
    """Resolve selectors into windows: one for each channel that has data on any of its days.

    Args:
        selectors: the selectors.
        lister: called once if a selector has wildcards.

    Raises:
        NoMatchError: a pattern matches no channel on any of its days.
    """
    matches = match_channels(selectors, lister)
    found = [
        (channel, selector.start_ns, selector.end_ns)
        for selector, by_day in zip(selectors, matches.channels, strict=True)
        for channel in dict.fromkeys(chain.from_iterable(by_day.values()))
    ]
    unique = dict.fromkeys(found)
    duplicates = duplicate_notes(len(found) - len(unique), "window")
    windows = [_as_dict(*each) for each in unique]
    return SelectedWindows(windows, [*matches.missing, *duplicates, *matches.ignored])


def _as_dict(channel: ChannelId, start_ns: int, end_ns: int) -> dict[str, str]:
    return {
        "Network": channel.network,
        "Station": channel.station,
        "Channel": channel.channel,
        "Location": channel.location,
        "Starttime": format_instant(start_ns),
        "Endtime": format_instant(end_ns),
    }


def _patterns(fields: Fields) -> Iterator[ChannelPattern]:
    if fields.has("nscl"):
        if extra := [name for name in CODES if fields.has(name)]:
            name = fields.name(extra[0])
            given = fields.name("nscl")
            raise BadRequestError(f"{name}: must be absent, as {given} has it", field=name)
        yield ChannelPattern.parse(fields.text("nscl", "text, such as 'CI.SOC.HHZ.'"))
        return
    if not any(map(fields.has, CODES)):
        right = "a channel, such as 'CI.SOC.HHZ.', or its codes"
        raise BadRequestError(f"nscl is missing: must be {right}", field="nscl")
    codes = [fields.text(name, "text, such as 'CI'") for name in CODES[:3]]
    location = fields.raw("Location")
    codes.append("" if location is None else fields.text("Location", "text, such as '00' or '--'"))
    lists = (code.split(",") for code in codes)
    for network, station, channel, location in product(*lists):
        yield ChannelPattern.of_words(network, station, location, channel)


def _time(fields: Fields, name: str, default: str | None, option: str) -> int | None:
    """Return a time in nanoseconds; None if neither the window nor the command line has it."""
    value = fields.raw(name)
    if value is None:
        return None if default is None else parse_instant(default, option)
    if is_timestamp(value):
        seconds: float = value
        return round(seconds * 1e6) * 1000
    right = "text, such as '2024-01-01T00:05:00', or seconds since 1970"
    return parse_instant(fields.text(name, right), fields.name(name))


def _missing(time: str, options: str) -> BadRequestError:
    return BadRequestError(f"has no {time}: give it here, or {options} for all windows", field=time)


def _duration_ns(value: Any) -> int:
    try:
        seconds = Decimal(str(value).strip())
    except InvalidOperation:
        seconds = Decimal(-1)
    longest = limits.max_window_days() * 86_400
    if isinstance(value, bool) or not seconds.is_finite() or not 0 <= seconds <= longest:
        message = f"duration {shown(value)}: {_RIGHT_DURATION}, up to {longest}"
        raise BadRequestError(message, field="duration")
    return round(seconds * _SECOND_NS)


def _check(start: int, end: int) -> None:
    if end < start:
        times = format_instant(end), format_instant(start)
        message = f"ends at {times[0]}, before {times[1]}: must not end before it starts"
        raise BadRequestError(message, field="end")
    limit = limits.max_window_days()
    if end - start > limit * DAY_NS:
        raise BadRequestError(f"is longer than {limit} days: must be at most as long", field="end")
