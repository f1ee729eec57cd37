"""Reasons of missing samples: the right one for each sample, in a time linear in their number."""

import time
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from obspy import UTCDateTime

from shared.waveforms.gaps import ABSENT, CONFLICTING, DAMAGED, Gap
from shared.waveforms.reasons import EmptySpan, Reasons

START = UTCDateTime("2024-01-01T00:00:00.019536")
DELTA = 0.01


def gap_of(first, samples):
    start = START + first * DELTA
    return Gap(start, start + (samples - 1) * DELTA, samples)


def span_of(first, last, why):
    return EmptySpan(START + first * DELTA, START + last * DELTA, why)


def reasons_of(parts):
    """Return the reason of each sample."""
    return [part.why for part in parts for _ in range(part.samples)]


SPANS = st.lists(
    st.tuples(st.integers(-20, 80), st.integers(0, 30), st.sampled_from([CONFLICTING, DAMAGED])),
    max_size=8,
)


@given(st.integers(0, 40), st.integers(1, 40), SPANS)
def test_the_first_span_that_covers_a_sample_counts(first, samples, spans):
    gap = gap_of(first, samples)
    parts = Reasons([span_of(a, a + more, why) for a, more, why in spans]).explain(gap, DELTA)
    truth = [
        next((why for a, more, why in spans if a <= sample <= a + more), ABSENT)
        for sample in range(first, first + samples)
    ]
    assert reasons_of(parts) == truth
    assert parts[0].starttime == gap.starttime
    assert parts[-1].endtime == gap.endtime
    for before, after in pairwise(parts):
        assert before.why != after.why
        assert abs(after.starttime - before.endtime - DELTA) < 1e-6


@pytest.mark.parametrize("first", [0.2, -0.2])
def test_spans_may_lie_off_the_grid_by_a_quarter_of_a_sample(first):
    (part,) = Reasons([span_of(first, 9 - first, DAMAGED)]).explain(gap_of(0, 10), DELTA)
    assert part.why == DAMAGED


def test_many_spans_take_a_time_that_is_linear_in_their_number():
    spans = [span_of(20 * number, 20 * number + 9, DAMAGED) for number in range(4000)]
    start = time.process_time()
    reasons = Reasons(spans)
    for number in range(4000):
        assert len(reasons.explain(gap_of(20 * number, 10), DELTA)) == 1
    assert len(reasons.explain(gap_of(0, 80_000), DELTA)) == 8000
    assert time.process_time() - start < 10  # a look at every span for every gap takes minutes
