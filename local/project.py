"""The checkout's folders."""

from pathlib import Path

PROJECT = Path(__file__).parents[1]
"""The root of the checkout."""

BUILD = PROJECT / "build"
"""Everything that commands generate; `make clean` removes it, but its `results`."""


def relative(path: Path) -> str:
    """Return a path as one types it in the checkout."""
    full = path.resolve()
    return str(full.relative_to(PROJECT)) if full.is_relative_to(PROJECT) else str(full)
