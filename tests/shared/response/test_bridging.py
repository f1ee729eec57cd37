"""Bridged traces: segments on one grid, with bridges, extensions to zero and tapers."""

from typing import Any

import numpy as np
import pytest
from obspy import UTCDateTime
from obspy.signal.invsim import cosine_taper

from local.synthetic import instrument
from shared.response.bridging import LEAD_S, MAX_BRIDGED_S, BridgedTrace, Segment, bridge_segments
from tests.support.builders import make_trace, noise

NSCL = "CI.BOM.BHZ."
START = UTCDateTime(2024, 1, 1)
RESPONSE = instrument.response(40.0)
LEAD = int(LEAD_S * 40)


def segment(first: float, npts: int, level: float = 0.0, **members: Any) -> Segment:
    """Return a segment from sample `first` on, around a level."""
    data = noise(npts, seed=int(first) + 1, scale=10) + level
    trace = make_trace(NSCL, str(START + first / 40), data)
    return Segment(trace, members.pop("response", RESPONSE), **members)


def tapered(*segments: Segment) -> BridgedTrace:
    return BridgedTrace(segments, tapered_start=True, tapered_end=True)


@pytest.mark.parametrize("npts", [1, 2, 10, 39, 4_000, 4_001])
@pytest.mark.parametrize("taper_fraction", [0.0, 0.05, 0.3, 1.0])
@pytest.mark.parametrize("zero_mean", [True, False])
def test_a_segment_alone_is_prepared_as_by_obspy(
    npts: int, taper_fraction: float, zero_mean: bool
) -> None:
    one = segment(0, npts, 1_000)
    expected = one.trace.data.astype(np.float64)
    samples = tapered(one).prepare(npts + 3, zero_mean, taper_fraction)
    if zero_mean:
        expected -= expected.mean()
    if taper_fraction and npts > 1:
        expected *= cosine_taper(npts, taper_fraction, sactaper=True, halfcosine=False)
    np.testing.assert_array_equal(samples[:npts], expected)
    np.testing.assert_array_equal(samples[npts:], 0)


def test_the_samples_that_the_tapers_touch_are_counted() -> None:
    bridged = tapered(segment(0, 4_000, 1_000))
    plain, result = (
        tapered(segment(0, 4_000, 1_000)).prepare(4_000, zero_mean=True, taper_fraction=fraction)
        for fraction in (0.0, 0.05)
    )
    touched = np.flatnonzero((plain != result) & (plain != 0))
    assert bridged.taper_lengths(0.05) == (100, 100)
    assert touched.min() == 0
    assert set(touched) <= {*range(100), *range(3_900, 4_000)}
    assert len(touched) > 190
    led = BridgedTrace([segment(0, 4_000)], tapered_start=False, tapered_end=True)
    assert led.taper_lengths(0.05) == (0, 100)


@pytest.mark.parametrize("npts", [10, 11, 4_000, 4_001])
@pytest.mark.parametrize("fraction", [0.05, 0.3, 0.9, 1.0])
def test_the_lengths_of_tapers_are_those_of_obspy(npts: int, fraction: float) -> None:
    window = cosine_taper(npts, fraction, sactaper=True, halfcosine=False)
    start, end = tapered(segment(0, npts)).taper_lengths(fraction)
    assert start == end
    # The window begins with 0 and has a 1 that belongs to the taper, unless it has none.
    assert abs(np.count_nonzero(window[: npts // 2] < 1) - start) <= 1
    assert start <= npts // 2


def test_the_longest_gap_that_is_bridged() -> None:
    longest = int(MAX_BRIDGED_S * 40)
    for lost, count in ((longest, 1), (longest + 1, 2)):
        given = [segment(0, 100), segment(100 + lost, 100)]
        assert len(bridge_segments(given, bridge=True)) == count


@pytest.mark.parametrize("lost", [1, 5, 239, 240, 241, 40_000])
def test_a_bridge_goes_from_level_to_level(lost: int) -> None:
    before, after = segment(0, 20_000, -500), segment(20_000 + lost, 20_000, 900)
    bridged = tapered(before, after)
    assert bridged.npts == 40_000 + lost
    counts = [one.trace.data.copy() for one in (before, after)]
    samples = bridged.prepare(bridged.npts, zero_mean=False, taper_fraction=0)
    np.testing.assert_array_equal(samples[:20_000], counts[0])
    np.testing.assert_array_equal(samples[20_000 + lost :], counts[1])
    bridge = samples[20_000 : 20_000 + lost]
    low = min(before.trace.data[-1], before.trace.data[-12_000:].mean()) - 1
    high = max(after.trace.data[0], after.trace.data[:12_000].mean()) + 1
    assert low < bridge.min()
    assert bridge.max() < high
    if lost == 40_000:  # beyond three seconds from both ends, the bridge is a line
        inner = bridge[120:-120]
        np.testing.assert_allclose(np.diff(inner, 2), 0, atol=1e-9)
        assert inner[0] == pytest.approx(before.trace.data[-12_000:].mean(), abs=5)
        assert inner[-1] == pytest.approx(after.trace.data[:12_000].mean(), abs=5)


def test_the_mean_is_that_of_the_samples_alone() -> None:
    bridged = tapered(segment(0, 1_000, 100), segment(10_000, 3_000, 500))
    samples = bridged.prepare(bridged.npts, zero_mean=True, taper_fraction=0)
    kept = np.concatenate([samples[:1_000], samples[10_000:]])
    assert kept.mean() == pytest.approx(0, abs=1e-9)


def test_an_end_is_led_to_zero_beyond_the_samples() -> None:
    one = segment(0, 20_000, 300)
    counts = one.trace.data.copy()
    bridged = BridgedTrace([one], tapered_start=False, tapered_end=False)
    assert bridged.npts == 20_000 + 2 * LEAD
    samples = bridged.prepare(bridged.npts + 10, zero_mean=False, taper_fraction=0.05)
    np.testing.assert_array_equal(samples[LEAD : LEAD + 20_000], counts)  # not tapered
    for lead, data in (
        (samples[:LEAD][::-1], counts),
        (samples[LEAD + 20_000 : -10], counts[::-1]),
    ):
        level = data[:12_000].mean()
        assert abs(lead[0] - data[0]) < 0.01 * abs(data[0] - level) + 1
        assert lead[LEAD // 2] == pytest.approx(level / 2, rel=0.01)
        assert (np.diff(lead[200:]) < 0).all()
        assert 0 <= lead[-1] < 1e-4 * level


@pytest.mark.parametrize("shift", [-0.4, 0.0, 0.4])
def test_what_is_taken_is_what_lay_there(shift: float) -> None:
    segments = [segment(0, 1_000), segment(1_007 + shift, 500), segment(1_506.7 + shift, 500)]
    times = [one.trace.stats.starttime for one in segments]
    counts = [one.trace.data.copy() for one in segments]
    bridged = BridgedTrace(segments, tapered_start=False, tapered_end=True)
    bridged.write_back(bridged.prepare(bridged.npts, zero_mean=False, taper_fraction=0))
    for one, time, data in zip(segments, times, counts, strict=True):
        np.testing.assert_array_equal(one.trace.data, data)
        assert one.trace.stats.starttime == time


def ends(traces: list[BridgedTrace]) -> list[tuple[int, bool, bool]]:
    return [(len(trace.segments), trace.tapered_start, trace.tapered_end) for trace in traces]


@pytest.mark.parametrize(
    ("gap_s", "traces"),
    [
        (0.5, [(2, True, True)]),
        (MAX_BRIDGED_S - 1, [(2, True, True)]),
        (MAX_BRIDGED_S + 1, [(1, True, False), (1, False, True)]),
    ],
)
def test_short_gaps_are_bridged_and_long_ones_split(
    gap_s: float, traces: list[tuple[int, bool, bool]]
) -> None:
    segments = [segment(0, 100), segment(100 + 40 * gap_s, 100)]
    assert ends(bridge_segments(segments, bridge=True)) == traces
    assert ends(bridge_segments(segments, bridge=False)) == [(1, True, True), (1, True, True)]


def test_another_response_or_rate_begins_another_trace() -> None:
    other = instrument.response(40.0)
    other.response_stages[0].stage_gain *= 2
    rate = make_trace(NSCL, str(START + 7.5), noise(100), 20.0)
    segments = [
        segment(0, 100),
        segment(100, 100, response=other),
        segment(200, 100, response=other),
        Segment(rate, other),
    ]
    assert ends(bridge_segments(segments, bridge=True)) == [
        (1, True, False),
        (2, False, False),
        (1, False, True),
    ]


@pytest.mark.parametrize("bridge", [True, False])
def test_what_lies_around_is_joined_but_not_by_itself(bridge: bool) -> None:
    around = segment(0, 100, wanted=False), segment(300, 100, wanted=False)
    near = [around[0], segment(100, 200), around[1]]
    assert ends(bridge_segments(near, bridge)) == [(3, False, False)]
    far = 100 * MAX_BRIDGED_S
    apart = [around[0], segment(far, 100), segment(2 * far, 100, wanted=False)]
    assert ends(bridge_segments(apart, bridge)) == [(1, True, True)]
    torn = [around[0], segment(140, 100)]
    assert ends(bridge_segments(torn, bridge)) == [(2, False, True) if bridge else (1, True, True)]
