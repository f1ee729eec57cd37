"""Margins around windows of ground motion, measured on real days."""

import numpy as np
import pytest

from benchmarks.real_data import Channel
from benchmarks.windows import margins
from shared.response.margins import MARGIN_PERIODS


@pytest.mark.real_data
def test_the_more_is_read_around_a_window_the_better(wbm: Channel) -> None:
    places = margins.Places(wbm, number=5)
    assert places.period == pytest.approx(735, rel=0.01)
    errors = {
        margin: [places.errors(length, margin) for length in (33, 300)]
        for margin in (0.0, 0.4, MARGIN_PERIODS)
    }
    none, some, ours = errors.values()
    for number in (0, 1):
        assert len(ours[number]) == 5
        assert max(some[number]) < max(none[number])
        assert 2 * max(ours[number]) < max(some[number])
        assert np.median(ours[number]) < 0.01
    head, _, row, *_ = margins.error_table(errors, places.period).splitlines()
    assert head.startswith("| periods of f1 | margin | 33 s: median | 33 s: worst | 300 s: median ")
    _, margin, _, worst, *_ = row.strip("| ").split(" | ")
    assert margin == "0 s"
    assert float(worst) == pytest.approx(max(none[0]), rel=0.05)
    alone = places.amplitudes_alone(33)
    assert len(alone) == 5
    assert max(abs(amplitude - 1) for amplitude in alone) > 0.01


def test_a_margin_is_enough_where_all_larger_ones_are() -> None:
    errors = {0.0: [[0.5], [0.4]], 0.4: [[0.009], [0.002]], 0.8: [[0.001, 0.01], [0.001, 0.001]]}
    assert margins.smallest_sufficient(errors) == float("inf")
    assert margins.smallest_sufficient({**errors, 1.2: [[0.0099], [0.001]]}) == 1.2
    assert margins.smallest_sufficient({0.0: errors[0.0], 0.4: errors[0.4]}) == 0.4
