"""Workers that process a queue, while S3 throttles and one of them is killed.

A worker is an emulator with a function. It is polled as Lambda's event source mapping does.
"""

import os
import signal
import threading
import time
import urllib.request
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import repeat
from typing import Any

from local.cloud.emulator import Emulator
from local.cloud.event_source_mapping import EventSourceMapping, Queues
from tests.support.throttle import Throttle

DEADLINE_S = 1800


@dataclass
class Run:
    """Counts of messages while the queue was processed: returned, received by batch, lost."""

    returned: int = 0
    received: list[int] = field(default_factory=list)
    lost: int = 0


class Mapping(EventSourceMapping):
    """An event source mapping that shows whether the function has a batch."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.invoking = threading.Event()

    def _invoke(self, messages: Any) -> bytes:
        self.invoking.set()
        try:
            return super()._invoke(messages)
        finally:
            self.invoking.clear()


def start(worker: Emulator) -> None:
    """Start a worker's runtime by a bad request: its imports take longest."""
    with urllib.request.urlopen(worker.url, b"{}", timeout=DEADLINE_S) as reply:
        assert b"BadRequestError" in reply.read()


def process_queue(
    sqs: Any, queues: Queues, throttle: Throttle, workers: list[Emulator], run: Run
) -> None:
    """Let the workers poll until the queue is empty; throttle S3 and kill a worker meanwhile."""
    deadline = time.monotonic() + DEADLINE_S
    lock = threading.Lock()
    mappings = [Mapping(sqs, queues.jobs, worker.url, batch_size=3) for worker in workers]

    def poll(worker: Emulator, mapping: Mapping) -> None:
        while waiting(sqs, queues.jobs) and time.monotonic() < deadline:
            received, back = mapping.poll()
            with lock:
                run.received.append(received)
                run.returned += back
            if worker.process.poll() is not None:  # a dead worker gets no more, on Lambda as here
                run.lost += back
                return

    def disturb() -> None:
        await_(lambda: sum(run.received) >= 9)
        throttle.on.set()
        await_(lambda: run.returned >= 6)
        throttle.on.clear()
        await_(lambda: sum(run.received) >= 24)
        kill_at_work(workers[0], mappings[0])

    with ThreadPoolExecutor(len(workers) + 1) as pool:
        for done in [pool.submit(disturb), *map(pool.submit, repeat(poll), workers, mappings)]:
            done.result()


def kill_at_work(worker: Emulator, mapping: Mapping) -> None:
    """Kill a worker while it has a batch. Stop it first, so that it cannot finish meanwhile."""
    group = worker.process.pid
    while True:
        await_(mapping.invoking.is_set)
        os.killpg(group, signal.SIGSTOP)
        time.sleep(0.5)  # lets a reply under way arrive
        if mapping.invoking.is_set():
            os.killpg(group, signal.SIGKILL)
            return
        os.killpg(group, signal.SIGCONT)


def await_(condition: Callable[[], bool]) -> None:
    """Wait for a condition."""
    deadline = time.monotonic() + DEADLINE_S
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def waiting(sqs: Any, queue_url: str) -> int:
    """Count the messages of a queue, those in flight included."""
    names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
    counts = sqs.get_queue_attributes(QueueUrl=queue_url, AttributeNames=names)["Attributes"]
    return sum(int(counts[name]) for name in names)
