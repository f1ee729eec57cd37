"""Fixtures of tests against a known ground motion."""

from typing import Any, Protocol

import pytest

from local.cloud.s3_server import S3Server
from tests.support.front_doors import Answer, Handler, ask_day, ask_window


class Door(Protocol):
    """A front door: a record's ground motion, or the middle third of it as a window."""

    def __call__(self, nscl: str, seconds: float, **parameters: Any) -> Answer:
        """Ask for a channel whose record is that long, in seconds."""


@pytest.fixture(params=["day", "window"])
def door(
    request: pytest.FixtureRequest,
    archive: S3Server,
    response_handler: Handler,
    timewindow_handler: Handler,
) -> Door:
    """Each front door in turn."""

    def day(nscl: str, seconds: float, **parameters: Any) -> Answer:
        return ask_day(response_handler, archive, nscl, **parameters)

    def window(nscl: str, seconds: float, **parameters: Any) -> Answer:
        third = seconds / 3
        return ask_window(timewindow_handler, nscl, third, 2 * third, **parameters)

    return day if request.param == "day" else window
