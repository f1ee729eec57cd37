"""The four-step convolution against the plain one."""

import numpy as np
import pytest

from shared.response._convolution import convolve
from shared.response._layout import Layout, layout_of, shaped
from shared.response.arrays import ComplexArray
from tests.support.commands import Measured

LONG = {
    "powers of two": [2**14, 2**18],
    "small primes": [86_400, 3 * 5**4 * 7, 11**4, 200_004],
    "13": [13**4],
    "two and a prime": [2 * 499, 2 * 9_973, 4 * 4_999],
    "primes": [997, 9_973],
    "prime squares": [113**2, 2 * 97**2, 29**3],
    "large primes": [499 * 131, 6 * 347 * 31, 2 * 101 * 103, 17 * 173 * 29],
}


class Known:
    """A transfer function with a value for every bin."""

    def __init__(self, values: ComplexArray, layout: Layout | None = None) -> None:
        self.layout = layout or layout_of(values.size - 1)
        self._rows = as_matrix(values, self.layout)

    def multiply(self, rows: ComplexArray, first: int) -> None:
        rows *= self._rows[first : first + len(rows)]


def as_matrix(values: ComplexArray, layout: Layout) -> ComplexArray:
    """Return the values of all bins in the rows and columns of a layout."""
    matrix = np.empty((layout.size + 1, layout.count), dtype=complex)
    for panel, column in enumerate(layout.places):
        own = values[panel * layout.size :][: layout.size + 1]
        matrix[:, column] = own[::-1].conj() if panel % 2 else own
    return matrix


def plain(samples: np.ndarray, transfer: ComplexArray) -> np.ndarray:
    spectrum = np.fft.rfft(samples, 2 * samples.size) * transfer
    spectrum[-1] = np.abs(spectrum[-1])
    return np.fft.irfft(spectrum, 2 * samples.size)[: samples.size]


def error(size: int, layout: Layout | None = None) -> float:
    """Return the largest error, relative to the largest result, in units of rounding."""
    random = np.random.default_rng(size)
    samples = random.standard_normal(size)
    transfer = random.standard_normal(size + 1) + 1j * random.standard_normal(size + 1)
    expected = plain(samples, transfer)
    convolve(samples, Known(transfer, layout))
    worst = np.abs(samples - expected).max() / np.abs(expected).max()
    return float(worst / (np.finfo(float).eps * np.log2(4 * size)))


def test_every_short_length(measured: Measured) -> None:
    """Each in every shape that there is."""
    errors = {
        (size, count): error(size * count, shaped(size, count))
        for size in range(1, 301)
        for count in range(1, 300 // size + 1)
    }
    worst = max(errors, key=errors.__getitem__)
    measured(f"1 to 300 samples, worst of {worst}: {errors[worst]:.2f} eps log2(2N)")
    assert len(errors) == 1767
    assert errors[worst] < 2


@pytest.mark.parametrize("kind", LONG)
def test_lengths_of_every_factorisation(kind: str, measured: Measured) -> None:
    errors = {size: error(size) for size in LONG[kind]}
    measured(f"{kind}: {max(errors.values()):.2f} eps log2(2N)")
    assert max(errors.values()) < 2


@pytest.mark.parametrize("size", [86_400, 131 * 499, 1_001])
def test_the_number_of_threads_changes_no_bit(size: int) -> None:
    random = np.random.default_rng(size)
    samples = random.standard_normal(size)
    transfer = Known(np.exp(1j * random.standard_normal(size + 1)))
    results = []
    for threads in (1, 2, 5):
        results.append(samples.copy())
        convolve(results[-1], transfer, threads)
    assert not np.array_equal(results[0], samples)
    for other in results[1:]:
        np.testing.assert_array_equal(results[0], other)


@pytest.mark.parametrize("threads", [1, 2])
def test_an_error_in_a_thread_is_raised(threads: int) -> None:
    class Broken(Known):
        def multiply(self, rows: ComplexArray, first: int) -> None:
            if first > 1:
                raise ZeroDivisionError(f"of {len(rows)} rows")

    with pytest.raises(ZeroDivisionError, match="rows"):
        convolve(np.zeros(200_004), Broken(np.ones(200_005, dtype=complex)), threads)


@pytest.mark.parametrize("size", [999, 1_000, 20_160])
def test_the_ends_and_single_frequencies(size: int) -> None:
    """An impulse at either end, and the Nyquist frequency and frequency 0 alone."""
    ramp = np.exp(-2j * np.pi * np.arange(size + 1) * 4 / (2 * size))  # a delay of 4 samples
    for at in (0, (size - 5) // 2 * 2):  # even, for the sign at the Nyquist frequency
        samples = np.zeros(size)
        samples[at] = 1
        convolve(samples, Known(ramp))
        assert np.abs(samples - (np.arange(size) == at + 4)).max() < 1e-12
    for bin_, sign in ((0, 1), (size, -1)):
        only = np.zeros(size + 1, dtype=complex)
        only[bin_] = -2j if bin_ else 2
        samples = np.zeros(size)
        samples[1] = 1
        convolve(samples, Known(only))
        expected = sign ** np.arange(size) / size
        np.testing.assert_allclose(samples, expected, atol=1e-15)


def test_the_transfer_function_must_fit() -> None:
    with pytest.raises(ValueError, match="10 samples: must be 11"):
        convolve(np.zeros(10), Known(np.ones(12, dtype=complex)))


def test_layouts() -> None:
    for points in (8_640_000, 8_643_600, 2**23, 8_682_474, 20_160):
        layout = layout_of(points)
        assert layout.points == points
        assert sorted(layout.places) == list(range(layout.count))
        # Neither columns nor rows exceed a cache of a megabyte by much.
        assert max(32 * layout.size, 16 * layout.count) < 1 << 18
