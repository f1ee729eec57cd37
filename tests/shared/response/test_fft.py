"""FFTs with large prime factors against NumPy's."""

import numpy as np
import pytest

from shared.response._fft import RowFFT, order, prime_factors, split_off

# No large prime factor; one, one twice, several; only large ones.
SIZES = [1, 2, 60, 101 * 64, 17 * 2, 103, 103**2, 103 * 211 * 3, 499 * 131, 2 * 499, 2**12]


@pytest.mark.parametrize("size", SIZES)
def test_equals_numpy_and_comes_back(size: int) -> None:
    random = np.random.default_rng(size)
    samples = random.standard_normal((3, size)) + 1j * random.standard_normal((3, size))
    rows, fft = samples.copy(), RowFFT(size)
    fft.transform(rows)
    expected = np.fft.fft(samples)[:, order(size)]
    np.testing.assert_allclose(rows, expected, atol=2e-15 * np.abs(expected).max())
    fft.inverse(rows)
    np.testing.assert_allclose(rows, samples, atol=2e-15 * np.abs(samples).max())


@pytest.mark.parametrize(
    ("size", "factors"), [(64, []), (97 * 2, []), (103, []), (103 * 2, [103]), (499 * 131, [499])]
)
def test_factors_that_are_split_off(size: int, factors: list[int]) -> None:
    assert split_off(size) == factors


@pytest.mark.parametrize(
    ("number", "factors"),
    [(1, []), (2, [2]), (9, [3, 3]), (8_640_028, [2, 2, 29, 211, 353]), (7_919, [7_919])],
)
def test_prime_factors(number: int, factors: list[int]) -> None:
    assert prime_factors(number) == factors
