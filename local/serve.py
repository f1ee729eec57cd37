"""Serve S3 and one function behind Lambda's emulator on this machine, until Ctrl-C.

The response function also gets its queue, which is polled as Lambda polls it.
"""

import argparse
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.client import HTTPException

from botocore.exceptions import BotoCoreError, ClientError

from local.cloud.emulator import TIMEOUT_S, Emulator, EmulatorError
from local.cloud.event_source_mapping import MAX_RECEIVE_COUNT, EventSourceMapping, Queues
from local.cloud.s3_server import OUTPUT_BUCKET, S3Server
from local.console import fail, say
from local.synthetic.archive import DEMO_ARCHIVE, write_archive

_WAIT_S = 2 * TIMEOUT_S
"""How long the queue's call may take: another call may run before it."""

_POLL_S = 0.5
"""How soon Ctrl-C takes effect."""

STACK = "local"
"""The prefix of the queues' names, which on AWS is the stack's name."""


def main() -> None:
    """Serve until interrupted."""
    parser = argparse.ArgumentParser(prog="make serve", description=__doc__)
    parser.add_argument("function", choices=("response", "timewindow"))
    parser.add_argument("--port", type=int, default=9000, help="port of the emulator")
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    try:
        say("Making the demo's archive, unless it exists")
        archive = write_archive(DEMO_ARCHIVE, say)
        aws_port = _aws_port(options.port)
        with S3Server(port=aws_port) as aws:
            aws.put_folder(archive)
            queues = Queues.create(aws.sqs, STACK, visibility_timeout_s=_WAIT_S)
            environment = {
                **aws.function_environment,
                "DEAD_LETTER_QUEUE_URL": queues.dead_letters,
                "MAX_RECEIVE_COUNT": str(MAX_RECEIVE_COUNT),
            }
            log = sys.stderr.buffer
            served = Emulator(options.function, environment, options.port, log)
            with _polling() as poll, served as emulator:
                say(f"S3 with the archive and s3://{OUTPUT_BUCKET}: {aws.endpoint_url}")
                say(f"The {options.function} function: {emulator.url}")
                if options.port and not aws_port:
                    say(f"(port {options.port + 1} is taken)")
                if options.function == "response":
                    say(f"Queues {STACK}-jobs and {STACK}-dead-letters: {aws.endpoint_url}")
                    url = emulator.url
                    poll(EventSourceMapping(aws.sqs, queues.jobs, url, timeout_s=_WAIT_S))
                say("Calls queue up: the emulator takes one at a time. Ctrl-C stops everything.")
                # Not `signal.pause`: it does not return when another thread gets the signal.
                while True:
                    time.sleep(_POLL_S)
    except EmulatorError as error:
        fail(f"{error}; choose another port, such as PORT=9010")
    except KeyboardInterrupt:
        say("\nStopped.")


def _aws_port(port: int) -> int:
    """Return the port for S3 and SQS: the one after the function's, or 0 (any) if it is taken."""
    try:
        socket.create_server(("127.0.0.1", port + 1)).close()
    except (OSError, OverflowError):
        return 0
    return port + 1


@contextmanager
def _polling() -> Iterator[Callable[[EventSourceMapping], None]]:
    """Yield a function that starts polling a queue; polling ends with the block."""
    stop = threading.Event()
    threads: list[threading.Thread] = []

    def poll(mapping: EventSourceMapping) -> None:
        while not stop.is_set():
            try:
                if received := mapping.poll()[0]:
                    say(f"Messages taken from the queue: {received}")
            except (OSError, HTTPException, BotoCoreError, ClientError):
                # The call timed out, or the emulator ended first. The queue hands its messages
                # out again, as on Lambda.
                stop.wait(1)

    def start(mapping: EventSourceMapping) -> None:
        threads.append(threading.Thread(target=poll, args=(mapping,)))
        threads[-1].start()

    try:
        yield start
    finally:
        stop.set()
        for thread in threads:
            thread.join()


if __name__ == "__main__":
    main()
