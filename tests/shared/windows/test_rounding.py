"""SAC files of windows that 32-bit floats do not hold.

Row 7 of docs/correctness.md.
"""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from shared.response.report import RemovalReport
from shared.windows._rounding import with_rounding
from shared.windows.reply import window_reply
from shared.windows.result import WindowResult
from tests.support.messages import with_numbers
from tests.support.window_results import failure, result, with_gaps

RATE = 40.0
DISPLACEMENT = 1.0 + 1e-9 * np.random.default_rng(3).standard_normal(8_000)


def ground_motion(data: np.ndarray) -> WindowResult:
    return replace(result(data, sampling_rate=RATE), report=RemovalReport("m", "fast"))


@pytest.mark.parametrize("gaps", [[], [(4_000, 4_100)]])
def test_displacement_in_64_bits_is_rounded_in_sac_alone(gaps: list[tuple[int, int]]) -> None:
    given = ground_motion(with_gaps(DISPLACEMENT, *gaps) if gaps else DISPLACEMENT)
    (rounded,) = with_rounding([given], "sac")
    (message,) = rounded.warnings
    error = np.std(DISPLACEMENT.astype(np.float32) - DISPLACEMENT)
    assert with_numbers([message], error, 1e-9 * np.sqrt(0.8 - 2 / RATE), tolerance=0.1)
    assert with_rounding([given], "mseed") == [given]


def test_samples_that_sac_holds_have_no_warning() -> None:
    kept = [
        ground_motion(DISPLACEMENT - 1.0),
        ground_motion(DISPLACEMENT.astype(np.float32)),
        result(np.arange(-(1 << 24), (1 << 24) + 1, 1 << 12)),
        result(np.array([1 << 25, -(1 << 30)], dtype=np.int32)),
        failure(),
    ]
    assert [each.warnings for each in with_rounding(kept, "sac")] == [()] * len(kept)


def test_counts_beyond_24_bits_are_rounded() -> None:
    given = result(np.array([0, -(1 << 26) - 3], dtype=np.int32))
    (rounded,) = with_rounding([given], "sac")
    assert with_numbers(rounded.warnings, 2**24, 2**26 + 3, 4, tolerance=1e-9)


@pytest.mark.parametrize("kind", [ground_motion, result])
def test_a_window_beyond_32_bit_floats_is_an_error_in_its_place(
    kind: Callable[[np.ndarray], WindowResult],
) -> None:
    sound = result(np.arange(10, dtype=np.int32))
    huge = kind(np.array([1.0, -1e39]))
    first, second = with_rounding([huge, sound], "sac")
    assert second == sound
    assert first.trace is None
    assert first.error
    assert "reach" in first.error.message
    assert "1e+39" in first.error.message
    assert with_rounding([huge, sound], "mseed") == [huge, sound]
    reply = window_reply([huge, sound], "sac")
    assert [error["window"] for error in reply.errors] == [0]
    alone = window_reply([huge], "sac")
    assert [type(error) for error in alone.failures] == [type(first.error)]
