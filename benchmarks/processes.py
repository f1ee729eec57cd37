"""Measurements in their own processes."""

import json
import os
import subprocess
import sys
from typing import Any

from local.project import PROJECT


def run_module(module: str, *arguments: str, content: str = "", **environment: str) -> Any:
    """Run a module in a new process and return its output, parsed as JSON.

    Args:
        module: the module's name, such as "benchmarks.windows.json_encoding".
        arguments: its command line.
        content: its standard input.
        environment: environment variables beside those of this process.

    Raises:
        CalledProcessError: the module failed.
    """
    done = subprocess.run(
        [sys.executable, "-m", module, *arguments],
        cwd=PROJECT,
        input=content,
        stdout=subprocess.PIPE,
        text=True,
        check=True,
        env={**os.environ, **environment},
    )
    return json.loads(done.stdout)
