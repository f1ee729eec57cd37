"""Many requests: side by side, with a results file, a bar, a summary, and an end that is clean."""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from runner.errors import CallError
from runner.results.results_file import ResultsFile
from runner.results.summary import Summary
from runner.sending.enqueue import BATCH, find_queue, send_batch
from runner.sending.interruption import Stop
from runner.sending.invoke import invoke, output_key
from runner.sending.request_result import RequestResult
from runner.sending.retry import repeated
from runner.sending.target import Target
from runner.sending.workers import run_jobs
from runner.terminal import Progress, counted
from shared.corrected_days.request import CorrectedDayRequest

Work = Callable[[Sequence[CorrectedDayRequest]], list[RequestResult]]
"""Makes some requests, and tells what became of them."""


@dataclass(frozen=True)
class Pace:
    """How requests are made.

    Attributes:
        concurrency: how many calls at the same time.
        retries: how often a call is made again that failed in a way that may pass.
    """

    concurrency: int
    retries: int


def run_batch(
    requests: Sequence[CorrectedDayRequest],
    skipped: int,
    where: Target,
    how: Pace,
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


def call_work(where: Target, how: Pace, stop: Stop) -> Work:
    """Makes requests by calling the function."""
    client = where.lambda_client(how.concurrency)

    def call(requests: Sequence[CorrectedDayRequest]) -> list[RequestResult]:
        (request,) = requests
        begin = time.monotonic()
        try:
            reply, attempts = repeated(
                lambda: invoke(client, where.function, request.as_dict()), how.retries, stop.pause
            )
            key = output_key(reply, where.function)
        except CallError as error:
            seconds = time.monotonic() - begin
            return [RequestResult(request, seconds, error.attempts, error=error)]
        return [RequestResult(request, time.monotonic() - begin, attempts, output_key=key)]

    return call


def queue_work(where: Target, how: Pace, stop: Stop) -> Work:
    """Makes requests by putting them into the queue.

    Raises:
        CallError: the queue cannot be found.
    """
    client = where.sqs_client(how.concurrency)
    url = find_queue(where, client, how.retries)
    return lambda requests: send_batch(client, url, requests, how.retries, stop.pause)


def _stopping(work: Work, stop: Stop) -> Work:
    """Nothing new is begun once a call failed as every other one would."""

    def guarded(requests: Sequence[CorrectedDayRequest]) -> list[RequestResult]:
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
    summary: Summary, where: Target, results: ResultsFile, stop: Stop, seconds: float
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
