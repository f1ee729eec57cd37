"""One side answers requests for time windows in this process, and says how long it took.

Standard input has requests as JSON, a list of lists of windows; each is an invocation by API
Gateway. Modules are loaded and the S3 client is made before; nothing else is.
"""

import argparse
import hashlib
import importlib
import json
import sys
import time
from collections.abc import Callable
from typing import Any

from benchmarks.windows import tutorial
from local.cloud.emulator import PROJECT
from shared.aws import s3_client

Handler = Callable[[dict[str, Any]], dict[str, Any]]


def ours() -> Handler:
    """The handler of our function's image."""
    sys.path.insert(0, str(PROJECT / "timewindow_lambda"))
    handler = importlib.import_module("app").handler
    s3_client.client(signed=False)
    return lambda event: handler(event, None)


def by_tutorial() -> Handler:
    """The tutorial's."""
    client = tutorial.make_client()
    return lambda event: tutorial.handler(event, client)


SIDES = {"ours": ours, "tutorial": by_tutorial}


def answer(handler: Handler, windows: list[dict[str, str]]) -> dict[str, Any]:
    """Invoke a handler.

    Returns:
        seconds: how long it took.
        digest: of the samples of all windows.

    Raises:
        RuntimeError: one of the windows has not been answered.
    """
    event = {"routeKey": "POST /windows", "body": json.dumps({"Windows": windows})}
    begun = time.perf_counter()
    reply = handler(event)
    seconds = time.perf_counter() - begun
    found = json.loads(reply["body"])
    if reply["statusCode"] != 200 or not all("data" in window for window in found):
        raise RuntimeError(f"{reply['statusCode']}: {reply['body'][:2000]}")
    samples = json.dumps([window["data"] for window in found])
    return {"seconds": seconds, "digest": hashlib.sha256(samples.encode()).hexdigest()}


def main() -> None:
    """Write what `answer` says of each request."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("side", choices=sorted(SIDES))
    handler = SIDES[parser.parse_args().side]()
    requests = json.load(sys.stdin)
    sys.stdout.write(json.dumps([answer(handler, windows) for windows in requests]))


if __name__ == "__main__":
    main()
