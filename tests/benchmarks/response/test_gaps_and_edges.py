"""Errors around gaps and midnights on real days."""

from pathlib import Path

import numpy as np
import pytest
from matplotlib import image

from benchmarks.real_data import Channel
from benchmarks.response import gap_picture, gaps_and_edges
from benchmarks.response.disturbed_days import (
    BRIDGE,
    EDGE_BANDS,
    EXTEND,
    GAP_BANDS,
    METHODS,
    SPLIT,
    Undisturbed,
    edge_errors,
    seam_errors,
)
from shared.corrected_days.adjacent_days import MARGIN_S
from shared.response import bridging


@pytest.mark.real_data
def test_bridging_is_better_than_splitting_around_a_gap(wbm: Channel) -> None:
    original = bridging.MAX_BRIDGED_S
    errors = gaps_and_edges.measure_gaps([wbm], "auto", [7.0])
    assert original == bridging.MAX_BRIDGED_S
    assert list(errors) == [(7.0, method) for method in METHODS]
    bridged, split = errors[7.0, BRIDGE], errors[7.0, SPLIT]
    assert len(bridged) == len(split) == len(errors[7.0, EXTEND]) == len(GAP_BANDS)
    assert all(3 * ours < others for ours, others in zip(bridged, split, strict=True))
    assert gaps_and_edges.longest_bridged(errors) == 7.0
    head, line, *rows = gaps_and_edges.gap_table(errors, [wbm]).splitlines()
    bands = "WBM 1-10 s | WBM 30-60 s | WBM 2-3 min | WBM 15-16 min"
    assert head == f"| gap | method | {bands} | overall |"
    assert line.count("---") == 7
    for row, method in zip(rows, METHODS, strict=True):
        values = errors[7.0, method]
        gap, name, *figures, overall = row.strip("| ").split(" | ")
        assert (gap, name) == ("7 s", method)
        assert [float(text) for text in figures] == pytest.approx(values, rel=0.05)
        assert float(overall) == pytest.approx(gaps_and_edges.overall(values), rel=0.05)


@pytest.mark.real_data
def test_neighbours_are_better_than_tapers_at_midnight(wbm: Channel) -> None:
    tapered, leaning = edge_errors(wbm, 0.0), edge_errors(wbm, MARGIN_S)
    assert len(tapered) == len(leaning) == len(EDGE_BANDS)
    assert all(10 * ours < others for ours, others in zip(leaning, tapered, strict=True))
    assert max(leaning) < 0.002
    tapered_seam, tapered_step = seam_errors(wbm, 0.0, 10.0)
    seam, step = seam_errors(wbm, MARGIN_S, 10.0)
    assert 100 * seam < tapered_seam
    assert 100 * step < tapered_step


def test_the_longest_gap_to_bridge_is_the_last_before_a_worse_one() -> None:
    ours = {1.0: 0.1, 7.0: 0.19, 60.0: 0.21, 600.0: 0.1}
    errors = {(length, method): [0.1, 0.4] for length in ours for method in (SPLIT, EXTEND)}
    errors |= {(length, BRIDGE): [error, error] for length, error in ours.items()}
    assert gaps_and_edges.longest_bridged(errors) == 7.0
    assert gaps_and_edges.longest_bridged(errors, 1.05) == 600.0
    assert gaps_and_edges.longest_bridged(errors, 0.4) == 0.0


@pytest.mark.real_data
def test_the_picture_is_drawn(wbm: Channel, tmp_path: Path) -> None:
    path = tmp_path / "new" / "parameters.png"
    gaps_and_edges.draw(wbm, wbm, path)
    height, width, _ = image.imread(path).shape
    assert (width, height) == (1000, 1000)


@pytest.mark.real_data
def test_the_picture_of_a_gap_is_drawn(wbm: Channel, tmp_path: Path) -> None:
    path = tmp_path / "new" / "gap.png"
    truth = Undisturbed(wbm, "auto")
    gap_picture.draw(truth, path)
    height, width, _ = image.imread(path).shape
    assert (width, height) == (1000, 300)
    around = gap_picture.around_a_gap(truth)
    outside = (around.seconds < 0) | (around.seconds >= gap_picture.GAP_S)
    errors = {}
    for method, samples in around.corrected.items():
        assert (outside == ~np.isnan(samples)).all()
        errors[method] = float(np.std((samples - around.true)[outside]))
    assert 3 * errors[BRIDGE] < errors[SPLIT]
