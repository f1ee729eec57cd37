"""The command for channel days: one, whose reply is printed, or as many as the archive has."""

import argparse
import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from runner.commands import dry_run
from runner.commands.arguments import SAMPLE
from runner.commands.batch import Pace, run_batch
from runner.errors import InputError, RunError
from runner.results import resume
from runner.results.results_file import (
    DEFAULT,
    EarlierResults,
    ResultsFile,
    read_results,
    refuse_existing,
)
from runner.selection.channel_patterns import ChannelPattern
from runner.selection.day_ranges import parse_days
from runner.selection.listing import Listing, list_days
from runner.selection.request_files import read_requests
from runner.selection.resolve import select
from runner.selection.selector import Selector, parse_parameters
from runner.sending.interruption import Stop
from runner.sending.invoke import invoke, is_failure, unexpected
from runner.sending.retry import repeated
from runner.sending.target import Target
from runner.sending.workers import run_jobs
from runner.terminal import Progress
from shared import settings
from shared.archive.day import Day
from shared.corrected_days.request import CorrectedDayRequest
from shared.response.parameters import NAMES

_FEW = 16  # days that are listed in a moment


def run(options: argparse.Namespace, where: Target) -> int:
    """Correct channel days; returns the exit status.

    Raises:
        BadRequestError, InputError: something is wrong with what was asked; nothing was sent.
        CallError: the one call failed, or all calls would.
        RunError: the run could not go on.
    """
    results = options.results or DEFAULT
    earlier = read_results(results) if options.resume else None
    selection = select(_wanted(options), lambda days: _listed(where, days))
    requests = selection.requests
    is_many = len(requests) > 1 or bool(options.results or options.resume or options.queue)
    if is_many and not options.dry_run:
        if options.o:
            raise InputError(
                "-o takes the reply to a single request: results of more go to --results"
            )
        refuse_existing(results, resumed=options.resume)
    for note in selection.notes:
        _say(note)
    left = requests if earlier is None else _left(requests, earlier, options, where)
    skipped = len(requests) - len(left)
    if options.dry_run:
        dry_run.tell(left, skipped, where, options.o)
        return 0
    if not is_many:
        return _run_one(requests[0], where, options)
    with ResultsFile(results, earlier) as file:
        return run_batch(left, skipped, where, Pace(options.concurrency, options.retries), file)


def _wanted(options: argparse.Namespace) -> list[Selector]:
    """What the command line asks for, and what its files do."""
    fields = {name: value for name, value in vars(options).items() if name in NAMES}
    wanted: list[Selector] = []
    if options.day or options.nscl or not options.file:
        parameters = parse_parameters(fields)
        channels = [ChannelPattern.parse(nscl) for nscl in options.nscl or [SAMPLE["nscl"]]]
        days = [parse_days(day) for day in options.day or [SAMPLE["day"]]]
        wanted = [Selector(some, each, parameters) for each in channels for some in days]
    for path in options.file:
        found = read_requests(path, fields)
        wanted += found.wanted
        for line in found.ignored:
            _say(f"ignored: {line}")
    return wanted


def _listed(where: Target, prefixes: Mapping[Day, Sequence[str]]) -> dict[Day, Listing]:
    bucket, client = settings.input_bucket(), where.archive_client()
    if len(prefixes) <= _FEW:
        return list_days(client, bucket, prefixes, lambda: None)
    with Progress(len(prefixes), f"listing {bucket}", "days") as progress:
        return list_days(client, bucket, prefixes, progress.step)


def _left(
    requests: Sequence[CorrectedDayRequest],
    earlier: EarlierResults,
    options: argparse.Namespace,
    where: Target,
) -> list[CorrectedDayRequest]:
    """The requests that have neither succeeded yet, nor an object in the output bucket."""
    if earlier.broken:
        _say("the last line of the results is half-written, and its request counts as not made")
    # What was queued is done, unless whoever names the bucket wants to know what came of it.
    queued = options.queue is not None and not options.output_bucket
    left = resume.not_in_file(requests, earlier, queued=queued)
    if queued and len(left) < len(requests):
        _say(
            "what was queued before counts as done: --output-bucket BUCKET queues again what has"
            " not come"
        )
    bucket = options.output_bucket or settings.output_bucket_if_set()
    if not options.endpoint_url:  # the emulator's bucket need not be on AWS, nor be ours if it is
        bucket = bucket or earlier.bucket
    if not bucket or not left:
        return left
    with Progress(len(left), f"looking into {bucket}", "objects") as progress:
        left, note = resume.not_in_bucket(where.output_client(), bucket, left, progress.step)
    if note:
        _say(note)
    return left


def _run_one(request: CorrectedDayRequest, where: Target, options: argparse.Namespace) -> int:
    """Make one request, and print the reply."""
    client, stop = where.lambda_client(connections=1), Stop()

    def call(request: CorrectedDayRequest) -> Any:
        event = request.as_dict()
        reply, _ = repeated(
            lambda: invoke(client, where.function, event), options.retries, stop.pause, _say
        )
        return reply

    def interrupted(_: int) -> None:
        _say("interrupted: waiting for the call under way; once more ends at once")

    replies = list(run_jobs(call, [request], 1, stop, interrupted))
    for reply in replies:
        if is_failure(reply) or isinstance(reply, list):
            raise unexpected(reply, f"is no result: is {where.function} the response function?")
        _tell(json.dumps(reply, indent=2), options.o)
    return stop.exit_status if stop.signal else 0


def _tell(text: str, output: Path | None) -> None:
    if output is None:
        print(text)
        return
    try:
        output.write_text(f"{text}\n", encoding="utf-8")
    except OSError as error:
        raise RunError(f"{output} cannot be written: {error}") from error
    print(f"wrote {output}")


def _say(line: str) -> None:
    print(line, file=sys.stderr)
