"""A pytest plugin for tests that read real objects of the archive.

Such tests have the marker `real_data` and are skipped where the objects are missing. No other test
can read the objects, so all others pass without them.
"""

import os
import sys
from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest

PROJECT = Path(__file__).parents[3]
REAL_DATA = Path(os.environ.get("REAL_DATA", PROJECT.parent / "shared" / "data" / "scedc-pds"))
"""The folder of the real objects, at the paths of their keys in the archive."""

_READS = {"open", "os.listdir", "os.scandir"}
_refuses = False


class UnmarkedRealDataError(Exception):
    """A test without the marker `real_data` reads real objects."""


def _refuse_real_data(event: str, arguments: tuple[Any, ...]) -> None:
    if _refuses and event in _READS and isinstance(arguments[0], str | bytes | os.PathLike):
        # Not `resolve`, which looks up every link on each call.
        path = Path(os.path.abspath(os.fsdecode(arguments[0])))  # noqa: PTH100
        if path.is_relative_to(REAL_DATA):
            raise UnmarkedRealDataError(f"{path} is read without the marker real_data")


def _is_marked(item: pytest.Item) -> bool:
    return item.get_closest_marker("real_data") is not None


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "real_data: reads real objects of the archive")
    sys.addaudithook(_refuse_real_data)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, Any, Any]:
    """Refuse real data to an unmarked test and to all fixtures that it sets up."""
    global _refuses  # an audit hook cannot be removed, only disabled
    _refuses = not _is_marked(item)
    try:
        return (yield)
    finally:
        _refuses = False


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skip a marked test without its data, before any fixture."""
    if _is_marked(item) and not REAL_DATA.is_dir():
        pytest.skip(f"no real data in {REAL_DATA}")
