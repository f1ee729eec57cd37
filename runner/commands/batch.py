"""Send many requests in parallel: progress, results file, interruption, summary."""

import time
from collections.abc import Callable, Iterator, Sequence

from runner.commands.pace import Pace, interrupted, report
from runner.errors import CallError
from runner.results.results_file import ResultsFile
from runner.results.summary import Summary
from runner.sending.enqueue import MAX_MESSAGES, find_queue, send_batch
from runner.sending.interruption import Stop
from runner.sending.invoke import gaps_of, invoke, output_key, warnings_of
from runner.sending.request_result import RequestResult
from runner.sending.retry import call_with_retries
from runner.sending.target import Target
from runner.sending.workers import run_workers
from runner.terminal import Progress
from shared.corrected_days.request import CorrectedDayRequest

Sender = Callable[[Sequence[CorrectedDayRequest]], list[RequestResult]]
"""Sends requests and returns their results."""


def run_batch(
    requests: Sequence[CorrectedDayRequest],
    skipped: int,
    target: Target,
    pace: Pace,
    results_file: ResultsFile,
) -> int:
    """Send requests, print a summary, and return the exit status.

    Args:
        requests: the requests.
        skipped: number of further requests that an earlier run has done.
        target: where the requests go.
        pace: concurrency and retries.
        results_file: the results file, entered.

    Raises:
        CallError: the queue does not exist, or every call would fail for the same reason.
        RunError: the results cannot be written.
    """
    stop, begin = Stop(), time.monotonic()
    sender = (queue_sender if target.queue else function_sender)(target, pace, stop)
    summary = Summary(len(requests) + skipped, skipped)
    size = MAX_MESSAGES if target.queue else 1
    with Progress(len(requests), "queue" if target.queue else "days", "requests") as progress:
        completed = run_workers(
            _stop_on_fatal(sender, stop),
            _slices(requests, size),
            min(pace.concurrency, -(-len(requests) // size)),
            stop,
            lambda workers: progress.note(interrupted(workers, "call")),
        )
        for results in completed:
            recorded = summary.add(results)
            results_file.write(recorded)
            for result in recorded:
                progress.step(failed=result.error is not None)
    verb = "queued" if target.queue else "done"
    return report(summary, verb, results_file.path, stop, time.monotonic() - begin)


def function_sender(target: Target, pace: Pace, stop: Stop) -> Sender:
    """Return a sender that invokes the function, with one request at a time."""
    client = target.lambda_client(pace.concurrency)

    def send(requests: Sequence[CorrectedDayRequest]) -> list[RequestResult]:
        (request,) = requests
        begin = time.monotonic()
        try:
            reply, attempts = call_with_retries(
                lambda: invoke(client, target.function, request.as_dict()),
                pace.retries,
                stop.pause,
            )
            key = output_key(reply, target.function)
            warnings, gaps = warnings_of(reply), gaps_of(reply)
        except CallError as error:
            seconds = time.monotonic() - begin
            return [RequestResult(request, seconds, error.attempts, error=error)]
        seconds = time.monotonic() - begin
        return [RequestResult(request, seconds, attempts, key, warnings=warnings, gaps=gaps)]

    return send


def queue_sender(target: Target, pace: Pace, stop: Stop) -> Sender:
    """Return a sender that puts requests into the queue.

    Raises:
        CallError: the queue does not exist, or SQS does not answer.
    """
    client = target.sqs_client(pace.concurrency)
    url = find_queue(target, client, pace.retries)
    return lambda requests: send_batch(client, url, requests, pace.retries, stop.pause)


def _stop_on_fatal(sender: Sender, stop: Stop) -> Sender:
    """Return a sender that stops the run after a fatal error."""

    def send(requests: Sequence[CorrectedDayRequest]) -> list[RequestResult]:
        results = sender(requests)
        if any(result.error and result.error.fatal for result in results):
            stop.request()
        return results

    return send


def _slices(
    requests: Sequence[CorrectedDayRequest], size: int
) -> Iterator[Sequence[CorrectedDayRequest]]:
    return (requests[first : first + size] for first in range(0, len(requests), size))
