"""The command for channel days: one, whose reply is printed, or as many as the archive has."""

import argparse
import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from runner import dry_run, resume
from runner.arguments import SAMPLE
from runner.calls import invoke, is_failure, unexpected
from runner.channel_patterns import ChannelPattern
from runner.day_ranges import parse_days
from runner.failures import InputError, RunError
from runner.interruption import Stop
from runner.jobs import run_jobs
from runner.listing import Listing, list_days
from runner.many import How, run_many
from runner.progress import Progress
from runner.request_files import read_requests
from runner.results import DEFAULT, Earlier, ResultsFile, read_results, refuse_existing
from runner.retries import repeated
from runner.selection import select
from runner.wanted import Wanted, as_json, parse_parameters
from runner.where import Where
from shared import settings
from shared.corrected_day_request import FIELDS, CorrectedDayRequest
from shared.days import Day

_FEW = 16  # days that are listed in a moment


def run(options: argparse.Namespace, where: Where) -> int:
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
        return run_many(left, skipped, where, How(options.concurrency, options.retries), file)


def _wanted(options: argparse.Namespace) -> list[Wanted]:
    """What the command line asks for, and what its files do."""
    fields = {name: value for name, value in vars(options).items() if name in FIELDS[2:]}
    wanted: list[Wanted] = []
    if options.day or options.nscl or not options.file:
        parameters = parse_parameters(fields)
        channels = [ChannelPattern.parse(nscl) for nscl in options.nscl or [SAMPLE["nscl"]]]
        days = [parse_days(day) for day in options.day or [SAMPLE["day"]]]
        wanted = [Wanted(some, each, parameters) for each in channels for some in days]
    for path in options.file:
        found = read_requests(path, fields)
        wanted += found.wanted
        for line in found.ignored:
            _say(f"ignored: {line}")
    return wanted


def _listed(where: Where, prefixes: Mapping[Day, Sequence[str]]) -> dict[Day, Listing]:
    bucket, client = settings.input_bucket(), where.archive_client()
    if len(prefixes) <= _FEW:
        return list_days(client, bucket, prefixes, lambda: None)
    with Progress(len(prefixes), f"listing {bucket}", "days") as progress:
        return list_days(client, bucket, prefixes, progress.step)


def _left(
    requests: Sequence[CorrectedDayRequest],
    earlier: Earlier,
    options: argparse.Namespace,
    where: Where,
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


def _run_one(request: CorrectedDayRequest, where: Where, options: argparse.Namespace) -> int:
    """Make one request, and print the reply."""
    client, stop = where.lambda_client(connections=1), Stop()

    def call(request: CorrectedDayRequest) -> Any:
        event = as_json(request)
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
