"""A page of the documentation: its sections, its blocks, and the test that covers each block."""

import importlib
import re
import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

from tests.support.commands import PROJECT

FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)

Key = tuple[str, str, int]
"""A block's heading, its language, and its number among the heading's blocks in that language."""


@cache
def page(path: str) -> "Page":
    """Return the one object of a page, on which all test modules mark the blocks they cover."""
    return Page(path)


class Page:
    """A Markdown file of the project."""

    def __init__(self, path: str) -> None:
        self.path = PROJECT / path
        self.text = self.path.read_text(encoding="utf-8")
        self.sections = _sections(self.text)
        self.blocks = _blocks(self.sections)
        self.title = next(iter(self.sections))
        self.covered: list[Key] = []

    def covers(self, *keys: Key) -> Callable[[Any], Any]:
        """Mark the one test that runs or compares these blocks."""
        self.covered.extend(keys)
        return lambda test: test

    def table(self, heading: str) -> list[list[str]]:
        """Return the rows of the table under a heading, without its header."""
        rows = re.findall(r"^\| (.*) \|$", self.sections[heading], re.MULTILINE)
        return [re.split(r" *\| *", row) for row in rows[2:]]

    def assert_every_block_is_covered_by_one_test(self) -> None:
        """Check `covers`; call `import_tests_of_pages` before."""
        assert self.text.count("```") == 2 * len(self.blocks)
        assert sorted(self.covered) == sorted(self.blocks)

    def assert_relative_links_exist(self) -> None:
        for link in self._links():
            path, _, anchor = link.partition("#")
            if link.startswith("https://"):
                continue
            page = self.path.parent / path if path else self.path
            assert page.is_file(), link
            assert not anchor or anchor in _anchors(page), link

    def pages_linked(self) -> set[str]:
        """Return the paths of the project's pages that this one links to."""
        links = {link.partition("#")[0] for link in self._links() if "://" not in link}
        pages = [(self.path.parent / link).resolve() for link in links if link.endswith(".md")]
        return {linked.relative_to(PROJECT).as_posix() for linked in pages}

    def _links(self) -> list[str]:
        return re.findall(r"\]\(([^)\s]+)\)", self.text)


def import_tests_of_pages() -> None:
    """Import all test modules that cover blocks of pages."""
    folders = ("tests/pages", "tests/deployment", "tests/deployment/stack")
    for path in sorted(path for each in folders for path in PROJECT.glob(f"{each}/test_*.py")):
        importlib.import_module(".".join(path.relative_to(PROJECT).with_suffix("").parts))


def code(text: str) -> list[str]:
    """Return everything in backticks, except for blocks."""
    return re.findall(r"`([^`]+)`", FENCE.sub("", text))


def make_folder(folder: Path) -> Path:
    """Prepare a folder in which a page's lines can be typed, like the project's own."""
    for name in ("run_lambda.py", "request.json"):
        (folder / name).symlink_to(PROJECT / name)
    (folder / ".venv").symlink_to(sys.prefix)
    return folder


def _sections(page: str) -> dict[str, str]:
    """Return the text under each heading, up to the next heading of any level."""
    without_code = FENCE.sub(lambda block: "\n" * block[0].count("\n"), page).splitlines()
    found, heading = {}, ""
    for line, text in zip(without_code, page.splitlines(), strict=True):
        if line.startswith("#"):
            heading = line.lstrip("# ")
            assert heading not in found, heading
            found[heading] = ""
        else:
            found[heading] += f"{text}\n"
    return found


def _blocks(sections: dict[str, str]) -> dict[Key, str]:
    found: dict[Key, str] = {}
    for heading, text in sections.items():
        for language, content in FENCE.findall(text):
            count = sum(key[:2] == (heading, language) for key in found)
            found[heading, language, count] = content
    return found


def _anchors(page: Path) -> set[str]:
    """Return the anchors that GitHub derives from a page's headings."""
    headings = _sections(page.read_text(encoding="utf-8"))
    kept = (re.sub(r"[^\w\- ]", "", heading.lower()) for heading in headings)
    return {heading.replace(" ", "-") for heading in kept}
