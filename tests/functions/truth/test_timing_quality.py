"""Row 17 of docs/correctness.md: records keep the timing quality of those they come from."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pytest

from local.cloud.s3_server import S3Server
from tests.support.builders import make_trace, mseed
from tests.support.known_records import (
    Clock,
    Layout,
    ReadRecord,
    put_records,
    read_records,
    records,
)
from tests.support.plain_seismometer import PlainSeismometer
from tests.support.timed_samples import (
    DAY,
    MIDNIGHT,
    READS,
    Handler,
    call,
    corrected,
    window,
)

NSCL = "CI.BOM.BHZ."
RATE = 40.0
NPTS = 24_000
# The microseconds need a blockette 1001, which holds the timing quality as well.
CLOCK = Clock(MIDNIGHT + 0.019536, RATE)


@dataclass(frozen=True)
class Quality:
    """The quality of a clock in its records: percent, and whether it was locked."""

    percent: int
    locked: bool

    @property
    def layout(self) -> Layout:
        return Layout(timing_quality=self.percent, clock_locked=self.locked)


QUALITIES = [
    Quality(100, locked=True),
    Quality(80, locked=True),
    Quality(55, locked=False),
    Quality(0, locked=False),
]

Written = Callable[[], list[ReadRecord]]


@pytest.fixture(params=["window", "window read whole", "ground motion", "corrected day"])
def written(
    request: pytest.FixtureRequest,
    archive: S3Server,
    timewindow_handler: Handler,
    response_handler: Handler,
) -> Written:
    """The records that each front door writes."""
    PlainSeismometer().put(archive, NSCL, RATE)
    options = {
        "window": {},
        "window read whole": {"Read": READS[1]},
        "ground motion": {"Output": "VEL"},
    }

    def records_() -> list[ReadRecord]:
        if request.param == "corrected day":
            _, reply = corrected(response_handler, archive, nscl=NSCL)
            return list(read_records(archive.get(reply["output_key"])))
        windows = [window(NSCL, MIDNIGHT, MIDNIGHT + 700)]
        asked = {"Windows": windows, "Format": "mseed", **options[request.param]}
        content, _ = call(timewindow_handler, asked)
        return list(read_records(content))

    return records_


def test_quality_and_lock_are_carried_over(archive: S3Server, written: Written) -> None:
    for quality in QUALITIES:
        put_records(archive, NSCL, DAY, records(NSCL, np.arange(NPTS) % 999, CLOCK, quality.layout))
        found = written()
        assert sum(record.npts for record in found) == NPTS
        # A blockette without the value may be left out, but says nothing else.
        assert {record.timing_quality for record in found} <= {quality.percent, None}, quality
        assert {record.clock_locked for record in found} == {quality.locked}, quality


def test_a_clock_that_is_lost_later(archive: S3Server, written: Written) -> None:
    """No record is better than those it was made of."""
    good, bad = Quality(100, locked=True), Quality(40, locked=False)
    half = NPTS // 2
    put_records(
        archive,
        NSCL,
        DAY,
        records(NSCL, np.arange(half) % 999, CLOCK, good.layout),
        records(NSCL, np.arange(half) % 999, CLOCK, bad.layout, first=half),
    )
    found = written()
    changed = CLOCK.time(half).ns
    for record in found:
        last = record.time_ns + (record.npts - 1) * 1e9 / RATE
        is_good = last < changed  # each record is as good as the worst of those it comes from
        assert record.timing_quality == (good.percent if is_good else bad.percent)
        assert record.clock_locked == is_good


def test_an_unknown_quality_stays_unknown(archive: S3Server, written: Written) -> None:
    """Records without blockette 1001 have no percentage, and none is made up for them."""
    content = mseed(make_trace(NSCL, str(MIDNIGHT), np.arange(NPTS) % 999, RATE))
    assert {record.timing_quality for record in read_records(content)} == {None}
    put_records(archive, NSCL, DAY, content)
    found = written()
    assert {(record.timing_quality, record.clock_locked) for record in found} == {(None, False)}
