"""Row 11 of docs/correctness.md: a clock drifts, and times follow those of the records."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pytest
from obspy import UTCDateTime

from local.cloud.s3_server import S3Server
from tests.support.known_records import Clock, Layout, put_records, records
from tests.support.messages import mention
from tests.support.plain_seismometer import PlainSeismometer
from tests.support.timed_samples import (
    DAY,
    MIDNIGHT,
    NSCL,
    READS,
    Asked,
    Handler,
    ask,
    corrected,
    from_traces,
)

DAY_S = 86_400
NEXT = MIDNIGHT + DAY_S


@dataclass(frozen=True)
class Drifting:
    """A day that ends at midnight, and the next day's first samples, by one clock.

    Attributes:
        rate: of the headers, in Hz.
        hours: the length of the first day's data.
        layout: of the records.
        motion: how the clock differs from the headers' rate, as in `Clock`.
    """

    rate: float
    hours: float
    layout: Layout
    motion: dict[str, Any]

    @property
    def start(self) -> UTCDateTime:
        """The time of the first sample."""
        return NEXT - self.hours * 3600 + 0.019536

    @property
    def clock(self) -> Clock:
        """The true time of each sample."""
        return Clock(self.start, self.rate, **self.motion)

    @cached_property
    def npts(self) -> int:
        """The number of samples before midnight."""
        count = np.arange(round(1.01 * self.hours * 3600 * self.rate))
        return int(np.searchsorted(self.clock.ns(count), NEXT.ns))

    @property
    def half_a_sample(self) -> float:
        """How far off a sample may be: half a sample, and the drift within its record."""
        within = self.clock.drift(self.layout.capacity) if self.clock.ppm else 0.0
        return 0.5 + abs(within) + 0.01

    @cached_property
    def days(self) -> tuple[bytes, bytes]:
        """The records of both days; each sample's value is its index."""
        npts, more = self.npts, round(0.05 * DAY_S * self.rate)
        values = np.arange(npts + more)
        own = records(NSCL, values[:npts], self.clock, self.layout)
        return own, records(NSCL, values[npts:], self.clock, self.layout, first=npts)

    def put(self, archive: S3Server) -> None:
        """Put both days into the archive."""
        for day, content in zip((DAY, "2024,002"), self.days, strict=True):
            put_records(archive, NSCL, day, content)
        PlainSeismometer().put(archive, NSCL, self.rate)

    def check(self, asked: Asked, indices: np.ndarray) -> None:
        """Every sample has the time at which it was taken."""
        error = (asked.times_ns - self.clock.ns(indices)) * 1e-9 * self.rate
        assert np.abs(error).max() <= self.half_a_sample


FAST, MEDIUM, SLOW = Layout(4096), Layout(512), Layout(1024)
CLOCKS = {
    "10 ppm fast at 40 Hz": Drifting(40.0, 3, FAST, {"ppm": 10}),
    "10 ppm slow at 40 Hz": Drifting(40.0, 3, FAST, {"ppm": -10}),
    "100 ppm fast at 1 Hz": Drifting(1.0, 24, MEDIUM, {"ppm": 100}),
    "100 ppm slow at 1 Hz": Drifting(1.0, 24, MEDIUM, {"ppm": -100}),
    "600 ppm fast at 0.1 Hz": Drifting(0.1, 24, SLOW, {"ppm": 600}),
    "600 ppm slow at 0.1 Hz": Drifting(0.1, 24, SLOW, {"ppm": -600}),
    # Steps of less than half a sample, which ObsPy's reader passes over one by one.
    "set forward": Drifting(1.0, 24, MEDIUM, {"step_s": 0.3, "samples_per_step": 1120}),
    "set back": Drifting(1.0, 24, MEDIUM, {"step_s": -0.3, "samples_per_step": 1120}),
}
each_clock = pytest.mark.parametrize("drifting", CLOCKS.values(), ids=CLOCKS)


@each_clock
def test_windows_have_the_records_times_however_they_are_read(
    archive: S3Server, timewindow_handler: Handler, drifting: Drifting
) -> None:
    drifting.put(archive)
    delta = 1 / drifting.rate
    windows = [
        (NEXT - 200.3 * delta, NEXT - 100.3 * delta),
        (NEXT - 150.3 * delta, NEXT + 150.3 * delta),  # the day joins the next
    ]
    if drifting.hours == 24:
        windows.append((MIDNIGHT + 0.3 * DAY_S, NEXT - 10.3 * delta))  # more than half a day
    for start, end in windows:
        by_records, whole = (ask(timewindow_handler, start, end, Read=read) for read in READS)
        for asked in (by_records, whole):
            indices = asked.values.astype(int)
            assert np.all(np.diff(indices) == 1)  # none is lost, and none is taken for another
            assert asked.gaps == []
            drifting.check(asked, indices)
            for asked_for, sample in ((start, indices[0]), (end, indices[-1])):
                off = (drifting.clock.time(int(sample)) - asked_for) * drifting.rate
                assert abs(off) <= 1 + drifting.half_a_sample
        assert by_records.values.tolist() == whole.values.tolist()
        assert by_records.times_ns.tolist() == whole.times_ns.tolist()


@each_clock
def test_a_window_of_the_whole_day_says_how_far_its_clock_drifts(
    archive: S3Server, timewindow_handler: Handler, drifting: Drifting
) -> None:
    drifting.put(archive)
    if drifting.rate > 1:
        asked = ask(timewindow_handler, MIDNIGHT, NEXT - 0.3 / drifting.rate, "mseed")
    else:
        asked = ask(timewindow_handler, MIDNIGHT, NEXT - 0.3 / drifting.rate)
        check_told(asked.warnings, drifting)
    assert abs(asked.values.size - drifting.npts) <= 1
    assert np.all(np.diff(asked.values) == 1)
    drifting.check(asked, asked.values.astype(int))


@each_clock
@pytest.mark.parametrize("edges", ["taper", "neighbours"])
def test_a_corrected_day_ends_when_its_records_do(
    archive: S3Server, response_handler: Handler, drifting: Drifting, edges: str
) -> None:
    drifting.put(archive)
    stream, reply = corrected(response_handler, archive, edges=edges)
    assert reply["samples"] == drifting.npts == sum(trace.stats.npts for trace in stream)
    drifting.check(from_traces(stream), np.arange(drifting.npts))
    end = drifting.clock.time(drifting.npts - 1)
    assert abs(UTCDateTime(reply["endtime"]) - end) * drifting.rate <= drifting.half_a_sample
    assert reply["gaps"] == []  # no sample is missing
    check_told(reply["warnings"], drifting)
    tapered = [UTCDateTime(span["endtime"]) for span in reply["tapered"]]
    if edges == "neighbours":
        assert all(time < end - 600 for time in tapered)  # at the start alone, which none joins


def test_a_drifting_clock_makes_no_split(archive: S3Server, response_handler: Handler) -> None:
    """Segments of a drifting clock are corrected as one, without tapers between them."""
    drifting = CLOCKS["100 ppm slow at 1 Hz"]
    drifting.put(archive)
    bridged, _ = corrected(response_handler, archive)
    split, reply = corrected(response_handler, archive, gaps="split")
    assert len(reply["tapered"]) == 2
    assert len(split) > 10
    for one, other in zip(bridged, split, strict=True):
        assert one.stats.starttime == other.stats.starttime
        np.testing.assert_array_equal(one.data, other.data)


def check_told(warnings: list[str], drifting: Drifting) -> None:
    """The warnings have the drift: in samples, in s, in ms or in parts per million."""
    samples = drifting.clock.drift(drifting.npts)
    seconds = samples / drifting.rate
    ppm = samples / drifting.npts * 1e6
    assert mention(warnings, samples, seconds, 1000 * seconds, ppm, tolerance=0.15), warnings


@pytest.mark.parametrize("jitter_s", [0.0, 5e-6, 1e-4])
def test_jitter_is_no_drift(
    archive: S3Server, timewindow_handler: Handler, response_handler: Handler, jitter_s: float
) -> None:
    """The archive's records are a few microseconds off their count, or a tick of the header."""
    steady = Drifting(40.0, 1, FAST, {"jitter_s": jitter_s})
    steady.put(archive)
    stream, reply = corrected(response_handler, archive)
    assert (len(stream), reply["gaps"], reply["warnings"]) == (1, [], [])
    counted = Clock(steady.start, 40.0)
    for read in READS:
        asked = ask(timewindow_handler, NEXT - 1800.01, NEXT - 60.01, Read=read)
        assert asked.warnings == []
        assert "segments" not in asked.reply
        error = (asked.times_ns - counted.ns(asked.values)) * 1e-9 * 40.0
        assert np.abs(error).max() <= 0.01
