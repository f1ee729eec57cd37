"""The checkout's folders."""

from pathlib import Path

PROJECT = Path(__file__).parents[1]
"""The root of the checkout."""

BUILD = PROJECT / "build"
"""Everything that commands generate; `make clean` removes it."""
