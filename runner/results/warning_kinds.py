"""Warnings of many replies, counted by kind, so that a terminal has room for them."""

import re
from collections import Counter
from collections.abc import Iterable

from runner.terminal import shorten

_SHOWN_KINDS = 5
_SHOWN_CHARACTERS = 240

_VARYING = re.compile(
    r"s3://\S+|\b[A-Z0-9]{1,2}\.[A-Z0-9]{1,5}\.[A-Z0-9]{0,3}\.[A-Z0-9]{0,3}|\d[\d.,:TZ-]*"
)
"""An object, a channel, a number or a time: warnings that differ in these alone are of one kind."""


class WarningKinds:
    """Counts of warnings by kind, with an example of each."""

    def __init__(self) -> None:
        self._counts: Counter[str] = Counter()
        self._examples: dict[str, str] = {}

    def add(self, warnings: Iterable[str]) -> None:
        """Count the warnings of one reply, each kind once."""
        kinds = set()
        for warning in warnings:
            kind = _VARYING.sub("0", warning)
            kinds.add(kind)
            self._examples.setdefault(kind, warning)
        self._counts.update(kinds)

    def lines(self) -> list[str]:
        """Return a line for each of the most frequent kinds, and the number of the others."""
        lines = []
        for kind, count in self._counts.most_common(_SHOWN_KINDS):
            example = shorten(self._examples[kind], _SHOWN_CHARACTERS)
            lines.append(f"  {count:,} with a warning, for example: {example}")
        if (others := len(self._counts) - len(lines)) > 0:
            lines.append(f"  {others:,} more kinds of warnings")
        return lines
