"""What the benchmarks of real days say, on those days where they are at hand."""

from pathlib import Path

import numpy as np
import pytest
from matplotlib import image

from benchmarks import real_data
from benchmarks.real_data import Channel, read_channel
from benchmarks.response import gaps_and_edges
from benchmarks.response.disturbed_days import (
    BRIDGE,
    EDGE_BANDS,
    GAP_BANDS,
    LED,
    SPLIT,
    WAYS,
    edge_errors,
    seam_errors,
)
from benchmarks.windows import window_margins
from shared.archive.archive import ArchiveObject
from shared.archive.scedc import SCEDC
from shared.aws import s3_read
from shared.corrected_days.adjacent_days import MARGIN_S
from shared.response import bridging
from shared.windows.ground_motion import MARGIN_PERIODS
from tests.support.plugins.real_data import REAL_DATA

KEY = "continuous_waveforms/2022/2022_002/CIWBM__LHZ___2022002.ms"

with_real_data = pytest.mark.real_data


@pytest.fixture
def wbm(monkeypatch: pytest.MonkeyPatch) -> Channel:
    """Three days at 1 Hz."""
    monkeypatch.setenv("REAL_DATA", str(REAL_DATA))
    return read_channel("CI.WBM.LHZ.", "2022,001", "2022,002", "2022,003")


@with_real_data
def test_bridging_is_better_than_splitting_around_a_gap(wbm: Channel) -> None:
    kept = bridging.MAX_BRIDGED_S
    errors = gaps_and_edges.measure_gaps([wbm], "auto", [7.0])
    assert kept == bridging.MAX_BRIDGED_S
    assert list(errors) == [(7.0, way) for way in WAYS]
    bridged, split = errors[7.0, BRIDGE], errors[7.0, SPLIT]
    assert len(bridged) == len(split) == len(errors[7.0, LED]) == len(GAP_BANDS)
    assert all(3 * ours < others for ours, others in zip(bridged, split, strict=True))
    assert gaps_and_edges.longest_bridged(errors) == 7.0
    head, line, *rows = gaps_and_edges.gap_table(errors, [wbm]).splitlines()
    assert (
        head == "| gap | way | WBM 1-10 s | WBM 30-60 s | WBM 2-3 min | WBM 15-16 min | overall |"
    )
    assert line.count("---") == 7
    for row, (way, found) in zip(rows, [(way, errors[7.0, way]) for way in WAYS], strict=True):
        gap, name, *figures, overall = row.strip("| ").split(" | ")
        assert (gap, name) == ("7 s", way)
        assert [float(text) for text in figures] == pytest.approx(found, rel=0.05)
        assert float(overall) == pytest.approx(gaps_and_edges.overall(found), rel=0.05)


@with_real_data
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
    errors = {(length, way): [0.1, 0.4] for length in ours for way in (SPLIT, LED)}
    errors |= {(length, BRIDGE): [error, error] for length, error in ours.items()}
    assert gaps_and_edges.longest_bridged(errors) == 7.0
    assert gaps_and_edges.longest_bridged(errors, 1.05) == 600.0
    assert gaps_and_edges.longest_bridged(errors, 0.4) == 0.0


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.001234, "0.0012"),
        (0.1, "0.10"),
        (1.0, "1.0"),
        (12.3, "12"),
        (3.21e-6, "3.2e-06"),
        (0.00098, "0.00098"),
    ],
)
def test_figures_have_two_digits(value: float, text: str) -> None:
    assert gaps_and_edges.figure(value) == text


def test_objects_are_downloaded_once(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    asked = []

    def download(source: ArchiveObject, path: Path) -> None:
        asked.append((source.bucket, source.key))
        path.write_bytes(b"content")

    monkeypatch.delenv("REAL_DATA", raising=False)
    monkeypatch.setattr(s3_read, "download", download)
    monkeypatch.setattr(real_data, "FOLDER", tmp_path / "build" / "benchmarks")
    first, again = real_data._fetch(KEY), real_data._fetch(KEY)
    assert first == again == tmp_path / "build" / "benchmarks" / KEY
    assert first.read_bytes() == b"content"
    assert asked == [(SCEDC.bucket, KEY)]


def test_a_folder_that_lacks_them_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("REAL_DATA", str(tmp_path))
    with pytest.raises(FileNotFoundError, match=f"{tmp_path}, which has no {KEY}"):
        real_data._fetch(KEY)


@with_real_data
def test_the_picture_is_drawn(wbm: Channel, tmp_path: Path) -> None:
    path = tmp_path / "new" / "parameters.png"
    gaps_and_edges.draw(wbm, wbm, path)
    height, width, _ = image.imread(path).shape
    assert (width, height) == (1000, 1000)


@with_real_data
def test_the_more_is_read_around_a_window_the_better(wbm: Channel) -> None:
    places = window_margins.Places(wbm, number=5)
    assert places.period == pytest.approx(735, rel=0.01)
    margins = (0.0, 0.4, MARGIN_PERIODS)
    errors = {margin: [places.errors(length, margin) for length in (33, 300)] for margin in margins}
    none, some, ours = errors.values()
    for number in (0, 1):
        assert len(ours[number]) == 5
        assert 2 * max(some[number]) < max(none[number])
        assert 2 * max(ours[number]) < max(some[number])
        assert np.median(ours[number]) < 0.01
    head, _, row, *_ = window_margins.error_table(errors, places.period).splitlines()
    assert head.startswith("| periods of f1 | margin | 33 s: median | 33 s: worst | 300 s: median ")
    _, margin, _, worst, *_ = row.strip("| ").split(" | ")
    assert margin == "0 s"
    assert float(worst) == pytest.approx(max(none[0]), rel=0.05)
    alone = places.amplitudes_alone(33)
    assert len(alone) == 5
    assert max(abs(amplitude - 1) for amplitude in alone) > 0.01


def test_a_margin_is_enough_where_all_larger_ones_are() -> None:
    errors = {0.0: [[0.5], [0.4]], 0.4: [[0.009], [0.002]], 0.8: [[0.001, 0.01], [0.001, 0.001]]}
    assert window_margins.smallest_enough(errors) == float("inf")
    assert window_margins.smallest_enough({**errors, 1.2: [[0.0099], [0.001]]}) == 1.2
    assert window_margins.smallest_enough({0.0: errors[0.0], 0.4: errors[0.4]}) == 0.4
