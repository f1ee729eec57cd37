"""Tests on real objects of the archive: skipped where the objects are not at hand.

Only a test with the marker `real_data` may read them, so that all others pass without them.
"""

import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

PROJECT = Path(__file__).parents[3]
REAL_DATA = Path(os.environ.get("REAL_DATA", PROJECT.parent / "shared" / "data" / "scedc-pds"))
"""The folder of the real objects, under the archive's own keys."""

_refuses = False


class UnmarkedRealDataError(Exception):
    """A test without the marker `real_data` reads real objects."""


def _refuse_real_data(event: str, arguments: tuple[Any, ...]) -> None:
    if _refuses and event in ("open", "os.listdir", "os.scandir"):
        path = arguments[0]
        if isinstance(path, str | os.PathLike) and Path(path).is_relative_to(REAL_DATA):
            raise UnmarkedRealDataError(f"{path} is read without the marker real_data")


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "real_data: reads real objects of the archive")
    sys.addaudithook(_refuse_real_data)


@pytest.fixture(autouse=True)
def _only_marked_tests_read_real_data(request: pytest.FixtureRequest) -> Iterator[None]:
    global _refuses  # an audit hook cannot be removed, only told to stop
    marked = request.node.get_closest_marker("real_data") is not None
    if marked and not REAL_DATA.is_dir():
        pytest.skip(f"no real data in {REAL_DATA}")
    _refuses = not marked
    yield
    _refuses = False
