"""All pages: every block has its test, and every name and link leads somewhere."""

import re

import pytest

from tests.support.commands import PROJECT
from tests.support.pages import FENCE, Page, import_tests_of_pages, page

PATHS = [
    path.relative_to(PROJECT).as_posix()
    for path in [*sorted(PROJECT.glob("*.md")), *sorted(PROJECT.glob("docs/*.md"))]
]

each_page = pytest.mark.parametrize("path", PATHS)


@pytest.fixture(scope="module", autouse=True)
def _import_tests() -> None:
    import_tests_of_pages()


@each_page
def test_every_block_is_covered_by_one_test(path: str) -> None:
    page(path).assert_every_block_is_covered_by_one_test()


@each_page
def test_relative_links_and_images_exist(path: str) -> None:
    page(path).assert_relative_links_exist()


def test_every_page_is_reached_from_the_readme() -> None:
    reached, new = set(), {"README.md"}
    while new:
        reached |= new
        links = {link for path in new for link in page(path).pages_linked()}
        new = links - reached
    assert set(PATHS) - {"CHANGELOG.md"} <= reached


def test_what_is_named_exists() -> None:
    folders = ("benchmarks", "local", "runner", "shared")
    modules = [path for folder in folders for path in PROJECT.glob(f"{folder}/**/*.py")]
    # The page about reliability names tests from their own folder; a test of its own checks them.
    pages = [PROJECT / name for name in PATHS if name != "docs/reliability.md"]
    for path in [*modules, *pages]:
        for named in re.findall(
            r"`((?:benchmarks|shared|tests|local|runner)/[\w/]+\.py)`", path.read_text()
        ):
            assert (PROJECT / named).is_file(), f"{path.name} names {named}"


def test_every_make_target_that_is_named_exists() -> None:
    makefile = (PROJECT / "Makefile").read_text()
    targets = set(re.findall(r"^([a-z]+):", makefile, re.MULTILINE))
    texts = [page(path).text for path in PATHS]
    named = {one for text in texts for one in re.findall(r"(?:^|`)make ([a-z]+)", text, re.M)}
    assert {"demo", "serve", "try", "test", "check", "bench", "images", "lock"} <= named
    assert named <= targets


def sentences(text: str) -> list[str]:
    """Return the sentences of a page of at least eight words, without tables and blocks."""
    prose = re.sub(r"^\|.*$", "", FENCE.sub("", text), flags=re.MULTILINE)
    found = re.split(r"(?<=[.!?:])\s+|\n\n", prose)
    joined = (" ".join(sentence.split()) for sentence in found)
    return [sentence for sentence in joined if len(sentence.split()) >= 8]


def test_nothing_is_said_twice() -> None:
    places: dict[str, str] = {}
    for path in PATHS:
        for sentence in sentences(page(path).text):
            assert places.setdefault(sentence, path) == path, f"{path} and {places[sentence]}"
    assert len(places) > 300


def test_a_repeated_sentence_is_found() -> None:
    text = "One two three four five six seven eight. Short.\n\n- One two\nthree four five six 7 8."
    assert sentences(text) == [
        "One two three four five six seven eight.",
        "- One two three four five six 7 8.",
    ]


def test_a_page_lists_the_pages_it_links_to() -> None:
    assert {"docs/response.md", "SECURITY.md"} <= page("README.md").pages_linked()
    assert Page("docs/costs.md").blocks == {}
