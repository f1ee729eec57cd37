"""Fixtures of the benchmarks' tests."""

import pytest

from benchmarks.real_data import Channel, read_channel
from tests.support.plugins.real_data import REAL_DATA


@pytest.fixture
def wbm(monkeypatch: pytest.MonkeyPatch) -> Channel:
    """Return three days at 1 Hz."""
    monkeypatch.setenv("REAL_DATA", str(REAL_DATA))
    return read_channel("CI.WBM.LHZ.", "2022,001", "2022,002", "2022,003")
