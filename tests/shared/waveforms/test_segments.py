"""Segments are sorted and joined, and conflicting samples are removed."""

import numpy as np
import pytest
from obspy import Stream, Trace, UTCDateTime

from shared.waveforms.segments import (
    cut,
    describe_samples_around,
    divide,
    have_one_rate,
    is_near,
    is_one_rate,
    join,
    overlaps,
)
from tests.support.builders import make_trace, noise

NSCL = "CI.BOM.BHZ."
START = UTCDateTime(2024, 1, 1)
SAMPLES = noise(1_000)


def segment(first: float, end: int, shift: float = 0.0) -> Trace:
    """Return a part of one record; if shifted, with other samples."""
    data = SAMPLES[int(first) : end] + (7 if shift else 0)
    return make_trace(NSCL, str(START + (int(first) + shift) / 40), data)


def spans(stream: Stream) -> list[tuple[float, float]]:
    """Return the first and the last sample of each segment, counted from the start."""
    return [
        (
            round((trace.stats.starttime - START) * 40, 3),
            round((trace.stats.endtime - START) * 40, 3),
        )
        for trace in stream
    ]


def by_time(trace: Trace) -> list[tuple[float, int]]:
    times = trace.times("timestamp")
    return [(round(time, 6), int(v)) for time, v in zip(times, trace.data, strict=True)]


def test_one_segment_stays_as_it_is() -> None:
    stream = Stream([segment(0, 1_000)])
    assert join(stream) == []
    np.testing.assert_array_equal(stream[0].data, SAMPLES)


@pytest.mark.parametrize(
    "pieces",
    [
        [(500, 1_000), (0, 500)],  # out of order
        [(0, 500), (0, 500), (500, 1_000)],  # twice
        [(0, 600), (400, 1_000)],  # partly twice
        [(0, 1_000), (300, 400)],  # within another
    ],
)
def test_parts_of_one_segment_are_joined(pieces: list[tuple[int, int]]) -> None:
    stream = Stream([segment(*piece) for piece in pieces])
    (note,) = join(stream)
    assert note == f"{len(pieces)} segments out of order or overlapping were joined to 1"
    (trace,) = stream
    np.testing.assert_array_equal(trace.data, SAMPLES)
    assert trace.stats.starttime == START


@pytest.mark.parametrize(
    ("pieces", "left", "lost"),
    [
        # Each segment: first sample, end, and 0 for true samples; shifted ones conflict.
        ([(0, 600, 0), (400, 1_000, 1)], [(0, 400), (600, 1_000)], 398),
        ([(0, 1_000, 0), (300, 400, 1)], [(0, 300), (401, 999)], 200),
        ([(0, 1_000, 0), (300, 400, 0.4)], [(0, 300), (400, 999)], 199),
        ([(0, 500, 0), (400, 700, 1), (450, 1_000, 2)], [(0, 400), (701, 1_001)], 648),
        ([(0, 500, 0), (499, 1_000, 0.5)], [(0, 499), (499.5, 999.5)], 0),
        ([(0, 500, 0), (499, 1_000, -0.5)], [(0, 498), (499.5, 998.5)], 2),
        ([(0, 1_000, 0), (0, 1_000, 0.2)], [(0, 0), (999.2, 999.2)], 1_998),
    ],
)
def test_conflicts_are_left_out_of_all(
    pieces: list[tuple[int, int, float]], left: list[tuple[float, float]], lost: int
) -> None:
    stream = Stream([segment(*piece) for piece in pieces])
    before = sum(trace.stats.npts for trace in stream)
    samples = [dict(by_time(trace)) for trace in stream]
    notes = join(stream)
    assert before - sum(trace.stats.npts for trace in stream) == lost
    assert [note.split(" that")[0] for note in notes] == ([f"{lost} samples"] if lost else [])
    assert all(trace.stats.npts for trace in stream)
    found = spans(stream)
    assert found == sorted(found)
    assert (found[0][0], found[-1][1]) == (left[0][0], left[-1][1])
    for trace in stream:  # the rest keeps its times and samples
        assert any(dict(by_time(trace)).items() <= original.items() for original in samples)


def test_all_may_conflict() -> None:
    one = make_trace(NSCL, "2024-01-01", noise(100))
    other = make_trace(NSCL, "2024-01-01", noise(100, 2))
    stream = Stream([one, other])
    (note,) = join(stream)
    assert len(stream) == 0
    assert note == (
        "200 samples that conflict with one another were left out:"
        " 2024-01-01T00:00:00.000000Z to 2024-01-01T00:00:02.475000Z"
    )


def test_different_rates_are_a_warning() -> None:
    stream = Stream(
        [
            make_trace(NSCL, "2024-01-01", noise(100)),
            make_trace(NSCL, "2024-01-02", noise(100), 20.0),
        ]
    )
    assert join(stream) == ["the segments have different sampling rates: 20.0, 40.0 Hz"]


def test_a_cut_shares_the_samples() -> None:
    trace = segment(0, 1_000)
    part = cut(trace, 100, 300)
    assert part.stats.npts == 200
    assert part.stats.starttime == START + 2.5
    assert np.shares_memory(part.data, trace.data)
    assert trace.stats.npts == 1_000


def test_adjacent_segments_of_other_rates_are_not_joined() -> None:
    """ObsPy's cleanup fails if there is no gap between them."""
    one = make_trace(NSCL, "2024-01-01", noise(400))
    two = make_trace(NSCL, "2024-01-01T00:00:10", noise(400), sampling_rate=20.0)
    stream = Stream([two, one])
    join(stream)
    assert [trace.stats.npts for trace in stream] == [400, 400]
    assert stream[0].stats.starttime == START


def test_adjacent_segments_of_other_sample_types_are_joined_without_loss() -> None:
    one = make_trace(NSCL, "2024-01-01", [2**24 + 1] * 400)
    two = make_trace(NSCL, "2024-01-01T00:00:10", np.full(400, 0.25), dtype=np.float32)
    stream = Stream([two, one])
    join(stream)
    (trace,) = stream
    assert trace.data.dtype == np.float64
    assert trace.data[[0, 399, 400, 799]].tolist() == [2**24 + 1] * 2 + [0.25] * 2


@pytest.mark.parametrize(
    ("rate", "found"),
    [
        (40.0 * (1 + 1e-7), [40.0]),
        (40.0 * (1 + 2e-5), [40.0]),  # the last of 400 samples moves by 0.008 samples
        (40.0 * (1 - 9e-5), [40.0, 40.0 * (1 - 9e-5)]),  # one channel, with its own times
    ],
)
def test_rates_become_one_unless_samples_move(rate: float, found: list[float]) -> None:
    one = make_trace(NSCL, "2024-01-01", noise(400))
    two = make_trace(NSCL, "2024-01-01T00:01:00", noise(400), sampling_rate=rate)
    stream = Stream([one, two])
    join(stream)
    assert sorted({trace.stats.sampling_rate for trace in stream}) == sorted(found)
    assert have_one_rate(list(stream))


@pytest.mark.parametrize("parts", [[(0, 500), (500, 1_000)], [(0, 400), (600, 1_000)]])
def test_days_in_order_are_no_oddity(parts: list[tuple[int, int]]) -> None:
    assert join(Stream([segment(*part) for part in parts])) == []


def test_an_overlap_of_less_than_a_sample_is_a_warning() -> None:
    one = segment(0, 500)
    two = segment(500, 1_000)
    two.stats.starttime -= 0.9 / 40
    stream = Stream([one, two])
    (note,) = join(stream)
    assert note == (
        "segments overlap by less than a sample, and all are kept: from"
        " 2024-01-01T00:00:12.477500Z by 22.500 ms (0.900 samples)"
    )
    assert sum(trace.stats.npts for trace in stream) == 1_000


def at(sample: float) -> UTCDateTime:
    return START + sample / 40


@pytest.mark.parametrize(
    ("first", "last", "inner"),
    [
        (10, 20, (10, 20)),
        (10.5, 20.5, (10, 21)),  # one more sample at each end
        (-7, 20, (0, 20)),
        (990, 2_000, (990, 999)),
        (-20, -10, None),
        (1_010, 1_020, None),
    ],
)
def test_a_span_and_the_rest(first: float, last: float, inner: tuple[int, int] | None) -> None:
    within, around = divide(Stream([segment(0, 1_000)]), at(first), at(last))
    assert spans(within) == ([inner] if inner else [])
    rest = [trace.data for trace in around]
    begin, end = inner or (0, -1)
    expected = [SAMPLES[:begin], SAMPLES[end + 1 :]]
    assert [part.tolist() for part in rest] == [part.tolist() for part in expected if part.size]


def test_a_sample_just_outside_may_be_in_the_span() -> None:
    trace = segment(100, 200)
    assert is_near(trace, at(0), at(99))
    assert not is_near(trace, at(0), at(98.9))
    assert is_near(trace, at(200), at(300))
    assert not is_near(trace, at(200.1), at(300))
    assert is_near(trace, at(150), at(160))


def test_where_samples_are_around_a_time() -> None:
    stream = Stream([segment(0, 101), segment(300, 401), segment(200, 251)])
    before, after = "up to 2024-01-01T00:00:06.250000Z", "from 2024-01-01T00:00:07.500000Z"
    assert describe_samples_around(stream, at(270)) == f"{before} and {after}"
    assert describe_samples_around(stream, at(500)) == "up to 2024-01-01T00:00:10.000000Z"
    assert describe_samples_around(stream, at(-1)) == "from 2024-01-01T00:00:00.000000Z"
    assert describe_samples_around(Stream(), START) == ""


def test_one_rate_is_that_of_libmseed() -> None:
    assert is_one_rate(40.0, 40.0039)
    assert not is_one_rate(40.0, 40.0041)
    assert not is_one_rate(40.0, 80.0)


def test_overlaps_of_several_segments_are_one_span() -> None:
    pieces = [segment(0, 500), segment(100, 200), segment(150, 600), segment(600, 700)]
    assert overlaps(pieces) == [(at(100), at(499))]
    assert overlaps([segment(0, 100), segment(100, 200)]) == []
    assert overlaps([segment(0, 100), segment(99, 200)]) == [(at(99), at(99))]
