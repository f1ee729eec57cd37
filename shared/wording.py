"""Wording of messages."""

from collections.abc import Sequence

_MAX_LISTED = 10


def first_few(items: Sequence[str], most: int = _MAX_LISTED) -> str:
    """Return the first items of a list in words, and the number of the others.

    Args:
        items: the items.
        most: the number of items to list.
    """
    more = len(items) - most
    return ", ".join(items[:most]) + (f" and {more:,} more" if more > 0 else "")
