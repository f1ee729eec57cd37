"""Figures in tables."""

import pytest

from benchmarks.markdown import figure


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
    assert figure(value) == text
