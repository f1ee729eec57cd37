"""Reading windows: their order, their errors, the requests to S3, the memory."""

import gc
import weakref
from typing import Any

import pytest

from local.cloud.s3_server import S3Server
from shared.archive.archive import DayObject
from shared.archive.scedc import SCEDC
from shared.windows import read_windows
from tests.support.builders import make_trace, noise, put_day
from tests.support.windows import DAY, NSCL, read_one, window


def test_windows_keep_their_order_and_their_errors(archive: S3Server) -> None:
    put_day(archive, NSCL, DAY, make_trace(NSCL, "2024-01-01T06:00:00", noise(4_000)))
    archive.put("continuous_waveforms/2024/2024_001/CIBAD__BHZ___2024001.ms", b"not miniSEED" * 99)
    spans = [
        window("2024-01-01T06:01:00", "2024-01-01T06:01:01"),
        window("2024-01-01T00:00:00", "2024-01-01T00:05:00"),  # before the day's data
        window("2024-01-01T06:00:00", "2024-01-01T06:00:01", "CI.NONE.BHZ."),  # no object
        window("2024-01-01T06:00:00", "2024-01-01T06:00:01"),
        window("2024-01-01T06:00:00", "2024-01-01T06:00:01", "CI.BAD.BHZ."),
    ]
    replies = [result.as_dict() for result in read_windows(spans, SCEDC)]

    assert [reply["station"] for reply in replies] == ["BOM", "BOM", "NONE", "BOM", "BAD"]
    assert [reply.get("error", {}).get("type") for reply in replies] == [
        None,
        "NoWaveformError",
        "NoWaveformError",
        None,
        "UnreadableObjectError",
    ]
    assert "06:00:00" in replies[1]["error"]["message"]  # the nearest samples
    assert "CINONE" not in replies[1]["error"]["message"]
    assert "CINONE_BHZ___2024001.ms" in replies[2]["error"]["message"]
    assert replies[1]["starttime"] == "2024-01-01T00:00:00.000000Z"
    assert all(("data" in reply) != ("error" in reply) for reply in replies)


def test_a_window_within_a_gap_is_an_error(archive: S3Server) -> None:
    put_day(
        archive,
        NSCL,
        DAY,
        make_trace(NSCL, "2024-01-01T00:00:00", noise(400)),
        make_trace(NSCL, "2024-01-01T00:10:00", noise(400)),
    )
    assert read_one("2024-01-01T00:05:00", "2024-01-01T00:06:00").as_dict()["error"]


def test_an_end_at_midnight_does_not_need_the_next_day(archive: S3Server) -> None:
    put_day(archive, NSCL, DAY, make_trace(NSCL, "2024-01-01T23:59:00.0195", noise(2_400)))
    put_day(archive, NSCL, "2024,002", make_trace("CI.BOM.BHN.", "2024-01-02", noise(10)))
    reply = read_one("2024-01-01T23:59:30", "2024-01-02T00:00:00").as_dict()
    assert len(reply["data"]) == 1201


def test_windows_on_one_object_share_what_is_read(
    archive: S3Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    from shared.aws import s3_read

    put_day(archive, NSCL, DAY, make_trace(NSCL, "2024-01-01T23:30:00", noise(40_000)))
    put_day(archive, NSCL, "2024,002", make_trace(NSCL, "2024-01-02", noise(40_000)))
    fetched: list[tuple[str, int]] = []
    read_part = s3_read.read_part

    def watched(source: DayObject, first: int, *others: Any, **named: Any) -> Any:
        fetched.append((source.key, first))
        return read_part(source, first, *others, **named)

    monkeypatch.setattr(s3_read, "read_part", watched)
    spans = [
        window("2024-01-01T23:40:00", "2024-01-01T23:40:01"),
        window("2024-01-02T00:00:00", "2024-01-02T00:00:01"),
        window("2024-01-01T23:40:00", "2024-01-02T00:00:02"),
        window("2024-01-01T23:40:00", "2024-01-01T23:40:02"),
        window("2024-01-02T00:00:00", "2024-01-02T00:00:03"),
        window("2024-01-02T00:00:00", "2024-01-02T00:00:03", "CI.NONE.BHZ."),
        window("2024-01-02T00:01:00", "2024-01-02T00:01:03", "CI.NONE.BHZ."),
    ]
    answers = read_windows(spans, SCEDC)
    assert len(fetched) == len(set(fetched)) == 4  # one object needs a part beyond its head
    assert len({key for key, _ in fetched}) == 3
    assert [bool(item.error) for item in answers] == [False] * 5 + [True] * 2


def test_failed_windows_hold_no_samples(archive: S3Server, monkeypatch: pytest.MonkeyPatch) -> None:
    """An error's frames would keep the whole day in memory until the reply is sent."""
    from shared.waveforms import _record_reader

    kept = []
    read = _record_reader.decode_records

    def watched(*arguments: Any) -> Any:
        day = read(*arguments)
        kept.append(weakref.ref(day.runs[0].trace.data.base))
        return day

    monkeypatch.setattr(_record_reader, "decode_records", watched)
    put_day(archive, NSCL, DAY, make_trace(NSCL, "2024-01-01", noise(4_000)))
    results = read_windows([window("2024-01-01T12:00:00", "2024-01-01T12:00:01")], SCEDC)
    assert results[0].error
    gc.collect()
    assert len(kept) == 1
    assert kept[0]() is None
