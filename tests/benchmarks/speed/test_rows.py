"""The rows of the speed table: the requests of each, and its figures by their times."""

import json
import re
import subprocess
from collections.abc import Sequence
from contextlib import nullcontext
from typing import Any
from urllib.parse import parse_qsl

import pytest

from benchmarks.speed import __main__ as speed
from benchmarks.speed import fdsnws_rows, removal, response_rows, window_rows
from benchmarks.speed.target import Row

Events = list[tuple[str, Sequence[Any], dict[str, str]]]

SECONDS = {"obspy": 60.0, "ours": 2.0, "ffts": 8.0}


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> Events:
    """Replace the measuring processes: each invocation takes a second less than the one before."""
    events: Events = []

    def invoke(function: str, requests: Sequence[Any], _: object, **settings: str) -> Any:
        events.append((function, requests, settings))
        if len(json.dumps(requests)) > 1_000_000 and not settings:
            raise subprocess.CalledProcessError(1, "refused")
        return [
            {"seconds": 12.0 - n, "cpu_seconds": 6.0 - n, "memory_mb": 200 + n}
            for n in range(len(requests))
        ]

    def run_module(module: str, *arguments: str, **_: str) -> Any:
        if module == "benchmarks.speed.removal":
            return {"seconds": SECONDS[arguments[0]], "cpu_seconds": 7.0}
        assert module == "benchmarks.memory.obspy_day"
        return {"cpu_seconds": [99.0, 88.0]}

    for rows in (response_rows, window_rows):
        monkeypatch.setattr(rows, "archive", lambda *_: nullcontext())
        monkeypatch.setattr(rows, "odd_archive", nullcontext)
        monkeypatch.setattr(rows, "invoke", invoke)
    for single in (fdsnws_rows, window_rows):
        monkeypatch.setattr(single, "lasting_archive", lambda *_: nullcontext())
        monkeypatch.setattr(single, "invoke", invoke)
    monkeypatch.setattr(response_rows, "run_module", run_module)
    monkeypatch.setattr(response_rows, "environment", lambda _: {})
    monkeypatch.setattr(window_rows, "_ROUNDS", 2)
    for cached in (response_rows._removal, response_rows._days):
        cached.cache_clear()
    return events


def row(name: str) -> Row:
    return speed.measured(name)


def test_response_removal(asked: Events) -> None:
    assert (row("removal").figures, row("removal").is_met) == ((30.0,), True)
    assert (row("ffts").figures, row("ffts").is_met) == ((0.25,), True)
    assert asked == []
    assert row("whole_day").figures == (88 / 4,)
    assert row("memory").figures == (203.0,)
    ((_, days, _),) = asked  # measured once
    assert len({day["nscl"] for day in days}) == 4
    assert row("one_core").figures == (12.0, 10.0)
    assert asked[1][1][0]["nscl"] == "CI.S00.HNZ.2C"


def test_odd_days(asked: Events) -> None:
    assert row("odd_order").figures == (0.0, 0.0)
    assert [days[0]["nscl"] for _, days, _ in asked] == [
        "CI.SOUND.HHZ.",
        "CI.SWAP.HHZ.",
        "CI.TWICE.HHZ.",
    ]


def test_windows(asked: Events) -> None:
    assert row("segments").figures == (5.0,)
    assert row("small_window").figures == (4000.0,)
    assert row("files").figures == (3.0, 3.0)
    assert row("motion").figures == (12.0,)
    assert "AWS_LAMBDA_INITIALIZATION_TYPE" in asked[-1][2]
    assert {function for function, *_ in asked} == {"timewindow"}
    requests = [requests for _, requests, _ in asked]
    assert requests[1][0]["Windows"][0]["Station"] == "PARTS"
    assert json.loads(requests[2][0]["body"])["Windows"][0]["Endtime"] == "2024-01-01T10:05:00"
    assert [each[0]["Format"] for each in requests[3:5]] == ["sac", "mseed"]
    assert requests[5][0]["Output"] == "VEL"


def test_dataselect(asked: Events, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fdsnws_rows, "_KNOWN_ROUNDS", 2)
    assert row("dataselect").figures == (4000.0,)
    ((_, requests, _),) = asked
    assert len(requests) == 3
    query = dict(parse_qsl(requests[0]["rawQueryString"]))
    assert query["end"] == "2024-01-01T10:05:00"
    assert (query["sta"], query["cha"]) == ("S00", "HHZ")


def test_wadl(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fdsnws_rows, "_ROUNDS", 1)
    measured = row("wadl")
    assert measured.figures[0] > 0
    assert re.fullmatch(r"the invocation [0-9.]+ ms, the next one [0-9.]+ ms", measured.detail)


def test_many_windows_and_the_default_limits(
    asked: Events, monkeypatch: pytest.MonkeyPatch
) -> None:
    measured = row("many_windows")
    assert measured.figures == (0.25,)
    assert "refused by the default limits" in measured.detail
    assert measured.is_met is False
    (_, (request, _), settings), (_, _, raised) = asked
    assert settings == {} != raised
    assert len(request["Windows"]) == 20_000
    assert len({window["Station"] for window in request["Windows"]}) == 30
    assert all(w["Starttime"] < w["Endtime"] < "2024-01-02" for w in request["Windows"])
    monkeypatch.setattr(window_rows, "_MANY", 300)
    measured = row("many_windows")
    assert "accepted by the default limits" in measured.detail
    assert measured.figures == (1000 * 5 / 300,)


def test_without_docker_the_row_is_not_measured(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    assert row("first_call").figures == ()


@pytest.mark.parametrize("way", removal.WAYS)
def test_each_way_of_removal_is_measured(way: str) -> None:
    assert min(removal.measure(way, rounds=1, npts=12_000).values()) > 0


def test_our_removal_never_finds_its_response_cached() -> None:
    run = removal.ours(12_000)
    run()
    run()
    names = [cell.cell_contents for cell in run.__closure__ or ()]
    (metadata,) = [each for each in names if hasattr(each, "networks")]
    assert metadata[0][0][0].response.response_stages[0].name.endswith("again again")
