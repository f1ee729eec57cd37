"""The row of station metadata: its requests answer from an index of many stations."""

from contextlib import nullcontext
from typing import Any

import pytest

from benchmarks.speed import station_rows
from shared.archive.scedc import SCEDC
from shared.station_index.index import StationIndex


def test_three_requests_of_the_index(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Any] = []
    stored: list[dict[str, Any]] = []

    class Client:
        def put_object(self, **options: Any) -> None:
            stored.append(options)

    def invoke(function: str, events: Any, _: object) -> list[dict[str, float]]:
        asked.extend(events)
        return [{"cpu_seconds": (number + 1) / 1000} for number in range(len(events))]

    class Server:
        url = "http://127.0.0.1:1"

    monkeypatch.setattr(station_rows, "_STATIONS", 3)
    monkeypatch.setattr(station_rows, "_YEARS", 1)
    monkeypatch.setattr(station_rows, "archive", lambda *_: nullcontext(Server()))
    monkeypatch.setattr(station_rows, "invoke", invoke)
    monkeypatch.setattr(station_rows.boto3, "client", lambda *_, **__: Client())
    row = station_rows.stations()
    assert row.figures == pytest.approx((1.0, 2.0, 3.0))
    assert row.is_met
    assert [event["rawPath"] for event in asked] == ["/fdsnws/station/1/query"] * 3
    index = StationIndex(stored[0]["Body"], SCEDC)
    assert sorted(index.places) == [("CI", "S000"), ("CI", "S001"), ("CI", "S002")]
    assert {len(file.summary.networks[0].stations[0].rows) for file in index.files} == {20}
