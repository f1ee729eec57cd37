"""Inputs as people write them: each means the same at every front door, or is refused there."""

import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from obspy import UTCDateTime

from runner.errors import InputError
from runner.selection.day_ranges import parse_days
from runner.selection.request_files import read_requests
from shared.archive.channel_patterns import ChannelPattern
from shared.archive.day import Day
from shared.corrected_days.request import CorrectedDayRequest
from shared.errors import BadRequestError
from shared.invocation import http_event
from shared.windows.request import Window, WindowsRequest, parse_windows, request_from_query
from tests.support import written_inputs as written
from tests.support.tutorial_windows import get_event

NSCL, DAY, TIME = "CI.SOC.HHZ.", "2019,183", "2024-01-01T00:05:00"

Door = Callable[..., tuple[str, str, UTCDateTime | None]]
"""Takes a channel, a day or a time; returns the channel, the day and the time that it means."""


def corrected_day(nscl: str = NSCL, day: str = DAY, time: str = "") -> Any:
    parsed = CorrectedDayRequest.parse({"day": time or day, "nscl": nscl})
    return parsed.channel.nscl, str(parsed.day), None


def of_window(window: Any) -> Any:
    assert isinstance(window, Window)
    return window.channel.nscl, str(Day.of(window.starttime)), window.starttime


def time_window(nscl: str = NSCL, day: str = DAY, time: str = "") -> Any:
    start = time or day
    request = {"Windows": [{"nscl": nscl, "Starttime": start, "Endtime": start}]}
    return of_window(WindowsRequest.parse(request).windows[0])


def url(nscl: str = NSCL, day: str = DAY, time: str = "") -> Any:
    event = get_event("2.0", id=nscl, start=time or day, end=time or day)
    assert urlencode({"id": nscl}) in event["rawQueryString"]
    request = request_from_query(http_event.without_repeats(http_event.query(event)))
    return of_window(WindowsRequest.parse(request).windows[0])


def command_line(nscl: str = NSCL, day: str = DAY, time: str = "") -> Any:
    (parsed,) = parse_days(time or day)
    return str(ChannelPattern.parse(nscl)), str(parsed), None


@pytest.fixture(scope="module")
def doors(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Door]:
    path = tmp_path_factory.mktemp("lines") / "days.txt"

    def file(nscl: str = NSCL, day: str = DAY, time: str = "") -> Any:
        line = f"{time or day} {nscl}"
        if (
            len(line.split()) != 2
            or "\n" in line
            or not line.isascii()
            or not line.strip()[:4].isdigit()
        ):
            return command_line(nscl, day, time)  # it would not be a line of a day and a channel
        return of_file(path, line)

    def json_line(nscl: str = NSCL, day: str = DAY, time: str = "") -> Any:
        return of_file(path, json.dumps({"seed_id": nscl, "Day": time or day}))

    return {
        "corrected day": corrected_day,
        "window": time_window,
        "URL": url,
        "command line": command_line,
        "file": file,
        "file of JSON": json_line,
    }


def of_file(path: Path, line: str) -> Any:
    path.write_text(line)
    (selector,) = read_requests(str(path), {}).selectors
    (day,) = selector.days
    return str(selector.channels), str(day), None


def rows(table: Mapping[str, tuple[str, ...]]) -> Iterator[tuple[str, str]]:
    return ((text, meaning) for meaning, texts in table.items() for text in texts)


def test_channels(doors: Mapping[str, Door]) -> None:
    for text, meaning in rows(written.CHANNELS):
        for name, door in doors.items():
            assert (text, name, door(nscl=text)[0]) == (text, name, meaning)


def test_patterns(doors: Mapping[str, Door]) -> None:
    for text, meaning in rows(written.PATTERNS):
        for name in ("command line", "file"):
            assert (text, name, doors[name](nscl=text)[0]) == (text, name, meaning)


def test_days(doors: Mapping[str, Door]) -> None:
    for text, meaning in rows(written.DAYS):
        for name, door in doors.items():
            assert (text, name, door(day=text)[1]) == (text, name, meaning)


def test_times(doors: Mapping[str, Door]) -> None:
    for text, meaning in rows(written.TIMES):
        right = UTCDateTime(meaning)
        for name in ("window", "URL"):
            assert (text, doors[name](time=text)[2].ns) == (text, right.ns)  # type: ignore[union-attr]


def test_refusals(doors: Mapping[str, Door]) -> None:
    """Each has the words of its error at every door that takes such an input."""
    tables = {
        "nscl": (written.REFUSED_CHANNELS, tuple(doors)),
        "day": (written.REFUSED_DAYS, ("corrected day", "command line", "file", "file of JSON")),
        "time": (written.REFUSED_TIMES, ("window", "URL")),
    }
    for kind, (table, names) in tables.items():
        for text, words in table.items():
            for name in names:
                with pytest.raises((BadRequestError, InputError)) as caught:
                    doors[name](**{kind: text})
                said = str(caught.value)
                assert (text, name, words in said, repr(text)[1:-1] in said) == (
                    text,
                    name,
                    True,
                    True,
                ), said


def spellings(name: str) -> tuple[str, str, str, str]:
    return name, name.lower(), name.upper(), f"{name[:5]}_{name[5:]}".strip("_")


def test_names_of_fields() -> None:
    """FDSN's long and short names stand beside the tutorial's, in both functions and in URLs."""
    values = {
        ("Network", "net"): "ci",
        ("Station", "sta"): "soc",
        ("Channel", "cha", "chan"): "hhz",
        ("Location", "loc"): "--",
        ("Starttime", "start", "start_time"): TIME,
        ("Endtime", "end", "end-time"): TIME,
    }
    usual = {names[0]: value for names, value in values.items()}
    for names, value in values.items():
        others = {name: each for name, each in usual.items() if name != names[0]}
        for name in (spelled for each in names for spelled in spellings(each)):
            for door in (lambda window: {"Windows": [window]}, request_from_query):
                (window,) = WindowsRequest.parse(door({**others, name: value})).windows
                assert of_window(window) == (NSCL, "2024,001", UTCDateTime(TIME))
            if not names[0].endswith("time"):
                codes = {key: each for key, each in others.items() if "time" not in key}
                asked = {"DAY": DAY, **codes, name: value}
                assert CorrectedDayRequest.parse(asked).channel.nscl == NSCL
    for options in ({"Format": "miniSEED", "Output": "vel"}, {"format": "mseed", "OUTPUT": "Vel"}):
        request = WindowsRequest.parse({"windows": [{**usual, "Location": None}], **options})
        assert (request.format, request.removal.output) == ("mseed", "VEL")  # type: ignore[union-attr]


def test_names_that_are_unknown_or_twice() -> None:
    window = {"nscl": NSCL, "start": TIME, "end": TIME}
    for change, words in (
        ({"startime": TIME}, "unknown field 'startime' (did you mean 'Starttime'?)"),
        ({"Starttime": TIME}, "is given twice, as 'start' and as 'Starttime': give it once"),
        ({"seedid": NSCL}, "is given twice, as 'nscl' and as 'seedid'"),
        ({"sta": "SOC"}, "sta is 'SOC': must be absent, as nscl gives the channel"),
        ({"quality": "D"}, "unknown field 'quality': must be"),
    ):
        for ask in (lambda asked: parse_windows({"Windows": [asked]}), request_from_query):
            with pytest.raises(BadRequestError) as caught:
                ask({**window, **change})
            assert words in caught.value.message


def test_there_are_many() -> None:
    tables = (written.CHANNELS, written.PATTERNS, written.DAYS, written.TIMES)
    refused = (written.REFUSED_CHANNELS, written.REFUSED_DAYS, written.REFUSED_TIMES)
    assert sum(len(list(rows(table))) for table in tables) + sum(map(len, refused)) >= 200
    assert all(str(Day.parse(day)) == day for day in written.DAYS)
