"""Terminal input and output: progress bar, notes on standard error, standard input, counts."""

import sys
from pathlib import Path
from types import TracebackType
from typing import Any

STDIN = "-"
"""The path that stands for standard input."""


class Progress:
    """A progress bar on standard error, if that is a terminal; none without tqdm.

    Args:
        total: number of steps.
        label: text before the bar.
        unit: name of the steps, in the plural.
    """

    def __init__(self, total: int, label: str, unit: str) -> None:
        self._failed = 0
        self._bar: Any = None
        try:
            from tqdm import tqdm  # at first use: the cost estimate needs nothing but Python
        except ModuleNotFoundError:
            if sys.stderr.isatty():
                note(
                    f"{label}: {pluralize(total, unit.removesuffix('s'))}; no progress bar without"
                    " tqdm: pip install tqdm"
                )
            return
        self._bar = tqdm(
            total=total,
            desc=label,
            unit=f" {unit}",
            file=sys.stderr,
            disable=not sys.stderr.isatty(),
            dynamic_ncols=True,
        )

    def __enter__(self) -> "Progress":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._bar:
            self._bar.close()

    def step(self, failed: bool = False) -> None:
        """Advance the bar by one."""
        if not self._bar:
            return
        if failed:
            self._failed += 1
            self._bar.set_postfix_str(f"{self._failed:,} failed", refresh=False)
        self._bar.update()

    def note(self, line: str) -> None:
        """Print a line to standard error, above the bar if there is one."""
        if self._bar:
            self._bar.write(line, file=sys.stderr)
        else:
            note(line)


def note(line: str) -> None:
    """Print a line to standard error."""
    print(line, file=sys.stderr)


def read_input(path: str | Path) -> str:
    """Read a text file, or standard input for "-".

    Raises:
        OSError: the file cannot be read.
        UnicodeDecodeError: the file is not UTF-8.
    """
    return sys.stdin.read() if str(path) == STDIN else Path(path).read_text(encoding="utf-8-sig")


def input_name(path: str | Path) -> str:
    """Return the name of an input file for messages."""
    return "standard input" if str(path) == STDIN else str(path)


def pluralize(number: int, noun: str) -> str:
    """Return a number with its noun: "1 day", "2,000 days"."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def shorten(text: str, length: int) -> str:
    """Cut a text to a length, with "..." at the cut."""
    return text if len(text) <= length else f"{text[: length - 3]}..."
