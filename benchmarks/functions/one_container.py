"""Start a function in this process, as a container does, and time its start and invocations.

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
    """Import a function's handler, as its image's CMD does, and create its S3 client."""
    sys.path.insert(0, f"{function}_lambda")
    handler: Handler = importlib.import_module("app").handler
    importlib.import_module("shared.aws.s3_client").client(signed=False)
    return handler


def start_libraries() -> Handler:
    """Import ObsPy and boto3 and create an S3 client, the least that such a function needs."""
    importlib.import_module("obspy")
    importlib.import_module("boto3").client("s3", region_name="us-west-2")
    return lambda *_: None


STARTS: dict[str, Callable[[], Handler]] = {
    "response": lambda: start_function("response"),
    "timewindow": lambda: start_function("timewindow"),
    "libraries": start_libraries,
}


def main() -> None:
    """Print the seconds and the processor time of the start, and the seconds of each invocation."""
    events = json.load(sys.stdin)
    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})  # the S3 server has the first one
    begun, computed = time.perf_counter(), time.process_time()
    handler = STARTS[sys.argv[1]]()
    start_s, start_cpu_s = time.perf_counter() - begun, time.process_time() - computed
    invocations_s = []
    for event in events:
        begun = time.perf_counter()
        with redirect_stdout(io.StringIO()):  # the log line
            handler(event, None)
        invocations_s.append(time.perf_counter() - begun)
    measured = {"start_s": start_s, "start_cpu_s": start_cpu_s, "invocations_s": invocations_s}
    sys.stdout.write(json.dumps(measured))


if __name__ == "__main__":
    main()
