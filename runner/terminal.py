"""How far a run is: a bar on a terminal with rate and time left, nothing elsewhere."""

import sys
from types import TracebackType


class Progress:
    """A bar on standard error, if that is a terminal.

    Args:
        total: how many there are to do.
        label: what is done, before the bar.
        unit: what is counted.
    """

    def __init__(self, total: int, label: str, unit: str) -> None:
        from tqdm import tqdm  # at first use: the costs need nothing but Python

        self._failed = 0
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
        self._bar.close()

    def step(self, failed: bool = False) -> None:
        """One more is done."""
        if failed:
            self._failed += 1
            self._bar.set_postfix_str(f"{self._failed:,} failed", refresh=False)
        self._bar.update()

    def say(self, line: str) -> None:
        """Write a line to standard error, above the bar if there is one."""
        self._bar.write(line, file=sys.stderr)


def counted(number: int, noun: str) -> str:
    """A number with its noun: "1 day", "2,000 days"."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"
