"""Fetch many results in parallel: progress, failures by name, summary."""

import time
from collections.abc import Mapping
from pathlib import Path

from runner.commands.pace import Pace, interrupted, report
from runner.errors import CallError
from runner.results.layout import Place
from runner.results.summary import Summary
from runner.sending.fetch import fetch
from runner.sending.interruption import Stop
from runner.sending.request_result import RequestResult
from runner.sending.retry import call_with_retries
from runner.sending.target import Target
from runner.sending.workers import run_workers
from runner.terminal import Progress, note
from shared.corrected_days.request import CorrectedDayRequest


def fetch_results(
    uris: Mapping[CorrectedDayRequest, str], place: Place, target: Target, pace: Pace
) -> int:
    """Fetch results that the folder does not have, print a summary, and return the exit status.

    Args:
        uris: the results, s3://BUCKET/KEY, by request.
        place: where they go.
        target: whose S3 has them.
        pace: concurrency and retries.

    Raises:
        CallError: every other one would fail for the same reason.
        InputError: two results have the same file.
    """
    files, stop, begin = place.files(uris), Stop(), time.monotonic()
    client = target.download_client(pace.concurrency)

    def get(path: Path) -> tuple[RequestResult, bool]:
        start, request = time.monotonic(), files[path]
        uri = uris[request]
        try:
            is_new, attempts = call_with_retries(
                lambda: fetch(client, uri, path), pace.retries, stop.pause
            )
        except CallError as error:
            if error.fatal:
                stop.request()
            seconds = time.monotonic() - start
            return RequestResult(request, seconds, error.attempts, error=error), False
        return RequestResult(request, time.monotonic() - start, attempts, uri), is_new

    summary = Summary(len(files))
    with Progress(len(files), "fetch", "objects") as progress:
        workers = min(pace.concurrency, len(files))
        notice = lambda busy: progress.note(interrupted(busy, "download"))  # noqa: E731
        for result, is_new in run_workers(get, files, workers, stop, notice):
            if result.error is None and not is_new:
                summary.skipped += 1
            elif summary.add([result]) and result.error:
                progress.note(f"failed: {result.error}")
            progress.step(failed=result.error is not None)
    status = report(summary, "fetched", place.folder, stop, time.monotonic() - begin)
    if place.layout == "sds" and summary.done + summary.skipped:
        opened = f"Client({str(place.folder)!r})"
        note(f"open them with: from obspy.clients.filesystem.sds import Client; client = {opened}")
    return status


def fetch_one(
    request: CorrectedDayRequest, uri: str, place: Place, target: Target, retries: int
) -> Path:
    """Fetch a result that the folder does not have, and return its file.

    Args:
        request: the request.
        uri: its result, s3://BUCKET/KEY.
        place: where it goes.
        target: whose S3 has it.
        retries: maximum number of retries after transient errors.

    Raises:
        CallError: it cannot be fetched.
        InputError: its key leads out of the folder.
    """
    (path,) = place.files({request: uri})
    client, stop = target.download_client(1), Stop()
    call_with_retries(lambda: fetch(client, uri, path), retries, stop.pause, note)
    return path
