"""Markdown tables and the figures in them."""

from collections.abc import Sequence


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return a table in Markdown."""
    lines = [head, ["---"] * len(head), *rows]
    return "".join(f"| {' | '.join(cells)} |\n" for cells in lines)


def figure(value: float) -> str:
    """Return a number with two significant digits, such as 0.0012 or 2.3e-06."""
    return f"{value:#.2g}".rstrip(".")
