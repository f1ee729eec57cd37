"""Rows 10 to 13 of docs/correctness.md: records stored twice, replaced, or little-endian."""

import numpy as np
import pytest

from local.cloud.s3_server import S3Server
from tests.support.builders import make_trace, noise, put_day
from tests.support.known_records import Clock, put_records, records
from tests.support.plain_seismometer import PlainSeismometer
from tests.support.timed_samples import DAY, MIDNIGHT, NSCL, READS, Handler, ask, corrected

NEXT = MIDNIGHT + 86_400


def part(first: int, end: int, change: int = 0) -> bytes:
    """Samples at 1 Hz from one number to another, as records; values are their numbers."""
    clock = Clock(MIDNIGHT, 1.0)
    return records(NSCL, np.arange(first, end) + change, clock, first=first)


def test_a_conflict_hides_no_repeat(
    archive: S3Server, timewindow_handler: Handler, response_handler: Handler
) -> None:
    """The last 200 samples are stored twice, and others before them conflict."""
    PlainSeismometer().put(archive, NSCL, 1.0)
    put_records(archive, NSCL, DAY, part(0, 1000), part(800, 1000), part(500, 600, change=7))
    expected = [*range(500), *range(600, 1000)]
    for read in READS:
        asked = ask(timewindow_handler, MIDNIGHT, MIDNIGHT + 999, Read=read)
        assert asked.values.tolist() == expected
        assert [(gap["samples"], gap["why"]) for gap in asked.gaps] == [(100, "conflicting")]
    _, reply = corrected(response_handler, archive)
    assert reply["samples"] == len(expected)
    assert [(gap["samples"], gap["why"]) for gap in reply["gaps"]] == [(100, "conflicting")]


@pytest.mark.parametrize("read", READS)
def test_a_replaced_object_has_its_own_rate_at_midnight(
    archive: S3Server, timewindow_handler: Handler, read: str
) -> None:
    """A warm container remembers records of another rate, which say nothing of the new ones."""
    window = NEXT - 9, NEXT
    for rate in (0.1, 1.0):
        clock = Clock(NEXT - 0.005, rate)
        before = round(600 * rate)
        content = records(NSCL, np.arange(-before, 0), clock, first=-before)
        put_records(archive, NSCL, DAY, content)
        put_records(archive, NSCL, "2024,002", records(NSCL, np.arange(before), clock))
        asked = ask(timewindow_handler, *window, Read=read)
    assert asked.values.tolist() == list(range(-9, 1))
    assert asked.gaps == []


@pytest.mark.parametrize("read", READS)
def test_little_endian_records_are_not_odd(
    archive: S3Server, timewindow_handler: Handler, read: str
) -> None:
    """ObsPy takes the day's number for a big-endian one at first: 1 for 256."""
    trace = make_trace(NSCL, str(MIDNIGHT + 0.0195), noise(2_000), 1.0)
    put_day(archive, NSCL, DAY, trace, byteorder="<")
    asked = ask(timewindow_handler, MIDNIGHT + 60, MIDNIGHT + 600, Read=read)
    assert asked.values.tolist() == trace.data[60:601].tolist()
    assert asked.warnings == []
