"""Work that cannot end in time is refused by name at every front door, and nothing goes down."""

import json
from types import SimpleNamespace

import pytest

from shared.errors import TooLargeError
from shared.response import _removal_time
from tests.support.builders import http_event, make_trace, noise, put_day, put_station
from tests.support.commands import load_app
from tests.support.invoked import NSCL, job, window

FIGURES = {"segments", "samples", "estimated_seconds", "seconds_left"}
LEFT = SimpleNamespace(get_remaining_time_in_millis=lambda: 30_000)


@pytest.fixture(scope="module")
def handlers():
    return {name: load_app(name).handler for name in ("response", "timewindow")}


@pytest.fixture
def _slow(archive, monkeypatch):
    """A day with gaps, and a machine on which each of its segments takes a minute."""
    segments = [
        make_trace(NSCL, f"2024-01-01T00:00:{second:02}.0195", noise(320)) for second in (0, 10, 20)
    ]
    put_day(archive, NSCL, "2024,001", *segments)
    put_station(archive, "CI", "BOM", BHZ=40.0)
    for time_of_one in ("_FAST_TRACE_S", "_OBSPY_TRACE_S"):
        monkeypatch.setattr(_removal_time, time_of_one, 70.0)


def check(error, *, kind="TooLargeError"):
    assert error["type"] == kind
    assert "CI.BOM..BHZ: removing the response from" in error["message"]
    assert "s are left:" in error["message"]
    assert set(error) >= FIGURES
    assert error["estimated_seconds"] > 60 > 30 > error["seconds_left"] > 0


@pytest.mark.usefixtures("_slow")
def test_a_direct_day(handlers, output_keys):
    with pytest.raises(TooLargeError) as caught:
        handlers["response"]({**job(), "gaps": "split"}, LEFT)
    check(caught.value.as_dict())
    assert caught.value.details["segments"] == 3
    assert 'ask for "gaps": "bridge"' in caught.value.message
    assert output_keys() == []
    reply = handlers["response"]({**job(), "taper_fraction": 0.0, "gaps": "split"}, None)
    assert len(output_keys()) == 1
    assert len(reply["gaps"]) == 2


@pytest.mark.usefixtures("_slow")
def test_a_day_over_http(handlers, output_keys):
    reply = handlers["response"](http_event(json.dumps({**job(), "method": "obspy"})), LEFT)
    assert reply["statusCode"] == 413
    check(json.loads(reply["body"])["error"])
    assert output_keys() == []


@pytest.mark.usefixtures("_slow")
@pytest.mark.parametrize("http", [False, True])
def test_a_window_is_refused_in_its_place(handlers, http):
    """The next one is answered: it has no response to remove."""
    request = {"Windows": [window()], "Output": "VEL", "method": "obspy"}
    event = http_event(json.dumps(request)) if http else request
    reply = handlers["timewindow"](event, LEFT)
    if http:
        assert reply["statusCode"] == 413
        reply = json.loads(reply["body"])
    (answer,) = reply if isinstance(reply, list) else [reply]
    check(answer["error"])
    counts = handlers["timewindow"]({"Windows": [window()]}, LEFT)
    assert len(counts[0]["data"]) > 300
