"""The local HTTP API in front of a function that runs in this process, on one processor.

It hands requests over as events of payload format 2.0, as Lambda does, but without an emulator
between: its time is the function's and that of HTTP.
"""

import argparse
import io
import json
import os
import time
from collections.abc import Callable
from contextlib import redirect_stdout
from typing import Any, cast

from benchmarks.servers import server_process
from benchmarks.speed.one_container import Handler, start_function
from local.cloud.http_api import HttpApi
from local.cloud.invocations import Runtime
from local.cloud.wsgi_server import WsgiServer


class OwnRuntime:
    """Runs a function in this process, one call after another.

    Args:
        handler: the function's.
    """

    def __init__(self, handler: Handler) -> None:
        self._handler = handler

    def call(
        self, event: bytes, begin: Callable[[], object] = lambda: None
    ) -> tuple[int, str, bytes]:
        """Return the status, the content type and the body of a reply, as `Runtime.call` does."""
        begin()
        with redirect_stdout(io.StringIO()):
            reply: Any = self._handler(json.loads(event), None)
        return 200, "application/json", json.dumps(reply).encode()


def main() -> None:
    """Serve until standard input ends; see `server_process`."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("function", help="response or timewindow")
    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})  # the S3 server has the first one
    function = parser.parse_args().function
    runtime = cast("Runtime", OwnRuntime(start_function(function)))
    with WsgiServer(HttpApi({function: runtime})) as server:
        server_process.report(server.port, lambda: {"cpu_seconds": time.process_time()})


if __name__ == "__main__":
    main()
