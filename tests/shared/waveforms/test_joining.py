"""Segments that continue or repeat earlier ones, and there may be many."""

from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from obspy import Stream, UTCDateTime

from shared.archive.channel_id import ChannelId
from shared.archive.day import Day
from shared.archive.scedc import SCEDC
from shared.aws import deadline
from shared.errors import TooLargeError
from shared.waveforms import _segment_time
from shared.waveforms._joining import Chain
from shared.waveforms.gaps import off_count, set_off_count
from shared.waveforms.read_day import read_day
from shared.waveforms.segments import join
from tests.support.builders import make_trace, mseed, noise
from tests.support.operations import count_calls

NSCL = "CI.BOM.BHZ."
START = "2024-01-01T00:00:00.019536"
RATE = 40.0


def many(count, npts=50):
    """Return different segments of one time."""
    data = np.random.default_rng(1).integers(-1000, 1000, (count, npts))
    return [make_trace(NSCL, START, own, RATE) for own in data]


@st.composite
def pieces(draw):
    """Draw parts of 60 samples, in any order: first sample, end, and a change of one sample."""
    size = draw(st.sampled_from([1, 10]))
    drawn = []
    for _ in range(draw(st.integers(1, 8))):
        first = size * draw(st.integers(0, 60 // size - 1))
        end = min(60, first + size * draw(st.integers(1, max(1, 30 // size))))
        drawn.append((first, end, draw(st.sampled_from([0, 0, 0, 7]))))
    return drawn


def traces_of(drawn, rate=RATE):
    values = np.random.default_rng(3).integers(-1000, 1000, 60)
    traces = []
    for first, end, change in drawn:
        own = values[first:end].copy()
        own[own.size // 2] += change
        traces.append(make_trace(NSCL, str(UTCDateTime(START) + first / rate), own, rate))
    return traces


def place(time, rate=RATE):
    return round((time - UTCDateTime(START)) * rate)


@given(pieces())
def test_samples_that_agree_are_there_once_and_others_never(drawn):
    """Their truth is a set of values for each sample."""
    values: dict[int, set[int]] = {}
    copies: dict[int, int] = {}
    for trace in traces_of(drawn):
        for index, value in enumerate(trace.data.tolist(), place(trace.stats.starttime)):
            values.setdefault(index, set()).add(value)
            copies[index] = copies.get(index, 0) + 1
    stream = Stream(traces_of(drawn))
    join(stream)
    found: dict[int, int] = {}
    for trace in stream:
        for index, value in enumerate(trace.data.tolist(), place(trace.stats.starttime)):
            assert index not in found
            found[index] = value
    for index, value in found.items():
        assert values[index] == {value}
    conflicts = any(len(held) > 1 for held in values.values())
    assert all(index in found for index in values if copies[index] == 1 or not conflicts)


@given(pieces(), st.sampled_from([1.0, 40.0, 100.0, 250.0]))
def test_without_conflicts_the_segments_are_obspys(drawn, rate):
    drawn = [(first, end, 0) for first, end, _ in drawn]
    truth = Stream(traces_of(drawn, rate)).merge(method=-1)
    stream = Stream(traces_of(drawn, rate))
    join(stream)
    assert len(stream) == len(truth)
    for one, other in zip(stream, truth, strict=True):
        assert one.stats.starttime == other.stats.starttime
        np.testing.assert_array_equal(one.data, other.data)


@pytest.mark.parametrize(("shift", "joined"), [(0.009, 1), (-0.009, 1), (0.012, 2), (-0.012, 2)])
def test_segments_off_the_grid_are_moved_by_a_hundredth_of_a_sample_at_most(shift, joined):
    stream = Stream(traces_of([(0, 10, 0), (10, 20, 0)]))
    stream[1].stats.starttime += shift / RATE
    truth = stream.copy().merge(method=-1)
    join(stream)
    assert len(stream) == len(truth) == joined
    assert [trace.stats.starttime for trace in stream] == [t.stats.starttime for t in truth]


def test_obspy_decides_whether_a_hundredth_of_a_sample_is_moved():
    """The last bit of a float decides there, so places along the grid differ."""
    moved = set()
    for overlap in range(1, 90):
        first = make_trace(NSCL, START, noise(100), 1.0)
        later = make_trace(NSCL, str(first.stats.endtime - overlap + 0.01), noise(100, seed=2), 1.0)
        earlier, chain = (Chain(trace.copy(), 0) for trace in (first, later))
        earlier.take(chain)
        expected = Stream([first, later]).merge(method=-1)[1].stats.starttime.ns
        assert chain.start_ns == expected, overlap
        moved.add(chain.start_ns == earlier.start_ns + (100 - 1 - overlap) * 10**9)
    assert moved == {True, False}


def test_the_end_of_a_drifting_clock_is_that_of_the_last_segment():
    first, second, third = traces_of([(0, 10, 0), (10, 20, 0), (15, 20, 0)])
    set_off_count(first, 0.004, 0.005)
    set_off_count(second, 0.006, 0.007)
    set_off_count(third, 0.008, 0.009)
    stream = Stream([third, second, first])
    join(stream)
    assert off_count(stream[0]) == (0.004, 0.009)  # of two that end together, the one stored first


@pytest.mark.parametrize("order", ["swapped", "doubled", "conflicting"])
def test_joining_grows_with_the_number_of_segments(order):
    """A call for each segment with each other one would be 64 times as many."""
    few, most = (count_calls(lambda n=n: join(disordered(order, n))) for n in (50, 400))
    assert most < 12 * few


def test_a_sample_is_copied_few_times_however_many_segments_are_joined(monkeypatch):
    copied = []
    append = Chain._append

    def watched(chain, samples):
        before = chain._buffer
        append(chain, samples)
        copied.append(samples.size + (0 if chain._buffer is before else chain.npts))

    monkeypatch.setattr(Chain, "_append", watched)
    join(disordered("swapped", 1000))
    assert 10_000 - 10 <= sum(copied) < 4 * 10_000


def disordered(order, segments):
    """Return many segments of ten samples."""
    values = np.random.default_rng(3).integers(-1000, 1000, 10 * segments)
    traces = [
        make_trace(NSCL, str(UTCDateTime(START) + first / RATE), values[first : first + 10], RATE)
        for first in range(0, values.size, 10)
    ]
    if order == "swapped":
        traces[::2], traces[1::2] = traces[1::2], traces[::2]
        return Stream(traces)
    others = [trace.copy() for trace in traces]
    for trace in others:
        trace.data += order == "conflicting"
    return Stream([trace for pair in zip(traces, others, strict=True) for trace in pair])


def test_many_segments_of_one_time_conflict():
    stream = Stream(many(400))
    (message,) = join(stream)
    assert not stream
    assert message.startswith("20000 samples that conflict with one another were left out")


def test_a_repeat_is_found_among_segments_that_conflict():
    """The repeat goes on where no other segment does, which is delivered once."""
    whole = np.random.default_rng(2).integers(-1000, 1000, 200)
    long = make_trace(NSCL, START, whole, RATE)
    stream = Stream([*many(5), long, *many(9), long.copy()])
    join(stream)
    (rest,) = stream
    np.testing.assert_array_equal(rest.data, whole[50:])


def test_a_repeat_among_too_many_segments_is_never_delivered_wrong():
    whole = np.random.default_rng(2).integers(-1000, 1000, 200)
    long = make_trace(NSCL, START, whole, RATE)
    stream = Stream([long, *many(40), long.copy()])
    join(stream)
    for rest in stream:
        np.testing.assert_array_equal(rest.data, whole[50:])


@pytest.fixture
def _slow(monkeypatch):
    monkeypatch.setattr(_segment_time, "_SEGMENT_S", 2e-4)


@pytest.mark.usefixtures("_slow")
def test_segments_that_cannot_be_joined_in_time_are_refused():
    context = SimpleNamespace(get_remaining_time_in_millis=lambda: 100)
    with deadline.invocation(context), pytest.raises(TooLargeError) as caught:
        join(Stream(many(800, 2)))
    message = "CI.BOM..BHZ: joining 800 segments takes about 0.2 s, and 0.1 s are left: ask for"
    assert caught.value.message.startswith(message)
    assert caught.value.details["segments"] == 800


@pytest.mark.usefixtures("_slow")
def test_a_day_whose_segments_cannot_be_read_in_time_is_refused():
    day = SCEDC.day_object(ChannelId.parse(NSCL), Day.parse("2024,001"))
    starts = [f"2024-01-01T00:{k:02}:{k * k % 59:02}" for k in range(50)]
    content = mseed(*(make_trace(NSCL, start, noise(40)) for start in starts))
    context = SimpleNamespace(get_remaining_time_in_millis=lambda: 4)
    with deadline.invocation(context), pytest.raises(TooLargeError) as caught:
        read_day(day, content)
    assert caught.value.message.startswith("CI.BOM..BHZ: reading 50 segments takes about 0.0 s")
    assert len(read_day(day, content).stream) == 50
