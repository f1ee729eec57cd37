"""Segments follow the records' times, from whichever record samples are counted."""

from itertools import pairwise

import numpy as np
import pytest
from obspy import Stream, UTCDateTime

from shared.waveforms._record_times import Run
from shared.waveforms.gaps import gaps_between, missing_samples, spacing
from shared.waveforms.segments import cut, join, overlaps
from tests.support.builders import make_trace

START = UTCDateTime(2024, 1, 1)
PER_RECORD = 100


def run_of(late_s: np.ndarray) -> Run:
    """Return a run at 1 Hz, whose records are late by so many seconds."""
    firsts = np.arange(late_s.size) * PER_RECORD
    starts = START.ns + firsts * 10**9 + np.round(late_s * 1e9).astype(np.int64)
    values = np.arange(late_s.size * PER_RECORD)
    return Run(make_trace("CI.BOM.LHZ.", str(START), values, 1.0), starts, firsts)


DRIFTS = {
    "later": np.arange(40) * 0.07,
    "earlier": np.arange(40) * -0.07,
    "wandering": np.cumsum(np.random.default_rng(1).uniform(-0.3, 0.3, 400)),
    "a step": np.repeat([0.0, 0.4, 0.8, 1.2], 10),
}


@pytest.mark.parametrize("late", DRIFTS.values(), ids=DRIFTS)
@pytest.mark.parametrize("origin", [0, 13, 39])
def test_no_record_is_off_by_more_than_half_a_sample(late: np.ndarray, origin: int) -> None:
    run = run_of(late)
    segments = run.segments(origin)
    assert np.concatenate([trace.data for trace in segments]).tolist() == run.trace.data.tolist()
    for record, start_ns in enumerate(run.starts.tolist()):
        holder = next(trace for trace in segments if run.firsts[record] in trace.data)
        place = int(run.firsts[record] - holder.data[0])
        off = (start_ns - (holder.stats.starttime + place).ns) * 1e-9
        assert abs(off) <= (0.500_01 if record != origin else 1e-9)
    assert len(segments) > 1
    for before, after in pairwise(segments):  # no sample is missing, and none is there twice
        assert abs(spacing(before, after) - 1) <= 0.41
        assert missing_samples(before, after) == 0
    assert gaps_between(Stream(segments)) == []
    assert overlaps(segments) == []
    joined = Stream(segments)
    assert join(joined) == []
    assert len(joined) == len(segments)


def test_the_note_of_a_segment_is_that_of_its_ends() -> None:
    before, after = run_of(np.array([0.0, 0.3, 0.6])).segments()
    assert spacing(before, after) == pytest.approx(1.3)
    assert spacing(cut(before, 0, 150), after) == pytest.approx(51.6)  # by the count of samples
    assert spacing(cut(before, 150, 200), after) == pytest.approx(1.3)


def test_jitter_stays_on_the_grid() -> None:
    run = run_of(np.array([0.0, 5e-5, -1e-4, 2e-4]))
    starts = [run.segments(origin, START)[0].stats.starttime for origin in range(4)]
    assert starts[:3] == [START] * 3
    assert starts[3] - START == pytest.approx(2e-4)
    assert run.drift(START, START + 400) is None


def test_drift_is_the_largest_difference_within_a_span() -> None:
    run = run_of(np.arange(40) * 0.07)
    drift = run.drift(START, START + 5_000)
    assert drift is not None
    assert drift.seconds == drift.samples == pytest.approx(39 * 0.07)
    assert drift.time == START + 3_900 + 39 * 0.07
    part = run.drift(START + 1_000, START + 2_050, origin=10)
    assert part is not None
    assert part.seconds == pytest.approx(10 * 0.07)
    assert run.drift(START, START + 500) is None  # less than half a sample
