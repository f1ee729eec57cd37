"""Command that fetches results: those of a results file, or of days and channels."""

import argparse

from runner.commands.fetching import fetch_results
from runner.commands.in_hand import draw
from runner.commands.pace import Pace
from runner.commands.selected import list_archive, selectors_of
from runner.errors import InputError
from runner.results.layout import Place, uris_in
from runner.results.plot import check_picture
from runner.results.results_file import DEFAULT_PATH, read_results
from runner.selection.resolve_wildcards import resolve
from runner.sending.target import Target
from runner.terminal import note
from shared.corrected_days.request import CorrectedDayRequest


def run(options: argparse.Namespace, target: Target) -> int:
    """Fetch results; return the exit status.

    Raises:
        BadRequestError, InputError: an option or a file is invalid; nothing was fetched.
        CallError: every result would fail for the same reason.
        RunError: the archive cannot be listed, or the picture cannot be drawn.
    """
    if options.plot:
        check_picture(options.plot, needs=("obspy", "matplotlib"))
    named = options.day or options.file
    uris = _of_days(options, target) if named else _of_results_file(options, target)
    if options.plot and len(uris) > 1:
        raise InputError(f"--plot is for a single result: there are {len(uris):,}")
    place = Place(options.download, options.layout)
    status = fetch_results(uris, place, target, Pace(options.concurrency, options.retries))
    if options.plot and status == 0:
        (path,) = place.files(uris)
        draw(path, options.plot)
    return status


def _of_days(options: argparse.Namespace, target: Target) -> dict[CorrectedDayRequest, str]:
    bucket = options.output_bucket or target.output_bucket(None)
    if not bucket:
        raise InputError("the bucket of the results is not known: give --output-bucket BUCKET")
    selection = resolve(selectors_of(options), lambda days: list_archive(target, days))
    for line in selection.notes:
        note(line)
    return uris_in(bucket, selection.requests)


def _of_results_file(options: argparse.Namespace, target: Target) -> dict[CorrectedDayRequest, str]:
    """Return the results of an earlier run; those of queued requests lie in the output bucket."""
    path = options.results or DEFAULT_PATH
    if not path.exists():
        raise InputError(
            f"there is no results file {path}: name one with --results, or give --day and --nscl"
        )
    earlier = read_results(path)
    queued = earlier.queued - earlier.corrected.keys()
    bucket = options.output_bucket or target.output_bucket(earlier.bucket)
    if queued and not bucket:
        raise InputError(
            f"{path} has queued requests, but not the bucket of their results: give"
            " --output-bucket BUCKET"
        )
    uris = {**earlier.corrected, **uris_in(bucket or "", sorted(queued, key=_place_in_time))}
    if not uris:
        raise InputError(f"{path} has no results")
    return uris


def _place_in_time(request: CorrectedDayRequest) -> tuple[str, str, str]:
    return str(request.day), request.channel.nscl, request.output_key
