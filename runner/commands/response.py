"""Command for channel days: one, whose reply is printed, or as many as the archive has."""

import argparse
import json
from collections.abc import Mapping, Sequence
from typing import Any

from runner.commands import dry_run
from runner.commands.arguments import SAMPLE
from runner.commands.batch import Pace, run_batch
from runner.commands.output_file import write_output
from runner.errors import InputError
from runner.results import resume
from runner.results.reply_notes import day_lines
from runner.results.results_file import (
    DEFAULT_PATH,
    EarlierResults,
    ResultsFile,
    read_results,
    refuse_existing,
)
from runner.selection.channel_patterns import ChannelPattern
from runner.selection.day_ranges import RANGE, parse_days
from runner.selection.listing import Listing, list_days
from runner.selection.request_files import read_requests
from runner.selection.resolve_wildcards import resolve
from runner.selection.selector import Selector, parse_parameters
from runner.sending.interruption import Stop
from runner.sending.invoke import invoke, is_failure, unexpected_reply
from runner.sending.retry import call_with_retries
from runner.sending.target import Target
from runner.sending.workers import run_workers
from runner.terminal import Progress, note
from shared.archive.day import Day
from shared.corrected_days.request import CorrectedDayRequest
from shared.response.parameters import NAMES

_DAYS_WITHOUT_BAR = 16  # listing these takes only a moment


def run(options: argparse.Namespace, target: Target) -> int:
    """Correct channel days; return the exit status.

    Raises:
        BadRequestError, InputError: an option or a file is invalid; nothing was sent.
        CallError: the single call failed, or every call would fail for the same reason.
        RunError: the run could not continue.
    """
    path = options.results or DEFAULT_PATH
    earlier = read_results(path) if options.resume else None
    selectors = _selectors(options)
    selection = resolve(selectors, lambda days: _list_days(target, days))
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
        refuse_existing(path, resumed=options.resume)
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
        return run_batch(pending, skipped, target, pace, results_file)


def _selectors(options: argparse.Namespace) -> list[Selector]:
    """Return the selectors of the command line and of its files."""
    fields = {name: value for name, value in vars(options).items() if name in NAMES}
    selectors: list[Selector] = []
    if options.day or options.nscl or not options.file:
        parameters = parse_parameters(fields)
        channels = [ChannelPattern.parse(nscl) for nscl in options.nscl or [SAMPLE["nscl"]]]
        ranges = [parse_days(day) for day in options.day or [SAMPLE["day"]]]
        selectors = [Selector(days, each, parameters) for each in channels for days in ranges]
    for path in options.file:
        file = read_requests(path, fields)
        selectors += file.selectors
        for line in file.ignored:
            note(f"ignored: {line}")
    return selectors


def _list_days(
    target: Target, patterns: Mapping[Day, Sequence[ChannelPattern]]
) -> dict[Day, Listing]:
    archive, client = target.archive, target.archive_client()
    if len(patterns) <= _DAYS_WITHOUT_BAR:
        return list_days(client, archive, patterns, lambda: None)
    with Progress(len(patterns), f"listing {archive.bucket}", "days") as progress:
        return list_days(client, archive, patterns, progress.step)


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
    return stop.exit_status if stop.signal else 0
