"""Requests for time windows, from JSON or from the query of a URL."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from obspy import UTCDateTime

from shared import limits, telemetry
from shared.archive.channel_id import ChannelId
from shared.archive.day import Day
from shared.archive.time import count_days, days_between, format_time, parse_time
from shared.errors import BadRequestError, TooLargeError
from shared.fields import Fields
from shared.formats import JSON, format_names
from shared.response.parameters import OUTPUTS, WINDOW_NAMES, RemovalParameters
from shared.windows.request_limits import check_channel_days, check_window_count

READS = ("records", "whole")
"""Values of `Read`: fetch the records that are needed, or whole objects; the first is the default.
"""

_FIELDS = ("Network", "Station", "Channel", "Location", "Starttime", "Endtime")
_OPTIONS = ("Format", "Read", "Output")


@dataclass(frozen=True)
class Window:
    """One time window on one channel.

    Attributes:
        channel: the channel.
        starttime, endtime: both included; as in ObsPy's `trim`, the nearest samples are taken.
    """

    channel: ChannelId
    starttime: UTCDateTime
    endtime: UTCDateTime

    @cached_property
    def days(self) -> tuple[Day, ...]:
        """The days that the window touches, in order."""
        return tuple(days_between(self.starttime, self.endtime))

    def __str__(self) -> str:
        span = f"{format_time(self.starttime)} to {format_time(self.endtime)}"
        return f"{self.channel.nscl} from {span}"


@dataclass(frozen=True)
class WindowsRequest:
    """A request for time windows.

    Attributes:
        windows: at least one, in the request's order.
        format: one of `shared.formats.format_names()`.
        whole: whether to read whole objects.
        removal: how to remove the response; None leaves counts.
    """

    windows: tuple[Window, ...]
    format: str = JSON
    whole: bool = False
    removal: RemovalParameters | None = None

    @classmethod
    @telemetry.step("parse")
    def parse(cls, request: object) -> "WindowsRequest":
        """Read a request, such as the one in `request.json`.

        Raises:
            BadRequestError: a field is missing, unknown or wrong, or there are more windows than
                `limits.max_windows`; the error names it. One bad window refuses the whole
                request, so that none is dropped silently.
            TooLargeError: a window has more days than `limits.max_window_days`, or all together
                have more than `limits.max_channel_days`.
        """
        fields = Fields(request, ("Windows", *_OPTIONS, *WINDOW_NAMES[1:]))
        parsed = cls(
            _windows(fields),
            fields.choice("Format", format_names(), default=JSON),
            fields.choice("Read", READS, default=READS[0]) == "whole",
            _removal(fields),
        )
        telemetry.describe(parameters=parsed.options())
        return parsed

    def options(self) -> dict[str, Any]:
        """Return all but the windows as JSON, without the default parameters of a removal."""
        options: dict[str, Any] = {"format": self.format, "read": READS[self.whole]}
        if self.removal:
            options |= {"output": self.removal.output, **self.removal.changed()}
        return options


def parse_windows(request: object) -> list[Window]:
    """Read a request that has nothing but windows, for functions that support no options.

    Raises:
        BadRequestError, TooLargeError: as of `WindowsRequest.parse`.
    """
    return list(_windows(Fields(request, ("Windows",))))


def request_from_query(parameters: Mapping[str, str]) -> dict[str, Any]:
    """Turn a URL's query into a request for one window.

    Args:
        parameters: the fields of the window, and optionally `Format`, `Read` and `Output`.

    Returns:
        The request as JSON, for `WindowsRequest.parse`.

    Raises:
        BadRequestError: a parameter is missing, unknown or wrong; the error names it.
        TooLargeError: the window has more days than `limits.max_window_days`.
    """
    known = (*_FIELDS, *_OPTIONS)
    unknown = sorted(set(parameters) - set(known))
    if unknown:
        raise BadRequestError(
            f"the query has the unknown parameter {unknown[0][:80]!r}: must be {', '.join(known)}",
            field=unknown[0][:80],
        )
    window = {name: text for name, text in parameters.items() if name in _FIELDS}
    options = {name: text for name, text in parameters.items() if name in _OPTIONS}
    _window(window, "")  # so that errors name the query's parameters
    request = {"Windows": [window], **options}
    WindowsRequest.parse(request)
    return request


def _removal(fields: Fields) -> RemovalParameters | None:
    values = {name: fields.raw(name) for name in WINDOW_NAMES[1:] if fields.has(name)}
    if fields.raw("Output") is None:
        if values:
            name, value = next(iter(values.items()))
            raise fields.error(name, value, "given with an Output, 'VEL', 'DISP', 'ACC' or 'DEF'")
        return None
    fields.choice("Output", OUTPUTS, "")
    # Without a band, each window would drift in its own way.
    values = {"pre_filt": "auto", **values, "output": fields.raw("Output")}
    return RemovalParameters.parse(Fields(values, WINDOW_NAMES))


def _windows(fields: Fields) -> tuple[Window, ...]:
    values = fields.array("Windows", "an array of at least one time window")
    check_window_count(len(values))
    windows = tuple(_window(value, f"Windows[{index}]") for index, value in enumerate(values))
    check_channel_days(sum(count_days(each.starttime, each.endtime) for each in windows))
    return windows


def _window(value: object, path: str) -> Window:
    """Read one window; `path` is its place in the request, "" if it is the whole request."""
    fields = Fields(value, _FIELDS, f"{path}." if path else "")
    place = path or "the window"
    network, station, channel, starttime, endtime = (
        fields.text(name, f"text, such as {example!r}")
        for name, example in (
            ("Network", "CI"),
            ("Station", "BOM"),
            ("Channel", "BHZ"),
            ("Starttime", "2024-01-01T00:00:00"),
            ("Endtime", "2024-01-01T00:05:00"),
        )
    )
    location = fields.text("Location", "text, such as '--'", default="")
    try:
        channel_id = ChannelId(network, station, channel, location)
    except BadRequestError as error:
        message = f"{path}: {error.message}" if path else error.message
        field = path or str(error.details["field"]).capitalize()
        raise BadRequestError(message, field=field) from error
    start = parse_time(starttime, fields.name("Starttime"))
    end = parse_time(endtime, fields.name("Endtime"))
    if end < start:
        raise fields.error("Endtime", endtime, f"at or after Starttime, {starttime!r}")
    limit = limits.max_window_days()
    if end - start > limit * 86400:
        raise TooLargeError(f"{place} is longer than {limit} days", field=place, limit=limit)
    return Window(channel_id, start, end)
