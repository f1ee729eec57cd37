"""Lines of the pages, typed in a second terminal beside `make serve`."""

import json
import re
import sys
import time
import urllib.request
from pathlib import Path
from typing import Any

from tests.support.commands import run_command

PORT = "9000"
HTTP_PORT = "8000"


def planned(arguments: str) -> str:
    """Return the commands that make would run, its virtual environment being ready."""
    environment = ["-o", f"{sys.prefix}/ready", f"VENV={sys.prefix}"]
    done = run_command("make", "-n", *environment, *arguments.split())
    assert done.returncode == 0, done.stderr
    return done.stdout


def type_in(folder: Path, lines: str, port: int, status: int = 0) -> str:
    """Type lines in a second terminal, with `port` in place of the pages', and return stdout."""
    typed = lines.replace(f"localhost:{PORT}", f"localhost:{port}")
    typed = typed.replace(f"localhost:{HTTP_PORT}", f"localhost:{port + 2}")
    typed = re.sub(r"--local(?= |$)", f"--local {port}", typed, flags=re.MULTILINE)
    assert typed != lines
    done = run_command("bash", "-euo", "pipefail", "-c", typed, cwd=folder)
    assert done.returncode == status, done.stderr
    return done.stdout


def values_in(printed: str) -> list[Any]:
    """Return the JSON values that lines print one after the other."""
    values = []
    while printed := printed.lstrip():
        value, end = json.JSONDecoder().raw_decode(printed)
        values.append(value)
        printed = printed[end:]
    return values


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
