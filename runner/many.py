"""Many requests: side by side, with a results file, a bar, a summary, and an end that is clean."""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from runner.calls import invoke, output_key
from runner.counting import counted
from runner.failures import CallError
from runner.interruption import Stop
from runner.jobs import run_jobs
from runner.outcome import Outcome
from runner.progress import Progress
from runner.queueing import BATCH, find_queue, send_batch
from runner.results import ResultsFile
from runner.retries import repeated
from runner.summary import Summary
from runner.wanted import as_json
from runner.where import Where
from shared.corrected_day_request import CorrectedDayRequest

Work = Callable[[Sequence[CorrectedDayRequest]], list[Outcome]]
"""Makes some requests, and tells what became of them."""


@dataclass(frozen=True)
class How:
    """How requests are made.

    Attributes:
        concurrency: how many calls at the same time.
        retries: how often a call is made again that failed in a way that may pass.
    """

    concurrency: int
    retries: int


def run_many(
    requests: Sequence[CorrectedDayRequest],
    skipped: int,
    where: Where,
    how: How,
    results: ResultsFile,
) -> int:
    """Make requests, and print what became of them; returns the exit status.

    Args:
        requests: what is to be done.
        skipped: how many more were done before.
        where: where they go.
        how: how they are made.
        results: the results file, entered.

    Raises:
        CallError: the queue cannot be found.
        RunError: the results cannot be written.
    """
    stop, begin = Stop(), time.monotonic()
    work = queue_work(where, how, stop) if where.queue else call_work(where, how, stop)
    summary = Summary(len(requests) + skipped, skipped)
    size = BATCH if where.queue else 1
    with Progress(len(requests), "queue" if where.queue else "days", "requests") as progress:
        outcomes = run_jobs(
            _stopping(work, stop),
            _batches(requests, size),
            min(how.concurrency, -(-len(requests) // size)),
            stop,
            lambda threads: progress.say(_interrupted(threads)),
        )
        for some in outcomes:
            kept = summary.take(some)
            results.write(kept)
            for outcome in kept:
                progress.step(failed=outcome.error is not None)
    return _finish(summary, where, results, stop, time.monotonic() - begin)


def call_work(where: Where, how: How, stop: Stop) -> Work:
    """Makes requests by calling the function."""
    client = where.lambda_client(how.concurrency)

    def call(requests: Sequence[CorrectedDayRequest]) -> list[Outcome]:
        (request,) = requests
        begin = time.monotonic()
        try:
            reply, attempts = repeated(
                lambda: invoke(client, where.function, as_json(request)), how.retries, stop.pause
            )
            key = output_key(reply, where.function)
        except CallError as error:
            seconds = time.monotonic() - begin
            return [Outcome(request, seconds, error.attempts, error=error)]
        return [Outcome(request, time.monotonic() - begin, attempts, output_key=key)]

    return call


def queue_work(where: Where, how: How, stop: Stop) -> Work:
    """Makes requests by putting them into the queue.

    Raises:
        CallError: the queue cannot be found.
    """
    client = where.sqs_client(how.concurrency)
    url = find_queue(where, client, how.retries)
    return lambda requests: send_batch(client, url, requests, how.retries, stop.pause)


def _stopping(work: Work, stop: Stop) -> Work:
    """Nothing new is begun once a call failed as every other one would."""

    def guarded(requests: Sequence[CorrectedDayRequest]) -> list[Outcome]:
        outcomes = work(requests)
        if any(outcome.error and outcome.error.for_all for outcome in outcomes):
            stop.ask()
        return outcomes

    return guarded


def _batches(
    requests: Sequence[CorrectedDayRequest], size: int
) -> Iterator[Sequence[CorrectedDayRequest]]:
    return (requests[first : first + size] for first in range(0, len(requests), size))


def _interrupted(threads: int) -> str:
    calls = counted(threads, "call")
    return f"interrupted: waiting for {calls} under way; once more ends at once"


def _finish(
    summary: Summary, where: Where, results: ResultsFile, stop: Stop, seconds: float
) -> int:
    for line in summary.lines("queued" if where.queue else "done", seconds):
        print(line)
    if summary.done or summary.failed:
        print(f"results in {results.path}")
    if summary.fatal:
        # Told last, as it is what is to be mended.
        raise summary.fatal
    if stop.signal:
        return stop.exit_status
    return 1 if summary.failed else 0
