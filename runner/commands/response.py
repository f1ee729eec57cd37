"""Command for channel days: one, whose reply is printed, or as many as the archive has."""

import argparse
import json
from collections.abc import Sequence
from typing import Any

from runner.commands import dry_run
from runner.commands.batch import run_batch
from runner.commands.fetching import fetch_results
from runner.commands.in_hand import hand_over
from runner.commands.output_file import write_output
from runner.commands.pace import Pace
from runner.commands.selected import list_archive, selectors_of
from runner.errors import InputError
from runner.results import resume
from runner.results.layout import Place, uris_in
from runner.results.plot import check_picture
from runner.results.reply_notes import day_lines
from runner.results.results_file import (
    DEFAULT_PATH,
    EarlierResults,
    ResultsFile,
    read_results,
    refuse_existing,
)
from runner.selection.day_ranges import RANGE
from runner.selection.resolve_wildcards import resolve
from runner.sending.interruption import Stop
from runner.sending.invoke import invoke, is_failure, output_key, unexpected_reply
from runner.sending.retry import call_with_retries
from runner.sending.target import Target
from runner.sending.workers import run_workers
from runner.terminal import Progress, note
from shared.corrected_days.request import CorrectedDayRequest


def run(options: argparse.Namespace, target: Target) -> int:
    """Correct channel days; return the exit status.

    Raises:
        BadRequestError, InputError: an option or a file is invalid; nothing was sent.
        CallError: the single call failed, or every call would fail for the same reason.
        RunError: the run could not continue.
    """
    if options.plot:
        check_picture(options.plot, needs=("obspy", "matplotlib"))
    path = options.results or DEFAULT_PATH
    earlier = read_results(path) if options.resume else None
    selectors = selectors_of(options)
    selection = resolve(selectors, lambda days: list_archive(target, days))
    requests = selection.requests
    asks_for_many = any(RANGE in day for day in options.day or []) or any(
        selector.channels.channel is None for selector in selectors
    )
    is_batch = bool(
        len(requests) > 1 or asks_for_many or options.results or options.resume or options.queue
    )
    if is_batch and not options.dry_run:
        if options.o:
            raise InputError("-o is for a single request: for several, use --results")
        if options.plot:
            raise InputError("--plot is for a single request: for several, use --download")
        refuse_existing(path, resumed=options.resume)
    if place := Place(options.download, options.layout) if options.download else None:
        place.files(uris_in("any", requests))  # refuses before anything is sent
    for line in selection.notes:
        note(line)
    pending = requests if earlier is None else _pending(requests, earlier, options, target)
    skipped = len(requests) - len(pending)
    if options.dry_run:
        dry_run.print_requests(pending, skipped, target, options.o)
        return 0
    if not is_batch:
        return _run_one(requests[0], target, options)
    pace = Pace(options.concurrency, options.retries)
    with ResultsFile(path, earlier) as results_file:
        status = run_batch(pending, skipped, target, pace, results_file)
    if not place or status > 1:  # interrupted
        return status
    uris = read_results(path).corrected
    bucket = options.output_bucket or target.output_bucket(earlier.bucket if earlier else None)
    # Skipped ones that the file does not have were found in the bucket.
    uris |= uris_in(bucket or "", set(requests) - set(pending) - uris.keys())
    wanted = {request: uris[request] for request in requests if request in uris}
    return max(status, fetch_results(wanted, place, target, pace))


def _pending(
    requests: Sequence[CorrectedDayRequest],
    earlier: EarlierResults,
    options: argparse.Namespace,
    target: Target,
) -> list[CorrectedDayRequest]:
    """Return the requests without a result in the results file or in the output bucket."""
    if earlier.is_cut_off:
        note("the last line of the results file is incomplete: its request will be sent again")
    # Queued requests count as done, unless the user names the bucket to check for their results.
    queued = options.queue is not None and not options.output_bucket
    pending = resume.not_in_file(requests, earlier, queued=queued)
    if queued and len(pending) < len(requests):
        note(
            "queued requests count as done: use --output-bucket BUCKET to queue those without a"
            " result again"
        )
    bucket = options.output_bucket or target.output_bucket(earlier.bucket)
    if not bucket or not pending:
        return pending
    with Progress(len(pending), f"checking {bucket}", "objects") as progress:
        pending, warning = resume.not_in_bucket(
            target.output_client(), bucket, pending, progress.step
        )
    if warning:
        note(warning)
    return pending


def _run_one(request: CorrectedDayRequest, target: Target, options: argparse.Namespace) -> int:
    """Send one request, print or write the reply, and return the exit status."""
    client, stop = target.lambda_client(connections=1), Stop()

    def call(request: CorrectedDayRequest) -> Any:
        event = request.as_dict()
        reply, _ = call_with_retries(
            lambda: invoke(client, target.function, event), options.retries, stop.pause, note
        )
        return reply

    def on_interrupt(_: int) -> None:
        note("interrupted: waiting for the running call; interrupt again to exit at once")

    replies = list(run_workers(call, [request], 1, stop, on_interrupt))
    for reply in replies:
        if is_failure(reply) or isinstance(reply, list):
            raise unexpected_reply(
                reply, f"is not a result: is {target.function} the response function?"
            )
        text = json.dumps(reply, indent=2)
        if options.o is None:
            print(text)
        else:
            write_output(options.o, f"{text}\n".encode())
            print(f"wrote {options.o}")
            for line in day_lines(reply):
                note(line)
        if options.download or options.plot or "output_key" in reply:
            hand_over(request, output_key(reply, target.function), options, target)
    return stop.exit_status if stop.signal else 0
