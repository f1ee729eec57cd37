"""Row 12 of docs/correctness.md: segments whose rates or types nearly agree are one channel.

A gap ends no sooner than it starts, and an overlap of half a sample to one is a warning.
"""

from itertools import product

import numpy as np
import pytest
from obspy import UTCDateTime

from local.cloud.s3_server import S3Server
from tests.support.known_records import FLOAT32, Clock, Layout, put_records, records
from tests.support.messages import mention, times_in
from tests.support.plain_seismometer import PlainSeismometer
from tests.support.timed_samples import (
    DAY,
    FORMATS,
    MIDNIGHT,
    READS,
    Asked,
    Handler,
    ask,
    call,
    corrected,
    window,
)

NSCL = "CI.BOM.BHZ."
RATE = 40.0
NPTS = 1000  # of each segment
FIRST = Clock(MIDNIGHT + 0.019536, RATE)
NEXT = MIDNIGHT + 86_400

OTHERS = {
    # 40 Hz as a 32-bit float may have it, and a rate that libmseed's tolerance, 1e-4, covers.
    "the rate rounded": Layout(blockette_100=40.0000038),
    "a rate that differs by 2.5e-6": Layout(blockette_100=39.9999),
    "float samples": Layout(encoding=FLOAT32),
}
each_other = pytest.mark.parametrize("other", OTHERS.values(), ids=OTHERS)


def put(archive: S3Server, other: Layout, gap_s: float = 30.0) -> tuple[np.ndarray, np.ndarray]:
    """Put two segments into a day; return the values and the true times of their samples."""
    start = FIRST.time(NPTS - 1) + gap_s
    late = Clock(start, other.blockette_100 or RATE)
    own, others = np.arange(NPTS), NPTS + np.arange(NPTS)
    if other.encoding == FLOAT32:
        others = others + 0.25
    # The fixed header has whole rates alone.
    content = records(NSCL, others, Clock(start, RATE), other)
    put_records(archive, NSCL, DAY, records(NSCL, own, FIRST), content)
    PlainSeismometer().put(archive, NSCL, RATE)
    times = np.concatenate([FIRST.ns(np.arange(NPTS)), late.ns(np.arange(NPTS))])
    return np.concatenate([own, others]), times


def check(asked: Asked, values: np.ndarray, times: np.ndarray, way: str = "") -> None:
    """All samples are there, each within a hundredth of a sample of its time."""
    assert asked.values.tolist() == values.tolist(), way
    assert np.abs(asked.times_ns - times).max() * 1e-9 * RATE <= 0.01, way


@each_other
def test_a_window_has_them_all(
    archive: S3Server, timewindow_handler: Handler, other: Layout
) -> None:
    values, times = put(archive, other)
    start, end = FIRST.start, UTCDateTime(ns=int(times[-1]))
    for read, file_format in product(READS, FORMATS):
        asked = ask(timewindow_handler, start, end, file_format, nscl=NSCL, Read=read)
        check(asked, values, times, f"Read {read}, {file_format}")


@each_other
def test_a_corrected_day_bridges_the_gap_between_them(
    archive: S3Server, response_handler: Handler, other: Layout
) -> None:
    values, times = put(archive, other)
    stream, reply = corrected(response_handler, archive, nscl=NSCL)
    assert sum(trace.stats.npts for trace in stream) == reply["samples"] == values.size
    assert [gap["bridged"] for gap in reply["gaps"]] == [True]
    starts = [trace.stats.starttime.ns for trace in stream]
    assert np.abs(np.array(starts) - times[[0, NPTS]]).max() <= 1000  # a microsecond


@each_other
def test_days_that_differ_are_one_channel(
    archive: S3Server, timewindow_handler: Handler, other: Layout
) -> None:
    first = Clock(NEXT - NPTS / RATE, RATE)
    put_records(archive, NSCL, DAY, records(NSCL, np.arange(NPTS), first))
    late = records(NSCL, NPTS + np.arange(NPTS), Clock(NEXT, RATE), other)
    put_records(archive, NSCL, "2024,002", late)
    for file_format in FORMATS:
        asked = ask(timewindow_handler, NEXT - 5, NEXT + 5, file_format, nscl=NSCL)
        assert asked.values.tolist() == list(range(NPTS - 200, NPTS + 201)), file_format
    assert ask(timewindow_handler, NEXT - 5, NEXT + 5, nscl=NSCL).gaps == []


def test_rates_that_do_differ_are_an_error(archive: S3Server, timewindow_handler: Handler) -> None:
    put(archive, Layout(blockette_100=39.9))
    request = {"Windows": [window(NSCL, MIDNIGHT, MIDNIGHT + 80)]}
    (reply,), _ = call(timewindow_handler, request)
    assert reply["error"]["type"] == "UnreadableObjectError"
    assert "39.9" in reply["error"]["message"]


@pytest.mark.parametrize("intervals", [1.51, 1.6, 1.99, 2.4, 2.51])
def test_a_gap_ends_no_sooner_than_it_starts(
    archive: S3Server,
    timewindow_handler: Handler,
    response_handler: Handler,
    intervals: float,
) -> None:
    values, times = put(archive, Layout(), intervals / RATE)
    _, reply = corrected(response_handler, archive, nscl=NSCL)
    asked = ask(timewindow_handler, FIRST.start, UTCDateTime(ns=int(times[-1])), nscl=NSCL)
    assert asked.values.tolist() == values.tolist()
    missing = round(intervals) - 1
    for gaps in (reply["gaps"], asked.gaps):
        assert [gap["samples"] for gap in gaps] == [missing]
        for gap in gaps:
            start, end = UTCDateTime(gap["starttime"]), UTCDateTime(gap["endtime"])
            assert end >= start
            assert times[NPTS - 1] < start.ns
            assert end.ns < times[NPTS]


@pytest.mark.parametrize("intervals", [0.05, 0.3, 0.45])
def test_an_overlap_of_half_a_sample_is_told_and_costs_no_sample(
    archive: S3Server,
    timewindow_handler: Handler,
    response_handler: Handler,
    intervals: float,
) -> None:
    values, times = put(archive, Layout(), intervals / RATE)
    end = UTCDateTime(ns=int(times[-1]))
    overlap = 1 - intervals
    told = {}
    for read in READS:
        asked = ask(timewindow_handler, FIRST.start, end, nscl=NSCL, Read=read)
        check(asked, values, times, read)
        assert asked.gaps == []
        told[read] = asked.warnings
    _, reply = corrected(response_handler, archive, nscl=NSCL)
    assert reply["samples"] == values.size
    assert reply["gaps"] == []
    told["corrected"] = reply["warnings"]
    for way, warnings in told.items():
        assert mention(warnings, overlap, overlap / RATE, 1000 * overlap / RATE), way
        assert any(abs(time.ns - times[NPTS]) <= 1e9 / RATE for time in times_in(warnings)), way
