"""Fixtures for tests of the time-window function."""

from typing import Any

import pytest

from local.cloud.s3_server import S3Server
from tests.support.builders import make_trace, noise, put_day
from tests.support.tutorial_windows import BHN, BHZ


@pytest.fixture
def day(archive: S3Server) -> S3Server:
    """The archive with the days of the tutorial's windows; BHN has a gap of 20 s."""
    start = "2024-01-01T00:00:00.0195"
    put_day(archive, "CI.BOM.BHZ.", "2024,001", make_trace("CI.BOM.BHZ.", start, BHZ))
    put_day(
        archive,
        "CI.BOM.BHN.",
        "2024,001",
        make_trace("CI.BOM.BHN.", start, BHN[:4_000]),
        make_trace("CI.BOM.BHN.", "2024-01-01T00:02:00.0195", BHN[4_800:]),
    )
    return archive


@pytest.fixture
def large_day(archive: S3Server) -> Any:
    """The samples of a day in the archive whose first 12 hours are 7 MB of JSON."""
    data = noise(1_800_000, scale=10_000_000.0)
    put_day(archive, "CI.BOM.BHZ.", "2024,001", make_trace("CI.BOM.BHZ.", "2024-01-01", data))
    return data
