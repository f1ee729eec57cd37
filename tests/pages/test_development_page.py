"""The page about development: the layout of the code, and the targets of make."""

from tests.pages.typed import planned
from tests.support.commands import PROJECT
from tests.support.pages import page

PAGE = page("docs/development.md")

covers = PAGE.covers


@covers(("Code", "text", 0))
def test_layout_of_the_code() -> None:
    """Each line names files that exist, and all folders of `shared` are listed."""
    named = [line.split()[0] for line in PAGE.blocks["Code", "text", 0].splitlines()]
    assert len(named) == len(set(named)) >= 6
    for pattern in named:
        paths = list(PROJECT.glob(pattern))
        assert paths, pattern
        assert all(path.is_dir() == pattern.endswith("/") for path in paths), pattern
    rooms = {path.parent.name for path in PROJECT.glob("shared/*/__init__.py")}
    assert {name.split("/")[1] for name in named if name.startswith("shared/")} == rooms


@covers(("Checks", "sh", 0))
def test_checks() -> None:
    programs = {
        "test": "-m pytest",
        "check": "ruff check .",
        "bench": "-m benchmarks.speed",
        "browser": "local/setup-browser",
        "clients": "make-venv .venv-absent",
        "lock": "image/lock",
        "audit": "-m local.audit",
        "fuzz": "-m tests.fuzz",
        "soak": "-m tests.soak",
        "mutate": "mutmut run",
    }
    lines = PAGE.blocks["Checks", "sh", 0].splitlines()
    assert lines == [f"make {target}" for target in programs]
    for target, program in programs.items():
        assert program in planned(f"{target} CLIENTS_VENV=.venv-absent")  # it may be ready
