"""Time windows against what ObsPy makes of the whole days."""

import gc
import weakref
from typing import Any

import numpy as np
import pytest
from obspy import Stream, Trace, UTCDateTime

from local.cloud.s3_server import S3Server
from shared import strict_json
from shared.archive.archive import DayObject
from shared.archive.channel_id import ChannelId
from shared.archive.scedc import SCEDC
from shared.errors import BadRequestError, TooLargeError
from shared.windows import read_windows
from shared.windows.request import Window, parse_windows
from shared.windows.result import WindowResult
from tests.support.builders import make_trace, noise, put_day

NSCL = "CI.BOM.BHZ."
DAY = "2024,001"
RATE = 40.0


def window(start: str, end: str, nscl: str = NSCL) -> Window:
    return Window(ChannelId.parse(nscl), UTCDateTime(start), UTCDateTime(end))


def request(**changes: object) -> dict[str, object]:
    entry = {
        "Network": "CI",
        "Station": "BOM",
        "Channel": "BHZ",
        "Location": "  ",
        "Starttime": "2024-01-01T00:00:00",
        "Endtime": "2024-01-01T00:05:00",
        **changes,
    }
    return {"Windows": [{name: value for name, value in entry.items() if value is not None}]}


def answer(start: str, end: str) -> WindowResult:
    (result,) = read_windows([window(start, end)], SCEDC)
    return result


def by_obspy(traces: list[Trace], start: str, end: str) -> Trace:
    """The contract, word for word."""
    stream = Stream(traces).copy().merge()
    stream.trim(UTCDateTime(start), UTCDateTime(end))
    return stream[0]


def assert_same(result: WindowResult, expected: Trace) -> None:
    assert result.error is None, result.error
    reply = result.as_dict()
    assert strict_json.plain(reply["data"]) == expected.data.tolist()
    assert UTCDateTime(reply["starttime"]).ns == pytest.approx(expected.stats.starttime.ns, abs=500)
    assert UTCDateTime(reply["endtime"]).ns == pytest.approx(expected.stats.endtime.ns, abs=500)
    assert reply["sampling_rate"] == expected.stats.sampling_rate
    assert reply["delta"] == expected.stats.delta


WINDOWS = [
    ("2024-01-01T00:00:00", "2024-01-01T00:05:00"),
    ("2024-01-01T00:01:00.019500", "2024-01-01T00:01:01.019500"),  # on samples
    ("2024-01-01T00:01:00.019501", "2024-01-01T00:01:01.019499"),  # just inside
    ("2024-01-01T00:01:00.033000", "2024-01-01T00:01:00.033000"),  # no length
    ("2024-01-01T00:01:00.020", "2024-01-01T00:01:00.021"),  # shorter than a sample
    ("2023-12-31T23:59:00", "2024-01-01T00:00:10"),  # no object of the day before
    ("2024-01-01T00:09:00", "2024-01-02T00:00:00"),  # beyond the data's end
]


@pytest.mark.parametrize(("start", "end"), WINDOWS)
def test_samples_are_those_of_merge_and_trim(archive: S3Server, start: str, end: str) -> None:
    trace = make_trace(NSCL, "2024-01-01T00:00:00.019500", noise(24_000))
    put_day(archive, NSCL, DAY, trace)
    assert_same(answer(start, end), by_obspy([trace], start, end))


@pytest.mark.parametrize("shift", [0.0, 0.3, 0.5, 0.7, 1.0])
def test_a_gap_is_null_and_listed(archive: S3Server, shift: float) -> None:
    first = make_trace(NSCL, "2024-01-01T00:00:00.019500", noise(4_000))
    resume = first.stats.endtime + (20 * RATE + shift) / RATE
    second = make_trace(NSCL, str(resume), noise(4_000, seed=2))
    put_day(archive, NSCL, DAY, first, second)
    start, end = "2024-01-01T00:01:00", "2024-01-01T00:02:30"

    result = answer(start, end)

    expected = by_obspy([first, second], start, end)
    assert_same(result, expected)
    (gap,) = result.as_dict()["gaps"]
    missing = np.flatnonzero(expected.data.mask)
    assert gap["samples"] == missing.size == round(20 * RATE + shift - 1 + 1e-9)
    times = [expected.stats.starttime + float(i) / RATE for i in missing[[0, -1]]]
    assert [gap["starttime"], gap["endtime"]] == [str(time) for time in times]


def test_missing_samples_at_the_ends_are_listed_but_not_padded(archive: S3Server) -> None:
    trace = make_trace(NSCL, "2024-01-01T00:00:00.019500", noise(400))
    put_day(archive, NSCL, DAY, trace)

    reply = answer("2023-12-31T23:59:59", "2024-01-01T00:00:20").as_dict()

    assert len(reply["data"]) == 400
    assert reply["gaps"] == [
        {
            "starttime": "2023-12-31T23:59:59.019500Z",
            "endtime": "2023-12-31T23:59:59.994500Z",
            "samples": 40,
        },
        {
            "starttime": "2024-01-01T00:00:10.019500Z",
            "endtime": "2024-01-01T00:00:19.994500Z",
            "samples": 400,
        },
    ]


def test_a_whole_window_has_no_gaps_though_no_sample_lies_on_its_ends(archive: S3Server) -> None:
    put_day(archive, NSCL, DAY, make_trace(NSCL, "2024-01-01T00:00:00.019500", noise(24_000)))
    assert answer("2024-01-01T00:00:00", "2024-01-01T00:05:00").as_dict()["gaps"] == []


@pytest.mark.parametrize("days", [2, 3, 4])
def test_windows_cross_midnight(archive: S3Server, days: int) -> None:
    """Days that begin off the previous day's grid, as digitizers' clocks drift."""
    traces = []
    for number in range(days):
        start = UTCDateTime(2024, 1, 1 + number) + 0.0695 + 0.2 * number
        trace = make_trace("CI.BOM.LHZ.", str(start), noise(86_400 - number, number), 1.0)
        put_day(archive, "CI.BOM.LHZ.", f"2024,00{number + 1}", trace)
        traces.append(trace)
    start, end = "2024-01-01T23:50:00", f"2024-01-0{days}T00:10:00"
    (result,) = read_windows([window(start, end, "CI.BOM.LHZ.")], SCEDC)
    assert_same(result, by_obspy(traces, start, end))


def test_a_day_without_object_within_a_window_is_a_gap(archive: S3Server) -> None:
    nscl = "CI.BOM.LHZ."
    traces = [
        make_trace(nscl, "2024-01-01T00:00:00", noise(86_400), 1.0),
        make_trace(nscl, "2024-01-03T00:00:00", noise(86_400), 1.0),
    ]
    put_day(archive, nscl, "2024,001", traces[0])
    put_day(archive, nscl, "2024,003", traces[1])
    start, end = "2024-01-01T23:59:50", "2024-01-03T00:00:10"
    (result,) = read_windows([window(start, end, nscl)], SCEDC)
    assert_same(result, by_obspy(traces, start, end))
    assert [gap["samples"] for gap in result.as_dict()["gaps"]] == [86_400]


def test_an_end_at_midnight_does_not_need_the_next_day(archive: S3Server) -> None:
    put_day(archive, NSCL, DAY, make_trace(NSCL, "2024-01-01T23:59:00.0195", noise(2_400)))
    put_day(archive, NSCL, "2024,002", make_trace("CI.BOM.BHN.", "2024-01-02", noise(10)))
    reply = answer("2024-01-01T23:59:30", "2024-01-02T00:00:00").as_dict()
    assert len(reply["data"]) == 1201


def test_overlaps_are_joined_where_equal_and_null_where_not(archive: S3Server) -> None:
    data = noise(4_000)
    other = data[2_000:].copy()
    other[:400] += 7
    traces = [
        make_trace(NSCL, "2024-01-01", data[:2_400]),
        make_trace(NSCL, "2024-01-01T00:00:50", other),
    ]
    put_day(archive, NSCL, DAY, *traces)
    result = answer("2024-01-01", "2024-01-01T00:02:00")
    assert_same(result, by_obspy(traces, "2024-01-01", "2024-01-01T00:02:00"))
    assert result.as_dict()["gaps"][0]["samples"] == 400


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
    assert "06:00:00" in replies[1]["error"]["message"]  # where there is data instead
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
    assert answer("2024-01-01T00:05:00", "2024-01-01T00:06:00").as_dict()["error"]


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
    assert len(fetched) == len(set(fetched)) == 4  # of one object more than its head
    assert len({key for key, _ in fetched}) == 3
    assert [bool(item.error) for item in answers] == [False] * 5 + [True] * 2


def test_segments_that_cannot_be_one_trace(archive: S3Server) -> None:
    put_day(
        archive,
        NSCL,
        DAY,
        make_trace(NSCL, "2024-01-01T00:00:00", noise(4_000), 40.0),
        make_trace(NSCL, "2024-01-01T01:00:00", noise(2_000), 20.0),
    )
    spans = [
        window("2024-01-01T00:00:10", "2024-01-01T00:00:20"),
        window("2024-01-01T01:00:10", "2024-01-01T01:00:20"),
        window("2024-01-01T00:00:10", "2024-01-01T01:00:20"),
    ]
    first, second, both = [item.as_dict() for item in read_windows(spans, SCEDC)]
    assert (first["sampling_rate"], len(first["data"])) == (40.0, 401)
    assert (second["sampling_rate"], len(second["data"])) == (20.0, 201)
    assert both["error"]["type"] == "UnreadableObjectError"
    assert "20.0 Hz int32, 40.0 Hz int32" in both["error"]["message"]


def test_windows_that_no_reply_can_hold_are_refused_before_more_is_read(archive: S3Server) -> None:
    put_day(archive, NSCL, DAY, make_trace(NSCL, "2024-01-01", noise(4_000)))
    put_day(archive, NSCL, "2024,003", make_trace(NSCL, "2024-01-03", noise(4_000)))
    put_day(archive, NSCL, "2024,004", make_trace("CI.BOM.BHN.", "2024-01-04", noise(4_000)))
    span = window("2024-01-01", "2024-12-31")
    (refused,) = read_windows([span], SCEDC, max_samples=3 * 1024**2)
    error = refused.as_dict()["error"]
    assert error["type"] == "TooLargeError"
    assert "13,824,001 samples or nearly as many" in error["message"]
    assert "ask for at most 7,1" in error["message"]


def test_a_long_window_with_few_samples_is_answered(archive: S3Server) -> None:
    put_day(archive, NSCL, DAY, make_trace(NSCL, "2024-01-01T23:50:00", noise(4_000)))
    assert len(answer("2023-12-01", "2024-01-31").as_dict()["data"]) == 4_000


def test_a_window_just_between_two_samples_has_none(archive: S3Server) -> None:
    put_day(archive, NSCL, DAY, make_trace(NSCL, "2024-01-01", noise(4_000)))
    error = answer("2024-01-01T00:01:00.0125", "2024-01-01T00:01:00.0125").as_dict()["error"]
    assert error["type"] == "NoWaveformError"


def test_many_objects_are_refused_before_any_is_looked_for(archive: S3Server) -> None:
    span = window("2024-01-01", "2024-12-31T00:00:01", "CI.BOM.LHZ.")
    spans = [span, *(Window(ChannelId("CI", f"S{i}", "LHZ"), *span_ends(span)) for i in range(2))]
    with pytest.raises(TooLargeError, match="1,098 day objects: at most 1000"):
        read_windows(spans, SCEDC)


def span_ends(span: Window) -> tuple[UTCDateTime, UTCDateTime]:
    return span.starttime, span.endtime


def test_failed_windows_hold_no_samples(archive: S3Server, monkeypatch: pytest.MonkeyPatch) -> None:
    """An error's frames would keep the whole day in memory until the reply is sent."""
    from shared.waveforms import day_reader

    kept = []
    read = day_reader.read_day

    def watched(*arguments: Any) -> Any:
        day = read(*arguments)
        kept.append(weakref.ref(day.stream[0]))
        return day

    monkeypatch.setattr(day_reader, "read_day", watched)
    put_day(archive, NSCL, DAY, make_trace(NSCL, "2024-01-01", noise(4_000)))
    results = read_windows([window("2024-01-01T12:00:00", "2024-01-01T12:00:01")], SCEDC)
    assert results[0].error
    gc.collect()
    assert len(kept) == 1
    assert kept[0]() is None


def test_windows_that_together_are_too_large_are_refused(archive: S3Server) -> None:
    put_day(archive, NSCL, DAY, make_trace(NSCL, "2024-01-01", np.zeros(2_000_000)))
    span = window("2024-01-01", "2024-01-01T13:00:00")
    with pytest.raises(TooLargeError, match="the 3 windows have 5,616,003 samples"):
        read_windows([span] * 3, SCEDC, max_samples=3 * 1024**2)


def test_float_samples_that_are_not_numbers_are_null(archive: S3Server) -> None:
    data = np.array([1.5, np.nan, np.inf, -2.5] * 10, dtype=np.float32)
    trace = make_trace(NSCL, "2024-01-01", data, dtype=np.float32)
    put_day(archive, NSCL, DAY, trace, encoding="FLOAT32")
    reply = strict_json.plain(answer("2024-01-01", "2024-01-01T00:00:00.075").as_dict())
    assert reply["data"] == [1.5, None, None, -2.5]
    assert [gap["samples"] for gap in reply["gaps"]] == [2]


def test_a_window_of_years_is_refused_before_anything_is_looked_for() -> None:
    with pytest.raises(TooLargeError, match="longer than 366 days"):
        parse_windows(request(Endtime="2025-01-02T00:00:01"))


@pytest.mark.parametrize("blank", ["", "--", "  ", None])
def test_blank_locations_are_the_same(blank: str | None) -> None:
    (parsed,) = parse_windows(request(Location=blank))
    assert parsed.channel == ChannelId("CI", "BOM", "BHZ", "")


@pytest.mark.parametrize(
    ("bad", "words"),
    [
        (None, "JSON object with Windows"),
        ([], "JSON object with Windows"),
        ({}, "Windows is missing"),
        ({"Windows": []}, "at least one"),
        ({"Windows": {}}, "array"),
        ({"Windows": ["CI.BOM.BHZ."]}, r"Windows\[0\] is 'CI.BOM.BHZ.'"),
        ({"windows": []}, "unknown field 'windows'"),
        (request(Network=None), r"Windows\[0\].Network is missing"),
        (request(Starttime=None), r"Windows\[0\].Starttime is missing"),
        (request(Endtime=None), r"Windows\[0\].Endtime is missing"),
        (request(Network=7), r"Windows\[0\].Network is 7"),
        (request(Network="../.."), "network code"),
        (request(Station="B/M"), "station code 'B/M'"),
        (request(Station="*"), "station code"),
        (request(Channel="BH?"), "channel code"),
        (request(Location="000"), "location code"),
        (request(Starttime="yesterday"), r"Windows\[0\].Starttime 'yesterday'"),
        (request(Starttime=1704067200), r"Windows\[0\].Starttime is 1704067200"),
        (request(Endtime="2024-01-01T25:00:00"), "hour must be in"),
        (request(Endtime="2023-12-31T00:00:00"), "at or after Starttime"),
        (request(Quality="D"), "unknown field 'Quality'"),
    ],
)
def test_bad_requests_name_what_is_wrong(bad: object, words: str) -> None:
    with pytest.raises(BadRequestError, match=words):
        parse_windows(bad)


def test_a_segment_of_another_rate_keeps_its_own_times(archive: S3Server) -> None:
    put_day(
        archive,
        NSCL,
        DAY,
        make_trace(NSCL, "2024-01-01T00:00:00", noise(4_000), 100.0),
        make_trace(NSCL, "2024-01-01T00:10:00.0123", noise(4_000), 40.0),
    )
    trace = answer("2024-01-01T00:10:10", "2024-01-01T00:10:20").trace
    assert trace is not None
    assert trace.stats.starttime == UTCDateTime("2024-01-01T00:10:10.0123")
