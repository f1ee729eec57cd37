"""Fixtures for reading one day object."""

import logging
from collections.abc import Callable

import pytest

from local.cloud.s3_server import S3Server
from tests.support.compared_days import (
    KEY,
)


@pytest.fixture
def put(archive: S3Server) -> Callable[[bytes], None]:
    return lambda content: archive.put(KEY, content)


@pytest.fixture
def read_whole(caplog: pytest.LogCaptureFixture) -> Callable[[], str]:
    """Return a function that gives the reason why an object was read whole; "" if none was."""
    caplog.set_level(logging.DEBUG, "shared.waveforms.day_reader")

    def reasons() -> str:
        return "".join(record.getMessage() for record in caplog.records)

    return reasons
