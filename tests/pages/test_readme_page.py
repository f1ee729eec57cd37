"""The README as a page: every block has its test, and every name and link leads somewhere."""

import re

from tests.pages.readme import BLOCKS, PAGE, README, covers
from tests.support.commands import PROJECT


def test_every_block_is_covered_by_one_test() -> None:
    PAGE.assert_every_block_is_covered_by_one_test("tests/pages/test_readme_*.py")


def test_what_is_named_exists() -> None:
    assert not re.findall(r"^[A-Z]+_TABLE$", README, re.MULTILINE)
    folders = ("benchmarks", "local", "runner", "shared")
    pages = [path for folder in folders for path in PROJECT.glob(f"{folder}/**/*.py")]
    for path in [*pages, PAGE.path]:
        for named in re.findall(
            r"`((?:benchmarks|shared|tests|local|runner)/[\w/]+\.py)`", path.read_text()
        ):
            assert (PROJECT / named).is_file(), f"{path.name} names {named}"


def test_relative_links_and_images_exist() -> None:
    PAGE.assert_relative_links_exist()


@covers(("Code", "text", 0))
def test_layout_of_the_code() -> None:
    """Each line names files that exist, and all folders of `shared` are listed."""
    named = [line.split()[0] for line in BLOCKS["Code", "text", 0].splitlines()]
    assert len(named) == len(set(named)) >= 6
    for pattern in named:
        paths = list(PROJECT.glob(pattern))
        assert paths, pattern
        assert all(path.is_dir() == pattern.endswith("/") for path in paths), pattern
    rooms = {path.parent.name for path in PROJECT.glob("shared/*/__init__.py")}
    assert {name.split("/")[1] for name in named if name.startswith("shared/")} == rooms
