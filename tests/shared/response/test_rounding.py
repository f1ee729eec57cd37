"""The loss of a result in 32-bit floats, estimated from blocks of its samples.

Row 7 of docs/correctness.md.
"""

import numpy as np
import numpy.typing as npt
import pytest
from obspy import Trace

from shared.errors import NoResponseError
from shared.response.parameters import Corners
from shared.response.report import RemovalReport
from shared.response.rounding import check_range, describe_rounding
from tests.support.messages import with_numbers

FloatArray = npt.NDArray[np.float64]
NPTS = 400_000


def describe(*parts: FloatArray, rate: float = 100.0, corners: Corners = None) -> list[str]:
    traces = [Trace(part, {"sampling_rate": rate}) for part in parts]
    return describe_rounding(traces, RemovalReport("m", "fast", corners))


def signal(npts: int = NPTS, seed: int = 0) -> FloatArray:
    """Noise with an rms of 1e-9."""
    return 1e-9 * np.random.default_rng(seed).standard_normal(npts)


def drift(npts: int = NPTS, period: float = 2e6) -> FloatArray:
    return np.cos(2 * np.pi * np.arange(npts) / period)


@pytest.mark.parametrize("rate", [100.0, 20.0, 1.0])
@pytest.mark.parametrize("size", [0.002, 0.1, 10.0])
def test_a_drift_has_the_figures_of_the_loss(rate: float, size: float) -> None:
    """A quarter of its period, so that it shrinks from its peak to zero."""
    samples = signal() + size * drift()
    lowest = min(1.0, 0.16 * rate)
    (message,) = describe(samples, rate=rate)
    error = np.std(samples.astype(np.float32) - samples)
    band = 1e-9 * np.sqrt(0.8 - 2 * lowest / rate)
    assert with_numbers([message], error, tolerance=0.3), (error, message)
    assert with_numbers([message], band, tolerance=0.1), (band, message)
    assert with_numbers([message], lowest)


def test_a_small_drift_loses_nothing() -> None:
    assert describe(signal() + 1e-5 * drift()) == []


def test_an_earthquake_on_a_quiet_day_loses_nothing() -> None:
    """Floats round each sample by its own size, so the quiet hours keep theirs."""
    samples = signal()
    samples[NPTS // 2 : NPTS // 2 + 5_000] *= 1e8
    assert describe(samples) == []


def test_an_earthquake_does_not_hide_the_loss_of_the_quiet_hours() -> None:
    samples = signal()
    samples[NPTS // 2 : NPTS // 2 + 50_000] *= 1e5
    (message,) = describe(samples + 10.0 * drift())
    assert with_numbers([message], 1e-9 * np.sqrt(0.8 - 0.02), tolerance=0.1), message
    assert describe(samples + 1e-5 * drift()) == []


def test_a_dead_channel_has_nothing_to_lose() -> None:
    samples = signal() + 1e-5 * drift()
    samples[NPTS // 2 :] -= signal()[NPTS // 2 :]
    assert describe(samples) == []


@pytest.mark.parametrize("value", [0.0, 12_345.678])
def test_a_constant_loses_nothing(value: float) -> None:
    assert describe(np.full(NPTS, value)) == []


def test_frequencies_beyond_the_band_do_not_count() -> None:
    """There is nothing above it to lose."""
    samples = 0.1 * np.cos(2 * np.pi * 0.3 * np.arange(NPTS) / 100.0)
    assert describe(samples, corners=(0.05, 0.1, 0.5, 0.6)) == []


@pytest.mark.parametrize("npts", [1, 2, 10, 20])
def test_a_few_samples_are_not_judged(npts: int) -> None:
    assert describe(signal(npts) + drift(npts)) == []


def test_many_short_parts_are_judged_by_the_longest() -> None:
    parts = [signal(npts, npts) + 1.0 for npts in (4_000, *range(2, 300))]
    assert len(describe(*parts)) == 1


def test_a_result_beyond_32_bit_floats_is_refused() -> None:
    """They would be infinite."""
    largest = float(np.finfo(np.float32).max)
    check_range([Trace(np.array([0.0, largest])), Trace(np.array([-largest]))], "m/s")
    check_range([], "m/s")
    for peak in (1e39, -1e39):
        with pytest.raises(NoResponseError, match=r"reaches 1e\+39 m/s.*FLOAT64"):
            check_range([Trace(np.zeros(3)), Trace(np.array([0.0, peak]))], "m/s")
