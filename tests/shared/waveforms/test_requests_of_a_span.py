"""The number of requests and of bytes that a time span takes."""

import numpy as np
import pytest
from obspy import UTCDateTime

from shared.waveforms.day_reader import DayReader
from tests.support.builders import make_trace, mseed
from tests.support.compared_days import cold_reader, compare, hour
from tests.support.generated_days import MIDNIGHT, NSCL, segments


@pytest.fixture(scope="module")
def quiet_day() -> np.ndarray:
    """Return a day of noise at 100 Hz with a standard deviation of 1."""
    return np.random.default_rng(1).standard_normal(8_640_000).astype(np.float32)


def day_of(samples: np.ndarray) -> bytes:
    return mseed(make_trace(NSCL, "2024-01-01T00:00:00.0083", np.round(samples), 100.0))


def reads_of_five_minutes(content: bytes, starts: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the number of reads and the percentage of bytes for each time of the day."""
    readers = [compare_first(content, MIDNIGHT + float(start)) for start in starts]
    reads = np.array([reader.reads for reader in readers])
    return reads, np.array([reader.bytes_read for reader in readers]) / len(content) * 100


def compare_first(content: bytes, starttime: UTCDateTime) -> DayReader:
    reader = cold_reader()
    found = reader.read(starttime, starttime + 300)
    assert found.stream[0].stats.starttime <= starttime
    assert found.stream[-1].stats.endtime >= min(starttime + 300, MIDNIGHT + 86_399.9)
    assert len(found.stream) == 1
    return reader


def test_five_minutes_of_an_ordinary_day(put, quiet_day: np.ndarray, measured) -> None:
    """Twice as much noise by day as by night, and bursts of it."""
    hours = np.arange(quiet_day.size) / 360_000
    level = 100 * np.exp2(np.sin(hours * np.pi / 12) / 2)
    level *= np.repeat(np.exp(0.3 * np.random.default_rng(2).standard_normal(1440)), 6000)
    content = day_of(quiet_day * level)
    put(content)
    reads, percent = reads_of_five_minutes(content, np.linspace(1, 86_000, 40))
    measured(f"{len(content) / 1e6:.1f} MB: {reads.max()} reads, {percent.max():.2f} %")
    assert (reads <= 3).mean() >= 0.9
    assert reads.max() <= 4
    assert percent.max() <= 2.5


def test_five_minutes_of_a_day_with_an_earthquake(put, quiet_day: np.ndarray, measured) -> None:
    """A large one at a quiet station: its first hours have seven times as many bytes."""
    level = np.full(quiet_day.size, 4.0)
    onset = 3_700_000
    level[onset:] += 3e6 * np.exp(-np.arange(quiet_day.size - onset) / 60_000)
    content = day_of(quiet_day * level)
    put(content)
    around = 37_000 + np.array([-600, -301, -300, -200, -1, 0, 1, 60, 600, 3600, 7200, 14_400])
    starts = np.concatenate([np.linspace(1, 86_000, 30), around])
    reads, percent = reads_of_five_minutes(content, starts)
    measured(f"{len(content) / 1e6:.1f} MB: {reads.max()} reads, {percent.max():.2f} %")
    assert reads.max() <= 5
    assert percent.max() <= 5


def test_edges_of_adjacent_days(put, quiet_day: np.ndarray) -> None:
    content = day_of(quiet_day * 100)
    put(content)
    for starttime in (MIDNIGHT - 1200, MIDNIGHT + 86_400 - 600):
        reader = cold_reader()
        found = reader.read(starttime, starttime + 1800)
        assert sum(trace.stats.npts for trace in found.stream) >= 60_000 - 1
        assert reader.reads <= 3
        assert reader.bytes_read <= 0.03 * len(content)


def test_most_of_a_day_is_read_whole(put, read_whole) -> None:
    (trace,) = segments(1.0, 0.0, [(0.0, 86_400)])
    put(mseed(trace))
    reader = cold_reader()
    assert reader.read(MIDNIGHT + 100, MIDNIGHT + 50_000).stream[0].stats.npts == 86_400
    assert reader.reads == 1
    assert "a span of most of the day" in read_whole()


def test_a_small_object_takes_two_reads(put) -> None:
    content = b"".join(hour())
    content = content[: 256 * 1024]
    put(content)
    reader = cold_reader()
    for minute in (50, 10, 30):
        compare(content, MIDNIGHT + minute * 60, MIDNIGHT + minute * 60 + 300, reader)
    assert reader.reads == 2
    assert reader.bytes_read == len(content)


@pytest.mark.usefixtures("small_reads")
def test_nearby_spans_are_read_together(put) -> None:
    content = b"".join(hour())
    put(content)
    spans = [(MIDNIGHT + 60.0 * minute, MIDNIGHT + 60.0 * minute + 30) for minute in (40, 30, 35)]
    one = cold_reader()
    one.prefetch([(MIDNIGHT + 1800, MIDNIGHT + 2430)])
    many = cold_reader()
    many.prefetch(spans)
    assert many.reads == one.reads
    for starttime, endtime in spans:
        compare(content, starttime, endtime, many)
    assert many.reads == one.reads


@pytest.mark.usefixtures("small_reads")
def test_a_long_gap_does_not_mislead(put) -> None:
    traces = segments(40.0, 0.019536, [(0.0, 400_000), (30_000.0, 1_500_000)])
    content = b"".join(map(mseed, traces))
    put(content)
    for start in (5_000, 9_800, 20_000, 39_000, 40_500, 70_000):
        reader = compare(content, MIDNIGHT + start, MIDNIGHT + start + 300)
        assert reader.reads <= 10
        assert reader.bytes_read <= 0.1 * len(content)
