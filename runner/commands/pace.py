"""The pace of a run, its line after an interruption, and its report at the end."""

from dataclasses import dataclass
from pathlib import Path

from runner.results.summary import Summary
from runner.sending.interruption import Stop
from runner.terminal import pluralize


@dataclass(frozen=True)
class Pace:
    """Concurrency and retries of a run.

    Attributes:
        concurrency: number of parallel calls.
        retries: maximum number of retries of a call after transient errors.
    """

    concurrency: int
    retries: int


def interrupted(workers: int, noun: str) -> str:
    """Return the line for the user after a signal, while workers are still busy."""
    busy = pluralize(workers, f"running {noun}")
    return f"interrupted: waiting for {busy}; interrupt again to exit at once"


def report(summary: Summary, verb: str, path: Path, stop: Stop, seconds: float) -> int:
    """Print the summary and return the exit status.

    Args:
        summary: counts of the results.
        verb: "done", "queued" or "fetched".
        path: where the results are.
        stop: the run's flag.
        seconds: elapsed time of the run.

    Raises:
        CallError: the fatal error that ended the run.
    """
    for line in summary.lines(verb, seconds):
        print(line)
    if summary.done or summary.failed:
        print(f"results in {path}")
    if summary.fatal:
        raise summary.fatal  # last, so that the problem to fix is the last line on the terminal
    if stop.signal:
        return stop.exit_status
    return 1 if summary.failed else 0
