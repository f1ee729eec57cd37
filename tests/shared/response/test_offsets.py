"""The rule for gaps after which the counts may lie on another level."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
from obspy import UTCDateTime

from shared.response import offsets
from shared.response.bridging import Segment, bridge_segments
from shared.response.long_periods import LongPeriods
from shared.response.report import describe_treatments
from shared.response.treatments import Treatments
from tests.support.builders import make_trace
from tests.support.plain_seismometer import FloatArray, PlainSeismometer

NSCL = "CI.BOM.LHZ."
START = UTCDateTime(2024, 1, 1)
RESPONSE = PlainSeismometer().response(1.0)
OTHER = PlainSeismometer(period=30.0).response(1.0)


def quiet(npts: int, seed: int = 1) -> FloatArray:
    """Noise of 30 counts on a drift of 20 counts over hours."""
    drift = 20 * np.sin(2 * np.pi * np.arange(npts) / 20_000)
    return drift + np.random.default_rng(seed).normal(0, 30, npts)


def segments(counts: Sequence[Any], gap: int = 60, rate: float = 1.0) -> list[Segment]:
    """Return segments with the same gap between them, in samples."""
    parts, first = [], 0
    for part in counts:
        trace = make_trace(NSCL, str(START + first / rate), part, rate, np.float64)
        parts.append(Segment(trace, RESPONSE))
        first += len(part) + gap
    return parts


def treat(parts: Sequence[Segment], long_periods: LongPeriods = "amplified") -> list[str]:
    treatments = offsets.treat_gaps(parts, bridged=True, long_periods=lambda *_: long_periods)
    found = [treatments.before(part.trace) for part in parts[1:]]
    return [treatment.done for treatment in found if treatment]


@pytest.mark.parametrize("sign", [1, -1])
@pytest.mark.parametrize("long_periods", ["limited", "amplified"])
def test_a_lasting_difference_is_removed(long_periods: LongPeriods, sign: int) -> None:
    day = quiet(30_000)
    parts = segments([day[:12_000], day[12_060:] + sign * 500])
    assert treat(parts, long_periods) == ["offset removed"]
    treatments = offsets.treat_gaps(parts, bridged=True, long_periods=lambda *_: long_periods)
    treatment = treatments.before(parts[1].trace)
    assert treatment is not None
    assert treatment.difference == pytest.approx(sign * 500, abs=20)
    (trace,) = bridge_segments(parts, bridge=True, treatments=treatments)
    samples = trace.prepare(trace.npts, zero_mean=False, taper_fraction=0)
    assert samples[12_060:].mean() == pytest.approx(day[12_060:].mean(), abs=20)
    np.testing.assert_array_equal(samples[:12_000], day[:12_000])


@pytest.mark.parametrize("long_periods", ["limited", "amplified", "kept"])
def test_a_difference_like_the_drift_is_bridged(long_periods: LongPeriods) -> None:
    day = quiet(30_000)
    assert treat(segments([day[:12_000], day[12_060:] + 5]), long_periods) == ["bridged"]


def test_an_offset_stays_where_the_long_periods_pass() -> None:
    """A barometer's step of pressure is a signal, and a bridge harms nothing beyond the gap."""
    day = quiet(30_000)
    assert treat(segments([day[:12_000], day[12_060:] + 500]), "kept") == ["bridged"]


def test_a_coda_is_split_without_a_band_alone() -> None:
    day = quiet(30_000)
    seconds = np.arange(30_000.0)
    day += 5_000 * np.exp(-np.abs(seconds - 12_000) / 3_000) * np.sin(2 * np.pi * seconds / 45)
    parts = segments([day[:12_000], day[12_060:]])
    assert treat(parts, "limited") == ["bridged"]
    assert treat(parts) == ["split"]
    treatments = offsets.treat_gaps(parts, bridged=True, long_periods=lambda *_: "amplified")
    traces = bridge_segments(parts, bridge=True, treatments=treatments)
    assert [(trace.tapered_start, trace.tapered_end) for trace in traces] == [(True, True)] * 2


def test_a_large_difference_across_hours_is_split_without_a_band() -> None:
    """The drift of hours is as large as the swing, so an offset would stay unknown."""
    day = 300 * np.sin(2 * np.pi * np.arange(60_000) / 40_000) + quiet(60_000)
    parts = segments([day[:20_000], day[30_000:] + 1_000], gap=10_000)
    assert treat(parts) == ["split"]
    assert treat(parts, "limited") == ["bridged"]


@pytest.mark.parametrize("npts", [5, 9, 15, 40, 200])
def test_a_short_segment_is_judged_by_the_range_of_its_samples(npts: int) -> None:
    """Five samples say nothing; a dozen do, if the offset is far larger than they are."""
    day = quiet(20_000)
    short = day[12_010 : 12_010 + npts]
    judged = npts >= 10
    expected = ["offset removed" if judged else "bridged"]
    assert treat(segments([day[:12_000], short + 5_000], gap=10)) == expected
    assert treat(segments([day[:12_000], short], gap=10)) == ["bridged"]


@pytest.mark.parametrize("period", [20, 60, 150, 400])
def test_dropouts_in_an_earthquake_are_no_offsets(period: float) -> None:
    """Segments of half a minute, on long waves: no difference there is an offset."""
    wave = 20_000 * np.sin(2 * np.pi * np.arange(6_000) / period) + quiet(6_000)
    parts = segments([wave[first : first + 30] for first in range(0, 5_940, 35)], gap=5)
    assert set(treat(parts)) == {"bridged"}


def test_levels_run_across_segments_that_adjoin() -> None:
    day = quiet(30_000)
    pieces = [day[:11_900], day[11_900:12_000], day[12_060:12_100] + 500, day[12_100:] + 500]
    first, second, third, fourth = segments([pieces[0], pieces[1]], 0) + segments(
        [pieces[2], pieces[3]], 0
    )
    for segment in (third, fourth):
        segment.trace.stats.starttime += 12_060
    parts = [first, second, third, fourth]
    treatments = offsets.treat_gaps(parts, bridged=True, long_periods=lambda *_: "amplified")
    found = [treatments.before(each.trace) for each in (second, third, fourth)]
    assert [treatment and treatment.done for treatment in found] == [None, "offset removed", None]


def test_a_split_that_is_requested_is_measured() -> None:
    parts = segments([quiet(2_000), quiet(2_000, 2) + 500, quiet(2_000, 3)], gap=20_000)
    parts[2] = Segment(parts[2].trace, OTHER)
    for bridged in (True, False):  # the gaps are longer than three hours
        treatments = offsets.treat_gaps(parts, bridged, lambda *_: "amplified")
        first, second = (treatments.before(part.trace) for part in parts[1:])
        assert first is not None
        assert second is not None
        assert (first.done, first.chosen) == (second.done, second.chosen) == ("split", False)
        assert first.difference == pytest.approx(500, abs=60)
        assert second.difference == pytest.approx(-500, abs=60)


def test_offsets_are_relative_to_the_segments_that_are_wanted() -> None:
    day = quiet(30_000)
    parts = segments([day[:10_000], day[10_060:20_000] + 500, day[20_060:] - 700])
    parts[0] = Segment(parts[0].trace, RESPONSE, wanted=False)
    treatments = offsets.treat_gaps(parts, bridged=True, long_periods=lambda *_: "limited")
    (trace,) = bridge_segments(parts, bridge=True, treatments=treatments)
    samples = trace.prepare(trace.npts, zero_mean=False, taper_fraction=0)
    for place in (slice(2_000, 9_000), slice(12_000, 19_000), slice(22_000, 29_000)):
        assert samples[place].mean() == pytest.approx(day[place].mean() + 500, abs=40)


@pytest.mark.parametrize("rate", [0.01, 0.1, 1.0, 40.0])
def test_any_rate_is_judged(rate: float) -> None:
    npts = max(400, int(3_000 * rate))
    day = quiet(2 * npts)
    parts = segments([day[:npts], day[npts:] + 20_000], gap=max(1, int(60 * rate)), rate=rate)
    assert treat(parts, "limited") == ["offset removed"]


def test_thousands_of_gaps_are_judged() -> None:
    day = quiet(40_000).reshape(-1, 20)
    parts = segments(list(day), gap=1)
    assert len(treat(parts)) == 1_999


def test_warnings_list_the_first_gaps() -> None:
    day = quiet(60_000).reshape(15, -1)
    parts = segments([part + 1_000 * number for number, part in enumerate(day)])
    treatments = offsets.treat_gaps(parts, bridged=True, long_periods=lambda *_: "limited")
    (warning,) = describe_treatments(parts, treatments)
    assert warning.startswith("removed offsets that begin after gaps: ")
    assert warning.count(" counts at 2024-01-01T") == 10
    assert warning.endswith(" and 4 more")
    assert describe_treatments(parts, Treatments()) == []
