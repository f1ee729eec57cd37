"""Commands that a user could type, shown and run."""

import subprocess
import sys

from local.console import fail, step
from local.project import PROJECT


def run(command: list[str]) -> str:
    """Show a command as the user would type it, run it, and return its output.

    A command that fails ends the program with its messages.
    """
    shown = ["python" if word == sys.executable else shorten(word) for word in command]
    step(f"$ {' '.join(shown)}")
    done = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=False)
    if done.returncode:
        fail(f"{' '.join(shown)}\n{done.stdout}{done.stderr}")
    return done.stdout


def shorten(path: str) -> str:
    """Return a path as one types it in the checkout."""
    return path.replace(f"{PROJECT}/", "")
