"""The plugin that announces a run of all tests: its words, and that they come first."""

import os
from pathlib import Path

import pytest

from tests.support.commands import PROJECT
from tests.support.plugins import announcement
from tests.support.plugins.announcement import MINUTES, NEEDS, Need

MISSING = Need("a thing", "it is missing", lambda: False, "type: make thing")
THERE = Need("another thing", "it is missing", lambda: True, "type: make another")


def test_the_missing_things_are_named(tmp_path: Path) -> None:
    assert list(announcement.lines([MISSING, THERE], tmp_path / "seconds")) == [
        f"All tests take about {MINUTES} minutes on two processors.",
        "Skipped: tests of a thing, because it is missing. To run them: type: make thing.",
    ]


@pytest.mark.parametrize(
    ("seconds", "stated"),
    [("20", "1 minute,"), ("431\n", "7 minutes,"), ("?", f"{MINUTES} minutes")],
)
def test_the_last_run_is_the_estimate(seconds: str, stated: str, tmp_path: Path) -> None:
    path = tmp_path / "seconds"
    path.write_text(seconds)
    first, rest = announcement.lines([THERE], path)
    assert first.startswith(f"All tests take about {stated}")
    assert rest == "None is skipped: this machine has everything that they need."


def test_everything_that_can_be_missing_is_named() -> None:
    """Docker, the SAM CLI, a browser, the clients, real days, a newer curl, git."""
    assert len(NEEDS) == len({need.tests for need in NEEDS}) == 7
    for need in NEEDS:
        assert isinstance(need.is_there(), bool)


def test_a_run_of_all_tests_begins_with_it(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(PROJECT), str(pytester.path)]))
    pytester.makeini("[pytest]\ntestpaths = tests\n")
    (pytester.mkdir("tests") / "test_one.py").write_text("def test_one(): pass\n")
    pytester.makepyfile(
        plugin="""
        from pathlib import Path
        from tests.support.plugins import announcement
        from tests.support.plugins.announcement import pytest_configure
        announcement.LAST_RUN = Path("seconds")
        announcement.lines.__defaults__ = ((), announcement.LAST_RUN)
        """
    )
    options = ("-p", "plugin", "-p", "no:cacheprovider", "-v")
    first = pytester.runpytest_subprocess(*options, "-n", "2")
    announced = "All tests take about 6 minutes on two processors."
    first.stdout.fnmatch_lines([announced, "None is skipped: *", "*tests/test_one.py*"])
    assert float((pytester.path / "seconds").read_text()) < 300
    again = pytester.runpytest_subprocess(*options)
    again.stdout.fnmatch_lines(["All tests take about 1 minute, as in the last run here."])
    one = pytester.runpytest_subprocess(*options, "tests/test_one.py")
    one.stdout.no_fnmatch_line("All tests take*")
