"""Requests for time windows, from JSON or from the query of a URL."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from functools import cached_property
from typing import Any

from obspy import UTCDateTime

from shared import limits, telemetry
from shared.archive.channel_id import ChannelId
from shared.archive.day import DAY_NS, Day
from shared.archive.request_channel import read_channel
from shared.archive.time import count_days, days_between, format_time, read_time
from shared.errors import BadRequestError, ServiceError, TooLargeError
from shared.fields import Fields, Names
from shared.formats import ALSO_FORMATS, JSON, format_names
from shared.response.parameters import OUTPUTS, WINDOW_NAMES, RemovalParameters
from shared.windows.request_limits import check_channel_days, check_window_count
from shared.windows.request_names import FIELDS_OF_QUERY, FIELDS_OF_WINDOW, OPTIONS, READS, WINDOW

MANIFEST = "manifest"
"""The format without samples: where in the archive the records of the windows are."""

_SHOWN_CHARACTERS = 80

_REQUEST_NAMES = Names(("Windows", *OPTIONS, *WINDOW_NAMES[1:]))
_LEAST_NAMES = Names(("Windows",))


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

    def as_dict(self) -> dict[str, Any]:
        """Return the window as a reply has it."""
        times = format_time(self.starttime), format_time(self.endtime)
        return {**asdict(self.channel), "starttime": times[0], "endtime": times[1]}

    @property
    def subject(self) -> tuple[str, str]:
        """The channel and the first day, for the log."""
        return self.channel.nscl, str(self.days[0])

    def __str__(self) -> str:
        span = f"{format_time(self.starttime)} to {format_time(self.endtime)}"
        return f"{self.channel.nscl} from {span}"


@dataclass(frozen=True)
class MalformedWindow:
    """An entry of a request that is no time window, among others that are.

    Attributes:
        place: its place in the request, such as "Windows[1]".
        given: its codes and times as far as they are text; "" for others.
        error: the reason.
    """

    place: str
    given: Mapping[str, str]
    error: ServiceError

    def as_dict(self) -> dict[str, Any]:
        """Return the entry as a reply has it."""
        return dict(self.given)

    @property
    def subject(self) -> tuple[str, str]:
        """The channel and the first day, for the log: "" as they are unknown."""
        return "", ""

    def __str__(self) -> str:
        return self.place


@dataclass(frozen=True)
class WindowsRequest:
    """A request for time windows.

    Attributes:
        windows: at least one time window, in the request's order, among malformed ones.
        format: one of `shared.formats.format_names()`, or `MANIFEST`.
        whole: whether to read whole objects.
        removal: how to remove the response; None leaves counts.
    """

    windows: tuple[Window | MalformedWindow, ...]
    format: str = JSON
    whole: bool = False
    removal: RemovalParameters | None = None

    @classmethod
    @telemetry.step("parse")
    def parse(cls, request: object) -> "WindowsRequest":
        """Read a request, such as the one in `request.json`.

        Raises:
            BadRequestError: a field is missing, unknown or wrong, or there are more windows than
                `limits.max_windows`, or all windows are malformed; the error names it.
            TooLargeError: all windows together have more channel days than
                `limits.max_channel_days`, or each has more days than `limits.max_window_days`.
        """
        fields = Fields(request, _REQUEST_NAMES)
        parsed = cls(
            _windows(fields),
            fields.choice("Format", (*format_names(), MANIFEST), JSON, ALSO_FORMATS),
            fields.choice("Read", READS, default=READS[0]) == "whole",
            _removal(fields),
        )
        if parsed.format == MANIFEST and parsed.removal:
            right = "left out with Format 'manifest', which names the archive's own records"
            raise fields.error("Output", parsed.removal.output, right)
        telemetry.describe(parameters=parsed.options())
        return parsed

    def options(self) -> dict[str, Any]:
        """Return all but the windows as JSON, without the default parameters of a removal."""
        options: dict[str, Any] = {"format": self.format, "read": READS[self.whole]}
        if self.removal:
            options |= {"output": self.removal.output, **self.removal.changed()}
        return options


def parse_windows(request: object) -> list[Window | MalformedWindow]:
    """Read a request that has nothing but windows, for functions that support no options.

    Raises:
        BadRequestError, TooLargeError: as of `WindowsRequest.parse`.
    """
    return list(_windows(Fields(request, _LEAST_NAMES)))


def request_from_query(parameters: Mapping[str, str]) -> dict[str, Any]:
    """Turn a URL's query into a request for one window.

    Args:
        parameters: the fields of the window, and optionally `Format`, `Read` and `Output`; names
            may be any that a request may have.

    Returns:
        The request as JSON, for `WindowsRequest.parse`.

    Raises:
        BadRequestError: a parameter is missing, unknown or wrong; the error names it.
        TooLargeError: the window has more days than `limits.max_window_days`.
    """
    given = Fields(parameters, FIELDS_OF_QUERY).given()
    options = {name: given.pop(name) for name in OPTIONS if name in given}
    _window(parameters, FIELDS_OF_QUERY, "")  # so that errors name the query's parameters
    request = {"Windows": [given], **options}
    WindowsRequest.parse(request)
    return request


def _removal(fields: Fields) -> RemovalParameters | None:
    given = fields.given()
    values = {name: given[name] for name in WINDOW_NAMES[1:] if name in given}
    if fields.raw("Output") is None:
        if values:
            name, value = next(iter(values.items()))
            raise fields.error(name, value, "given with an Output, 'VEL', 'DISP', 'ACC' or 'DEF'")
        return None
    output = fields.choice("Output", OUTPUTS, "")
    # Without a band, each window would drift in its own way.
    values = {"pre_filt": "auto", **values, "output": output}
    return RemovalParameters.parse(Fields(values, WINDOW_NAMES))


def _windows(fields: Fields) -> tuple[Window | MalformedWindow, ...]:
    values = fields.array("Windows", "an array of at least one time window")
    check_window_count(len(values))
    windows = tuple(_window_or_error(value, index) for index, value in enumerate(values))
    sound = [each for each in windows if isinstance(each, Window)]
    if not sound and isinstance(windows[0], MalformedWindow):
        raise windows[0].error
    check_channel_days(sum(count_days(each.starttime, each.endtime) for each in sound))
    return windows


def _window_or_error(value: object, index: int) -> Window | MalformedWindow:
    place = f"Windows[{index}]"
    try:
        return _window(value, FIELDS_OF_WINDOW, place)
    except (BadRequestError, TooLargeError) as error:
        return MalformedWindow(place, _given(value), error.with_traceback(None))


def _given(value: object) -> dict[str, str]:
    """Return the codes and times of a malformed window: as far as they are right, or short text."""
    given = dict.fromkeys((name.lower() for name in WINDOW if name != "nscl"), "")
    for name, item in value.items() if isinstance(value, Mapping) else ():
        field = (FIELDS_OF_WINDOW.find(name) or "").lower()
        if field in given and isinstance(item, str):
            given[field] = item[:_SHOWN_CHARACTERS]
    with suppress(BadRequestError):
        fields = Fields(value, FIELDS_OF_WINDOW)
        for name in ("Starttime", "Endtime"):
            with suppress(BadRequestError):
                given[name.lower()] = format_time(read_time(fields, name))
        given |= asdict(read_channel(fields, "Network"))
    return given


def _window(value: object, names: Names, path: str) -> Window:
    """Read one window; `path` is its place in the request, "" if it is the whole request."""
    fields = Fields(value, names, f"{path}." if path else "")
    channel = read_channel(fields, "Network", path)
    start, end = read_time(fields, "Starttime"), read_time(fields, "Endtime")
    # UTCDateTimes are slow to compare and to subtract.
    if end.ns < start.ns and end < start:
        right = f"at or after Starttime, {fields.raw('Starttime')!r}"
        raise fields.error("Endtime", fields.raw("Endtime"), right)
    limit = limits.max_window_days()
    if end.ns - start.ns > limit * DAY_NS:
        place = path or "the window"
        raise TooLargeError(f"{place} is longer than {limit} days", field=place, limit=limit)
    return Window(channel, start, end)
