"""Summary of a run: counts of results, and an example of each error."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from runner.errors import CallError
from runner.sending.request_result import RequestResult
from runner.terminal import pluralize, shorten

_SHOWN_CHARACTERS = 160


@dataclass
class Summary:
    """Counts of the results of a run.

    Attributes:
        total: number of requests, including the skipped ones.
        skipped: number of requests that an earlier run has done.
        done: number of requests that succeeded.
        failed: number of requests that failed, by error type.
        examples: one message of each error type.
        fatal: the error that ended the run, as every further call would have failed; else None.
    """

    total: int
    skipped: int = 0
    done: int = 0
    failed: Counter[str] = field(default_factory=Counter)
    examples: dict[str, str] = field(default_factory=dict)
    fatal: CallError | None = None

    def add(self, results: Iterable[RequestResult]) -> list[RequestResult]:
        """Count results; return those to write to the results file.

        A fatal error is not written: it would have met any request.
        """
        recorded = []
        for result in results:
            error = result.error
            if error and error.fatal:
                self.fatal = self.fatal or error
                continue
            recorded.append(result)
            if error:
                self.failed[error.kind] += 1
                self.examples.setdefault(error.kind, error.message)
            else:
                self.done += 1
        return recorded

    @property
    def left(self) -> int:
        """Number of requests that were not sent, or not finished."""
        return self.total - self.skipped - self.done - self.failed.total()

    def lines(self, verb: str, seconds: float) -> list[str]:
        """Return the summary.

        Args:
            verb: "done" or "queued".
            seconds: elapsed time of the run.
        """
        counts = [f"{self.done:,} {verb}", f"{self.failed.total():,} failed"]
        if self.skipped:
            counts.append(f"{self.skipped:,} skipped (already {verb})")
        if self.left:
            counts.append(f"{self.left:,} left")
        lines = [f"{pluralize(self.total, 'request')} in {seconds:.1f} s: {', '.join(counts)}"]
        for kind, count in self.failed.most_common():
            example = shorten(self.examples[kind], _SHOWN_CHARACTERS)
            lines.append(f"  {count:,} {kind}, for example: {example}")
        return lines
