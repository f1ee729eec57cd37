"""The version: one constant, which the changelog's top heading names."""

import re

from shared import version
from tests.support.commands import PROJECT


def test_the_changelog_begins_with_the_version() -> None:
    headings = re.findall(r"^## (.*)$", (PROJECT / "CHANGELOG.md").read_text(), re.MULTILINE)
    assert headings[0].split()[0] == version.VERSION
    assert re.fullmatch(r"\d+\.\d+\.\d+", version.VERSION)


def test_the_version_is_written_once() -> None:
    """A version in pyproject.toml would have to be this one."""
    assert "\nversion" not in (PROJECT / "pyproject.toml").read_text()
