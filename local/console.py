"""Console output of the local commands."""

import sys
import time
from typing import NoReturn

_START = time.monotonic()


def say(text: str) -> None:
    """Print a line and flush it."""
    print(text, flush=True)


def step(text: str) -> None:
    """Print a line with the seconds since the program started."""
    say(f"[{time.monotonic() - _START:5.1f} s] {text}")


def fail(text: str) -> NoReturn:
    """Exit with an error message and status 1."""
    sys.exit(f"error: {text}")
