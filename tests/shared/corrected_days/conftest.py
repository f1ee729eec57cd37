"""Fixtures for tests of corrected days."""

import pytest
from obspy import Stream

from local.cloud.s3_server import S3Server
from tests.support.builders import make_trace, noise, put_day, put_station
from tests.support.corrected_days import NSCL


@pytest.fixture
def day(archive: S3Server) -> Stream:
    """A day of CI.BOM.BHZ with a gap, in the archive."""
    traces = [
        make_trace(NSCL, "2024-01-01T00:00:00.019536", noise(40_000)),
        make_trace(NSCL, "2024-01-01T02:00:00.012345", noise(30_000, 2)),
    ]
    put_day(archive, NSCL, "2024,001", *traces)
    put_station(archive, "CI", "BOM", BHZ=40.0)
    return Stream(traces)
