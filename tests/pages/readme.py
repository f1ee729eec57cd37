"""The README, and a second terminal in which its lines are typed."""

import json
import sys
import time
import urllib.request
from pathlib import Path
from typing import Any

from tests.support.commands import run_command
from tests.support.pages import Page

PAGE = Page("README.md")
README = PAGE.text
SECTIONS = PAGE.sections
BLOCKS = PAGE.blocks
TITLE = PAGE.title
PORT = "9000"

covers = PAGE.covers
table = PAGE.table


def planned(arguments: str) -> str:
    """Return the commands that make would run, its virtual environment being ready."""
    environment = ["-o", f"{sys.prefix}/ready", f"VENV={sys.prefix}"]
    done = run_command("make", "-n", *environment, *arguments.split())
    assert done.returncode == 0, done.stderr
    return done.stdout


def type_in(folder: Path, lines: str, port: int) -> str:
    """Type lines in a second terminal, with `port` in place of the README's, and return stdout."""
    typed = lines
    for offset in (0, 1):  # S3 and SQS listen on the port after the function's
        typed = typed.replace(f"localhost:{int(PORT) + offset}", f"localhost:{port + offset}")
    assert typed != lines
    done = run_command("bash", "-euo", "pipefail", "-c", typed, cwd=folder)
    assert done.returncode == 0, done.stderr
    return done.stdout


def post(url: str, event: bytes) -> Any:
    """Return a function's reply to an event; its container may not listen yet."""
    deadline = time.monotonic() + 300
    while True:
        try:
            with urllib.request.urlopen(urllib.request.Request(url, event), timeout=300) as reply:
                return json.loads(reply.read())
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.2)
