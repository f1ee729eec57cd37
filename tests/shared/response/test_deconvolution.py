"""The split transform against the plain one."""

import numpy as np
import pytest

from shared.response._deconvolution import ComplexArray, convolve


class Known:
    """A transfer function with a value for every bin."""

    def __init__(self, values: ComplexArray) -> None:
        self.values = values
        self.last_bin = values.size - 1

    def multiply(
        self, spectrum: ComplexArray, first: int, step: int, conjugate: bool = False
    ) -> None:
        values = self.values[first::step][: spectrum.size]
        assert values.size == spectrum.size
        spectrum *= values.conj() if conjugate else values


@pytest.mark.parametrize(
    "size",
    [
        1,
        2,
        4,
        6,
        7,
        8,
        10,
        12,
        16,
        24,
        32,
        64,
        100,
        999,
        1_000,
        86_400,
        262_144,
        200_004,
        8 * 29 * 61,
        9_991,
        197 * 62,
    ],
)
def test_equals_the_plain_transform(size: int) -> None:
    random = np.random.default_rng(size)
    samples = random.standard_normal(size)
    transfer = random.standard_normal(size + 1) + 1j * random.standard_normal(size + 1)
    spectrum = np.fft.rfft(samples, 2 * size) * transfer
    spectrum[-1] = np.abs(spectrum[-1])
    expected = np.fft.irfft(spectrum, 2 * size)[:size]

    convolve(samples, Known(transfer))

    np.testing.assert_allclose(samples, expected, atol=1e-13 * np.abs(expected).max())


def test_the_transfer_function_must_fit() -> None:
    with pytest.raises(ValueError, match="10 samples: must be 11"):
        convolve(np.zeros(10), Known(np.ones(12, dtype=complex)))
