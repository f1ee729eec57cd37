"""Gaps between segments, and runs in a mask."""

import numpy as np
import pytest
from obspy import Stream, UTCDateTime

from shared.waveforms.gaps import gaps_between, missing_samples, true_runs
from tests.support.builders import make_trace

NSCL = "CI.BOM.BHZ."
START = UTCDateTime(2024, 1, 1)


@pytest.mark.parametrize(
    ("shift", "count"), [(0, 9), (0.4, 9), (0.6, 10), (-0.4, 9), (-9, 0), (-9.4, 0), (-8.6, 0)]
)
def test_missing_samples_are_counted_to_the_nearest(shift: float, count: int) -> None:
    before = make_trace(NSCL, "2024-01-01", np.zeros(11))
    after = make_trace(NSCL, str(START + (20 + shift) / 40), np.zeros(5))
    assert missing_samples(before, after) == count
    gaps = gaps_between(Stream([before, after]))
    assert [gap.samples for *_, gap in gaps] == ([count] if count else [])


def test_a_gap_has_the_times_of_its_first_and_last_missing_sample() -> None:
    before = make_trace(NSCL, "2024-01-01", np.zeros(11))
    after = make_trace(NSCL, str(START + 20 / 40), np.zeros(5))
    ((first, second, gap),) = gaps_between(Stream([before, after]))
    assert (first, second) == (before, after)
    assert gap.as_dict() == {
        "starttime": "2024-01-01T00:00:00.275000Z",
        "endtime": "2024-01-01T00:00:00.475000Z",
        "samples": 9,
        "why": "absent",
    }


@pytest.mark.parametrize(
    ("mask", "runs"),
    [
        ([], []),
        ([False, False], []),
        ([True, True], [(0, 2)]),
        ([True, False, True, True, False], [(0, 1), (2, 4)]),
        ([False, True], [(1, 2)]),
    ],
)
def test_runs_of_a_mask(mask: list[bool], runs: list[tuple[int, int]]) -> None:
    assert true_runs(np.array(mask, dtype=bool)) == runs
