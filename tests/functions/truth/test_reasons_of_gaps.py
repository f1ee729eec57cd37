"""Row 13 of docs/correctness.md: each gap says why it is empty: absent, conflicting or damaged."""

from collections.abc import Callable

import numpy as np
import pytest
from obspy import UTCDateTime

from local.cloud.s3_server import S3Server
from tests.support.builders import make_trace, mseed, noise
from tests.support.known_records import (
    FLOAT32,
    Clock,
    Layout,
    put_records,
    read_records,
    records,
)
from tests.support.plain_seismometer import PlainSeismometer
from tests.support.timed_samples import DAY, MIDNIGHT, READS, Handler, ask, corrected

NSCL = "CI.BOM.BHZ."
RATE = 40.0
RECORD = 512
DAMAGED_RECORD = 20

Gaps = list[tuple[UTCDateTime, UTCDateTime, str]]


def gaps_of(gaps: list[dict[str, str]]) -> Gaps:
    return [
        (UTCDateTime(gap["starttime"]), UTCDateTime(gap["endtime"]), gap["why"]) for gap in gaps
    ]


def segment(first: int, seconds: tuple[float, float]) -> bytes:
    """Samples from one time to another, in s after midnight; values count from `first`."""
    npts = round((seconds[1] - seconds[0]) * RATE)
    return records(NSCL, first + np.arange(npts), Clock(MIDNIGHT + seconds[0], RATE))


def span(start: float, end: float, why: str) -> tuple[UTCDateTime, UTCDateTime, str]:
    """A gap from one time up to another, in s after midnight."""
    return MIDNIGHT + start, MIDNIGHT + end - 1 / RATE, why


def check(
    handlers: tuple[Handler, Handler], archive: S3Server, end: UTCDateTime, expected: Gaps
) -> None:
    """The gaps up to a time, however they are read, and those of the corrected day."""
    timewindow, response = handlers
    for read in READS:
        for options in ({}, {"Output": "VEL"}):
            asked = ask(timewindow, MIDNIGHT, end, nscl=NSCL, Read=read, **options)
            assert gaps_of(asked.gaps) == expected, (read, options)
    _, reply = corrected(response, archive, nscl=NSCL)
    assert gaps_of(reply["gaps"]) == expected


@pytest.fixture
def handlers(
    archive: S3Server, timewindow_handler: Handler, response_handler: Handler
) -> tuple[Handler, Handler]:
    PlainSeismometer().put(archive, NSCL, RATE)
    return timewindow_handler, response_handler


def test_absent_and_conflicting(archive: S3Server, handlers: tuple[Handler, Handler]) -> None:
    parts = [segment(0, (0, 100)), segment(50_000, (90, 190)), segment(9_000, (200, 300))]
    put_records(archive, NSCL, DAY, *parts)
    expected = [span(90, 100, "conflicting"), span(190, 200, "absent")]
    check(handlers, archive, MIDNIGHT + 299.975, expected)


def test_a_conflict_beside_an_absence(archive: S3Server, handlers: tuple[Handler, Handler]) -> None:
    """Nothing is left of the segment in between, whose samples the other two have otherwise."""
    parts = [segment(0, (0, 100)), segment(50_000, (80, 100)), segment(9_000, (150, 300))]
    put_records(archive, NSCL, DAY, *parts)
    expected = [span(80, 100, "conflicting"), span(100, 150, "absent")]
    check(handlers, archive, MIDNIGHT + 299.975, expected)


def test_the_same_samples_twice_are_no_conflict(
    archive: S3Server, handlers: tuple[Handler, Handler]
) -> None:
    parts = [segment(0, (0, 100)), segment(3_600, (90, 200)), segment(9_000, (210, 300))]
    put_records(archive, NSCL, DAY, *parts)
    check(handlers, archive, MIDNIGHT + 299.975, [span(200, 210, "absent")])


def test_a_conflict_of_two_days(archive: S3Server, timewindow_handler: Handler) -> None:
    """The first day's object goes on beyond midnight, with other samples than the next day's."""
    put_records(archive, NSCL, DAY, segment(0, (86_300, 86_410)))
    put_records(archive, NSCL, "2024,002", segment(50_000, (86_400, 86_500)))
    for read in READS:
        asked = ask(timewindow_handler, MIDNIGHT + 86_390, MIDNIGHT + 86_420, nscl=NSCL, Read=read)
        assert gaps_of(asked.gaps) == [span(86_400, 86_410, "conflicting")]


def test_beyond_the_data_samples_are_absent(archive: S3Server, timewindow_handler: Handler) -> None:
    put_records(archive, NSCL, DAY, segment(0, (10, 100)))
    asked = ask(timewindow_handler, MIDNIGHT, MIDNIGHT + 109.975, nscl=NSCL)
    assert gaps_of(asked.gaps) == [span(0, 10, "absent"), span(100, 110, "absent")]


def zeroed(content: bytearray, place: int) -> None:
    content[place : place + RECORD] = bytes(RECORD)


def undecodable(content: bytearray, place: int) -> None:
    """Frames that hold fewer samples than the header says."""
    content[place + 64 : place + RECORD] = bytes(RECORD - 64)


def without_data(content: bytearray, place: int) -> None:
    """Samples that begin beyond the record."""
    content[place + 44 : place + 46] = bytes([8, 0])


@pytest.mark.parametrize("damage", [zeroed, undecodable, without_data])
def test_a_damaged_record(
    archive: S3Server,
    handlers: tuple[Handler, Handler],
    damage: Callable[[bytearray, int], None],
) -> None:
    """It costs its own samples, and no others."""
    content = bytearray(mseed(make_trace(NSCL, str(MIDNIGHT), noise(12_000))))
    headers = list(read_records(bytes(content)))
    damage(content, DAMAGED_RECORD * RECORD)
    put_records(archive, NSCL, DAY, bytes(content))
    lost = headers[DAMAGED_RECORD]
    start = UTCDateTime(ns=lost.time_ns)
    end = UTCDateTime(ns=lost.time_ns + round((lost.npts - 1) * 1e9 / RATE))
    check(handlers, archive, MIDNIGHT + 299.975, [(start, end, "damaged")])


def test_a_record_that_is_cut_short(archive: S3Server, timewindow_handler: Handler) -> None:
    content = mseed(make_trace(NSCL, str(MIDNIGHT), noise(12_000)))
    put_records(archive, NSCL, DAY, content[:-100])
    *_, lost = read_records(content)
    for read in READS:
        asked = ask(timewindow_handler, MIDNIGHT, MIDNIGHT + 299.975, nscl=NSCL, Read=read)
        expected = (UTCDateTime(ns=lost.time_ns), MIDNIGHT + 299.975, "damaged")
        assert gaps_of(asked.gaps) == [expected]


def test_samples_that_are_no_numbers(archive: S3Server, timewindow_handler: Handler) -> None:
    samples = np.arange(12_000.0)
    samples[4_000:4_400] = np.nan
    content = records(NSCL, samples, Clock(MIDNIGHT, RATE), Layout(encoding=FLOAT32))
    put_records(archive, NSCL, DAY, content)
    for read in READS:
        asked = ask(timewindow_handler, MIDNIGHT, MIDNIGHT + 299.975, nscl=NSCL, Read=read)
        assert gaps_of(asked.gaps) == [span(100, 110, "damaged")]
