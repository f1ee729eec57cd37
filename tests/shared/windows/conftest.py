"""Fixtures for tests of time windows."""

import pytest
from obspy import Trace

from local.cloud.s3_server import S3Server
from tests.support.builders import put_day, put_station
from tests.support.recording import NPTS, NSCL, RATE, START, recording


@pytest.fixture(scope="session")
def record() -> Trace:
    """Six hours up to midnight, as the instrument records them."""
    return recording(START, NPTS, seed=5, earthquake_at=10_000.0)


@pytest.fixture
def day(archive: S3Server, record: Trace) -> S3Server:
    """The archive with these six hours, and the station's metadata."""
    put_day(archive, NSCL, "2024,001", record)
    put_station(archive, "CI", "BOM", BHZ=RATE)
    return archive
