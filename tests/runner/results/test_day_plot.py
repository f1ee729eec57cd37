"""Pictures of corrected days."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from matplotlib import pyplot as plt
from obspy import Stream, UTCDateTime

from runner.errors import RunError
from runner.results.day_plot import draw_file, draw_stream, envelope
from runner.sending.fetch import description_of
from tests.support.builders import make_trace, mseed, noise


@pytest.fixture
def axis() -> Iterator[Any]:
    figure, axis = plt.subplots()
    yield axis
    plt.close(figure)


def at(hour: float, npts: int = 400) -> Any:
    """Return a segment of 40 Hz that begins at an hour of the day."""
    start = UTCDateTime("2024-01-01") + hour * 3600
    return make_trace("CI.BOM.BHZ.", str(start), noise(npts))


def test_an_envelope_has_every_extreme() -> None:
    trace = at(6, 100_001)
    hours, low, high = envelope(trace, UTCDateTime("2024-01-01"))
    assert len(hours) == len(low) == len(high) <= 2000
    assert (low.min(), high.max()) == (trace.data.min(), trace.data.max())
    assert hours[0] == 6
    assert hours[-1] <= 6 + 100_000 / 40 / 3600
    short = envelope(at(6, 7), UTCDateTime("2024-01-01"))
    assert np.array_equal(short[1], short[2])
    assert np.array_equal(short[1], at(6, 7).data)


@pytest.mark.parametrize(
    ("hours", "gaps"), [([0], 0), ([0, 400 / 40 / 3600], 0), ([2, 0], 1), ([0, 2, 5], 2)]
)
def test_gaps_are_shaded(axis: Any, hours: list[float], gaps: int) -> None:
    draw_stream(axis, Stream([at(hour) for hour in hours]), "m/s", "title", "tab:blue")
    spans = [patch.get_x() for patch in axis.patches]
    ends = [hour + 400 / 40 / 3600 for hour in sorted(hours)[:gaps]]
    assert spans == pytest.approx(ends)
    assert (axis.get_legend() is not None) == bool(gaps)
    assert (axis.get_ylabel(), axis.get_xlabel()) == ("m/s", "hours of 2024-01-01")
    assert axis.get_xlim() == (0, 24)
    assert len(axis.collections) == len(hours)


def test_a_day_that_begins_before_midnight(axis: Any) -> None:
    draw_stream(axis, Stream([at(-0.005 / 3600)]), "m/s", "title", "tab:blue")
    assert axis.get_xlabel() == "hours of 2024-01-01"
    (samples,) = axis.collections
    assert samples.get_datalim(axis.transData).x0 == pytest.approx(0, abs=1e-4)


def test_a_fetched_file(tmp_path: Path) -> None:
    day, picture = tmp_path / "day.ms", tmp_path / "day.svg"
    day.write_bytes(mseed(at(0)))
    metadata = {"parameters": {"output": "ACC"}, "pre_filt": [0.01, 0.02, 16, 18]}
    description_of(day).write_text(json.dumps({"metadata": {"units": "m/s**2", **metadata}}))
    draw_file(day, picture)
    assert "m/s**2" in picture.read_text()
    title = "CI.BOM..BHZ, response removed, acceleration, 0.02 to 16 Hz"
    assert title in picture.read_text()
    assert plt.get_fignums() == []
    with pytest.raises(RunError, match="cannot be drawn"):
        draw_file(day, tmp_path / "none" / "day.png")
    day.write_bytes(b"something else")
    with pytest.raises(RunError, match="cannot be read as a corrected day"):
        draw_file(day, picture)
