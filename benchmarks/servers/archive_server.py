"""An S3 server in a process of its own, so that its memory and time are not the function's."""

import json
import signal
import sys

from benchmarks.response.response_removal import fill
from local.cloud.s3_server import S3Server


def main() -> None:
    """Serve until killed; says first with which environment a function uses it."""
    with S3Server() as server:
        fill(server)
        sys.stdout.write(json.dumps(server.function_environment) + "\n")
        sys.stdout.flush()
        signal.pause()


if __name__ == "__main__":
    main()
