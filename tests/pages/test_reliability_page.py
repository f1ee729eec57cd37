"""The table of faults: each row has a promise and tests that exist."""

import ast
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from functools import cache

import pytest

from tests.pages.typed import planned
from tests.support.commands import PROJECT
from tests.support.pages import page

COVERED = page("docs/reliability.md")
PAGE = COVERED.text
SECTIONS = dict(re.findall(r"^### (\d+)\. .*\n((?:(?!^#).*\n?)*)", PAGE, re.MULTILINE))


def rows(section: str) -> Iterator[list[str]]:
    """Yield the cells of each row of a section's table."""
    for line in section.splitlines():
        if line.startswith("| ") and not line.startswith(("| fault", "| ---")):
            yield [cell.strip() for cell in line.strip("|").split(" |")]


REFERENCES = sorted(
    {
        name
        for text in SECTIONS.values()
        for row in rows(text)
        for name in re.findall(r"`([\w/]+\.py(?:::\w+)?)`", row[-1])
    }
)
"""The tests in the last column, by path and name."""


@cache
def functions(path: str) -> set[str]:
    """Return the names of a module's functions."""
    tree = ast.parse((PROJECT / "tests" / path).read_text())
    return {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}


def test_sections_are_those_of_the_kinds_of_faults() -> None:
    assert list(SECTIONS) == [str(number) for number in range(1, 15)]


@pytest.mark.parametrize("number", SECTIONS)
def test_each_row_has_a_promise_and_a_test(number: str) -> None:
    found = list(rows(SECTIONS[number]))
    assert found
    for row in found:
        fault, promise, _, tests = row
        assert fault
        assert promise, fault
        assert re.search(r"`[\w/]+\.py", tests), fault


def test_tests_exist() -> None:
    for reference in REFERENCES:
        path, _, name = reference.partition("::")
        assert (PROJECT / "tests" / path).is_file(), reference
        assert not name or name in functions(path), reference


@COVERED.covers(("How the promises are tested", "sh", 0))
def test_lines_that_test_more() -> None:
    lines = COVERED.blocks["How the promises are tested", "sh", 0].splitlines()
    commands = [planned(line.partition("#")[0].removeprefix("make ")) for line in lines]
    programs = ("-m tests.fuzz", "-m tests.soak", "mutmut run")
    for command, program in zip(commands, programs, strict=True):
        assert program in command


@COVERED.covers(("A report for ObsPy's maintainers", "python", 0))
def test_report_shows_the_fault() -> None:
    """The pinned ObsPy reads beyond the record; once it does not, the report has done its work."""
    (code,) = re.findall(r"^```python\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
    (line,) = re.findall(r"It prints `(.*)`", PAGE)
    result = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", code], capture_output=True, text=True, check=False
    )
    crashed = result.returncode in (-signal.SIGSEGV, -signal.SIGBUS)
    assert crashed or result.stdout.splitlines() == [line], result.stderr
