"""What the local commands print."""

import sys
import time
from typing import NoReturn

_START = time.monotonic()


def say(text: str) -> None:
    """A line on standard output, at once."""
    print(text, flush=True)


def step(text: str) -> None:
    """A line that says what is being done, with the seconds since the start."""
    say(f"[{time.monotonic() - _START:5.1f} s] {text}")


def fail(text: str) -> NoReturn:
    """End the program with a message and status 1."""
    sys.exit(f"error: {text}")
