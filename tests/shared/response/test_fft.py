"""FFTs with large prime factors against NumPy's."""

import numpy as np
import pytest

from shared.response import _fft

# No large prime factor; one, one twice, several; only large ones; long arrays.
SIZES = [
    1,
    2,
    60,
    101 * 64,
    17 * 2,
    29 * 29 * 12,
    31 * 17 * 23,
    499 * 6,
    499 * 131,
    29**3,
    2**20,
    45 * 2**15,
]


@pytest.mark.parametrize("size", SIZES)
def test_equals_numpy_and_comes_back(size: int) -> None:
    random = np.random.default_rng(size)
    samples = random.standard_normal(size) + 1j * random.standard_normal(size)
    values = samples.copy()
    _fft.transform(values)
    np.testing.assert_allclose(values, np.fft.fft(samples), atol=1e-14 * np.abs(values).max())
    _fft.inverse(values)
    np.testing.assert_allclose(values, samples, atol=1e-14 * np.abs(samples).max())


@pytest.mark.parametrize(
    ("number", "factors"),
    [(1, []), (2, [2]), (9, [3, 3]), (8_640_028, [2, 2, 29, 211, 353]), (7_919, [7_919])],
)
def test_prime_factors(number: int, factors: list[int]) -> None:
    assert _fft.prime_factors(number) == factors
