"""The plugin for real data: only marked tests can read the archive's real objects."""

import os
from pathlib import Path

import pytest

from tests.support.plugins import real_data
from tests.support.plugins.real_data import REAL_DATA, UnmarkedRealDataError

KEY = "FDSNstationXML/CI/CI_WBM.xml"


@pytest.mark.parametrize("read", [Path.read_bytes, Path.open])
def test_unmarked_tests_cannot_read_real_data(read) -> None:
    """The result does not depend on whether the file exists."""
    with pytest.raises(UnmarkedRealDataError, match="without the marker real_data"):
        read(REAL_DATA / KEY)


@pytest.mark.parametrize("spelling", [os.fsencode, os.path.relpath])
def test_no_spelling_of_the_path_is_overlooked(spelling) -> None:
    with pytest.raises(UnmarkedRealDataError):
        open(spelling(REAL_DATA / KEY), "rb")  # noqa: PTH123, SIM115 - Path takes no bytes


@pytest.fixture(scope="module")
def listing() -> list[Path]:
    return list(REAL_DATA.iterdir())


def test_fixtures_of_unmarked_tests_cannot_read_real_data(request) -> None:
    with pytest.raises(UnmarkedRealDataError):
        request.getfixturevalue("listing")


def test_unmarked_tests_cannot_list_real_data() -> None:
    with pytest.raises(UnmarkedRealDataError):
        list(REAL_DATA.iterdir())


@pytest.mark.real_data
def test_marked_tests_read_real_data() -> None:
    assert (REAL_DATA / KEY).read_bytes()


def test_marked_tests_are_skipped_without_real_data(pytester, monkeypatch, tmp_path) -> None:
    monkeypatch.setenv("REAL_DATA", str(tmp_path / "none"))
    monkeypatch.setenv("PYTHONPATH", str(real_data.PROJECT))
    pytester.makepyfile("""
        import pytest

        @pytest.fixture(scope="module")
        def content(): raise AssertionError

        @pytest.mark.real_data
        def test_marked(content): raise AssertionError

        def test_unmarked(): pass
    """)
    done = pytester.runpytest_subprocess("-p", "tests.support.plugins.real_data", "-rs")
    done.assert_outcomes(passed=1, skipped=1)
    done.stdout.fnmatch_lines(["*no real data in */none*"])
