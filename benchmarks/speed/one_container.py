"""Start a function in this process, as a container does, and measure its invocations.

The command line has the function, standard input its events as a JSON list. Only modules that every
Python program loads are loaded beforehand.
"""

import importlib
import io
import json
import os
import sys
import time
from collections.abc import Callable
from contextlib import redirect_stdout
from typing import Any

Handler = Callable[[Any, Any], Any]


def start_function(function: str) -> Handler:
    """Import a function's handler, as its image's CMD does."""
    sys.path.insert(0, f"{function}_lambda")
    handler: Handler = importlib.import_module("app").handler
    return handler


def invoke(handler: Handler, event: Any) -> dict[str, float]:
    """Invoke a handler and return the time it took, and the peak memory of the process so far.

    Returns:
        `seconds` of wall clock, `cpu_seconds` of all threads, `memory_mb`.

    Raises:
        RuntimeError: something in the reply is an error.
    """
    log = io.StringIO()
    begun, computed = time.perf_counter(), time.process_time()
    with redirect_stdout(log):
        handler(event, None)
    seconds, cpu_seconds = time.perf_counter() - begun, time.process_time() - computed
    line = json.loads(log.getvalue())
    if line["outcome"] != "ok":
        raise RuntimeError(f"the invocation failed: {log.getvalue()[:2000]}")
    return {"seconds": seconds, "cpu_seconds": cpu_seconds, "memory_mb": line["memory_mb"]}


def main() -> None:
    """Print the result of `invoke` for each event, as a JSON list."""
    events = json.load(sys.stdin)
    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})  # the S3 server has the first one
    handler = start_function(sys.argv[1])
    sys.stdout.write(json.dumps([invoke(handler, event) for event in events]))


if __name__ == "__main__":
    main()
