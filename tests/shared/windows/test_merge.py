"""The samples of windows, compared with ObsPy's `merge` and `trim` of the whole days."""

import numpy as np
import pytest
from obspy import Stream, Trace, UTCDateTime

from local.cloud.s3_server import S3Server
from shared import strict_json
from shared.archive.scedc import SCEDC
from shared.windows import WindowResult, read_windows
from tests.support.builders import make_trace, noise, put_day
from tests.support.windows import DAY, NSCL, RATE, read_one, window


def by_obspy(traces: list[Trace], start: str, end: str) -> Trace:
    """Merge and trim whole days with ObsPy, as the contract says."""
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
    assert_same(read_one(start, end), by_obspy([trace], start, end))


@pytest.mark.parametrize("shift", [0.0, 0.3, 0.5, 0.7, 1.0])
def test_a_gap_is_null_and_listed(archive: S3Server, shift: float) -> None:
    first = make_trace(NSCL, "2024-01-01T00:00:00.019500", noise(4_000))
    resume = first.stats.endtime + (20 * RATE + shift) / RATE
    second = make_trace(NSCL, str(resume), noise(4_000, seed=2))
    put_day(archive, NSCL, DAY, first, second)
    start, end = "2024-01-01T00:01:00", "2024-01-01T00:02:30"

    result = read_one(start, end)

    if shift in (0.0, 1.0):
        assert_same(result, by_obspy([first, second], start, end))
    reply = result.as_dict()
    (gap,) = reply["gaps"]
    missing = np.flatnonzero(reply["data"].mask)
    assert gap["samples"] == missing.size == round(20 * RATE + shift - 1 + 1e-9)
    times = [UTCDateTime(reply["starttime"]) + float(i) / RATE for i in missing[[0, -1]]]
    assert [gap["starttime"], gap["endtime"]] == [str(time) for time in times]
    room = 0.499 / RATE  # the nearest samples may lie outside
    near = UTCDateTime(start) - room, UTCDateTime(end) + room
    parts = [trace.slice(*near, nearest_sample=False) for trace in (first, second)]
    assert np.ma.compressed(reply["data"]).tolist() == [*parts[0].data, *parts[1].data]
    assert [trace.stats.starttime for trace in result.segments] == [
        part.stats.starttime for part in parts
    ]


def test_missing_samples_at_the_ends_are_listed_but_not_padded(archive: S3Server) -> None:
    trace = make_trace(NSCL, "2024-01-01T00:00:00.019500", noise(400))
    put_day(archive, NSCL, DAY, trace)

    reply = read_one("2023-12-31T23:59:59", "2024-01-01T00:00:20").as_dict()

    assert len(reply["data"]) == 400
    assert reply["gaps"] == [
        {
            "starttime": "2023-12-31T23:59:59.019500Z",
            "endtime": "2023-12-31T23:59:59.994500Z",
            "samples": 40,
            "why": "absent",
        },
        {
            "starttime": "2024-01-01T00:00:10.019500Z",
            "endtime": "2024-01-01T00:00:19.994500Z",
            "samples": 400,
            "why": "absent",
        },
    ]


def test_a_whole_window_has_no_gaps_though_no_sample_lies_on_its_ends(archive: S3Server) -> None:
    put_day(archive, NSCL, DAY, make_trace(NSCL, "2024-01-01T00:00:00.019500", noise(24_000)))
    assert read_one("2024-01-01T00:00:00", "2024-01-01T00:05:00").as_dict()["gaps"] == []


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


def test_overlaps_are_joined_where_equal_and_null_where_not(archive: S3Server) -> None:
    data = noise(4_000)
    other = data[2_000:].copy()
    other[:400] += 7
    traces = [
        make_trace(NSCL, "2024-01-01", data[:2_400]),
        make_trace(NSCL, "2024-01-01T00:00:50", other),
    ]
    put_day(archive, NSCL, DAY, *traces)
    result = read_one("2024-01-01", "2024-01-01T00:02:00")
    assert_same(result, by_obspy(traces, "2024-01-01", "2024-01-01T00:02:00"))
    assert result.as_dict()["gaps"][0]["samples"] == 400


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


def test_a_segment_of_another_rate_keeps_its_own_times(archive: S3Server) -> None:
    put_day(
        archive,
        NSCL,
        DAY,
        make_trace(NSCL, "2024-01-01T00:00:00", noise(4_000), 100.0),
        make_trace(NSCL, "2024-01-01T00:10:00.0123", noise(4_000), 40.0),
    )
    trace = read_one("2024-01-01T00:10:10", "2024-01-01T00:10:20").trace
    assert trace is not None
    assert trace.stats.starttime == UTCDateTime("2024-01-01T00:10:10.0123")


def test_a_window_just_between_two_samples_has_none(archive: S3Server) -> None:
    put_day(archive, NSCL, DAY, make_trace(NSCL, "2024-01-01", noise(4_000)))
    error = read_one("2024-01-01T00:01:00.0125", "2024-01-01T00:01:00.0125").as_dict()["error"]
    assert error["type"] == "NoWaveformError"


def test_float_samples_that_are_not_numbers_are_null(archive: S3Server) -> None:
    data = np.array([1.5, np.nan, np.inf, -2.5] * 10, dtype=np.float32)
    trace = make_trace(NSCL, "2024-01-01", data, dtype=np.float32)
    put_day(archive, NSCL, DAY, trace, encoding="FLOAT32")
    reply = strict_json.plain(read_one("2024-01-01", "2024-01-01T00:00:00.075").as_dict())
    assert reply["data"] == [1.5, None, None, -2.5]
    assert [gap["samples"] for gap in reply["gaps"]] == [2]
