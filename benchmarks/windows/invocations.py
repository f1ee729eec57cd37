"""Invoke one of the compared functions in this process, and print the time of each invocation.

Standard input has the requests as JSON, a list of lists of windows; each becomes an event of API
Gateway. Modules are loaded and the S3 client exists beforehand; nothing else is prepared.
"""

import argparse
import hashlib
import importlib
import io
import json
import sys
import time
from collections.abc import Callable
from contextlib import redirect_stdout
from typing import Any

from benchmarks.windows import tutorial
from local.project import PROJECT
from shared.aws import s3_client

Handler = Callable[[dict[str, Any]], dict[str, Any]]


def ours() -> Handler:
    """Return the handler of our function's image."""
    sys.path.insert(0, str(PROJECT / "timewindow_lambda"))
    handler = importlib.import_module("app").handler
    importlib.import_module("shared.windows.answer")  # loaded at first need
    s3_client.client(signed=False)
    return lambda event: handler(event, None)


def by_tutorial() -> Handler:
    """Return the tutorial's handler."""
    client = tutorial.make_client()
    return lambda event: tutorial.handler(event, client)


SIDES = {"ours": ours, "tutorial": by_tutorial}


def invoke(handler: Handler, windows: list[dict[str, str]]) -> dict[str, Any]:
    """Invoke a handler with a request for windows.

    Returns:
        `seconds`: the duration; `digest`: a digest of the samples of all windows.

    Raises:
        RuntimeError: a window has no data.
    """
    event = {"routeKey": "POST /windows", "body": json.dumps({"Windows": windows})}
    begun = time.perf_counter()
    with redirect_stdout(io.StringIO()):  # the log line
        reply = handler(event)
    seconds = time.perf_counter() - begun
    waveforms = json.loads(reply["body"])
    if reply["statusCode"] != 200 or not all("data" in waveform for waveform in waveforms):
        raise RuntimeError(f"{reply['statusCode']}: {reply['body'][:2000]}")
    samples = json.dumps([waveform["data"] for waveform in waveforms])
    return {"seconds": seconds, "digest": hashlib.sha256(samples.encode()).hexdigest()}


def main() -> None:
    """Print the result of `invoke` for each request as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("side", choices=sorted(SIDES), help="the function to invoke")
    handler = SIDES[parser.parse_args().side]()
    requests = json.load(sys.stdin)
    sys.stdout.write(json.dumps([invoke(handler, windows) for windows in requests]))


if __name__ == "__main__":
    main()
