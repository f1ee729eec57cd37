"""What a request may say of time windows, as JSON or as the query of a URL."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from obspy import UTCDateTime

from shared import formats
from shared.archive.channel_id import ChannelId
from shared.archive.day import Day
from shared.archive.time import days_between, format_time, parse_time
from shared.errors import BadRequestError, TooLargeError
from shared.fields import Fields
from shared.response.parameters import OUTPUTS, WINDOW_NAMES, RemovalParameters

MAX_DAYS = 366
"""Longest window. More days than this fit into a reply only below 0.1 Hz, and each day is looked
for in the archive."""

FORMATS = ("json", *formats.FORMATS)
"""The formats of a reply; the first is the default."""

READS = ("records", "whole")
"""What is read: the records that are needed, or whole objects; the first is the default."""

_FIELDS = ("Network", "Station", "Channel", "Location", "Starttime", "Endtime")
_OPTIONS = ("Format", "Read", "Output")
_WINDOWS = "an array of at least one time window"


@dataclass(frozen=True)
class Window:
    """One time window on one channel.

    Attributes:
        channel: the channel.
        starttime, endtime: both included, in the sense of ObsPy's `trim`: the samples nearest to
            them.
    """

    channel: ChannelId
    starttime: UTCDateTime
    endtime: UTCDateTime

    @property
    def days(self) -> tuple[Day, ...]:
        """The days whose objects the window needs."""
        return tuple(days_between(self.starttime, self.endtime))

    def __str__(self) -> str:
        span = f"{format_time(self.starttime)} to {format_time(self.endtime)}"
        return f"{self.channel.nscl} from {span}"


@dataclass(frozen=True)
class WindowsRequest:
    """A request for time windows.

    Attributes:
        windows: in the request's order, at least one.
        format: one of `FORMATS`.
        whole: whether to read whole objects.
        removal: how to remove the response; None is counts.
    """

    windows: tuple[Window, ...]
    format: str = FORMATS[0]
    whole: bool = False
    removal: RemovalParameters | None = None

    @classmethod
    def parse(cls, request: object) -> "WindowsRequest":
        """Read a request such as the tutorial's `request.json`, perhaps with a `Format`, say.

        Raises:
            BadRequestError: a field is missing, unknown, or not what it must be; the whole request
                is refused, as no window of it may be dropped.
            TooLargeError: a window is longer than `MAX_DAYS`.
        """
        fields = Fields(request, ("Windows", *_OPTIONS, *WINDOW_NAMES[1:]))
        return cls(
            _windows(fields),
            fields.choice("Format", FORMATS, default=FORMATS[0]),
            fields.choice("Read", READS, default=READS[0]) == "whole",
            _removal(fields),
        )


def parse_windows(request: object) -> list[Window]:
    """Read a request that is a list of windows and nothing else, for those who need no more.

    Raises:
        BadRequestError: a field is missing, unknown, or not what it must be.
        TooLargeError: a window is longer than `MAX_DAYS`.
    """
    return list(_windows(Fields(request, ("Windows",))))


def window_of_query(parameters: Mapping[str, str]) -> dict[str, Any]:
    """The request for one window that a URL's query stands for.

    Args:
        parameters: the fields of the window, and `Format`, `Read`, `Output`.

    Returns:
        The request as JSON, as `WindowsRequest.parse` reads it.

    Raises:
        BadRequestError: a parameter is missing, unknown, or not what it must be.
        TooLargeError: the window is longer than `MAX_DAYS`.
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
    _window(window, "")  # so that errors have the names of the query
    request = {"Windows": [window], **options}
    WindowsRequest.parse(request)
    return request


def _removal(fields: Fields) -> RemovalParameters | None:
    asked = {name: fields.raw(name) for name in WINDOW_NAMES[1:] if fields.has(name)}
    if fields.raw("Output") is None:
        if asked:
            name, value = next(iter(asked.items()))
            raise fields.error(name, value, "given with an Output, 'VEL', 'DISP', 'ACC' or 'DEF'")
        return None
    fields.choice("Output", OUTPUTS, "")
    # A window without a band would have a drift of its own.
    values = {"pre_filt": "auto", **asked, "output": fields.raw("Output")}
    return RemovalParameters.parse(Fields(values, WINDOW_NAMES))


def _windows(fields: Fields) -> tuple[Window, ...]:
    values = fields.array("Windows", _WINDOWS)
    return tuple(_window(value, f"Windows[{index}]") for index, value in enumerate(values))


def _window(value: object, path: str) -> Window:
    """One window; `path` says where in the request it is, "" if it is all of it."""
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
    if end - start > MAX_DAYS * 86400:
        raise TooLargeError(f"{place} is longer than {MAX_DAYS} days", field=place, limit=MAX_DAYS)
    return Window(channel_id, start, end)
