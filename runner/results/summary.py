"""Summary of a run: counts of results, and an example of each error and of each warning."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from runner.errors import CallError
from runner.results.warning_kinds import WarningKinds
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
        warned: number of these whose reply has warnings.
        warnings: their warnings.
        with_gaps: number of requests that succeeded and whose reply has gaps.
        gaps: number of gaps in all of them.
        failed: number of requests that failed, by error type.
        examples: one message of each error type.
        fatal: the error that ended the run, as every further call would have failed; else None.
    """

    total: int
    skipped: int = 0
    done: int = 0
    warned: int = 0
    warnings: WarningKinds = field(default_factory=WarningKinds)
    with_gaps: int = 0
    gaps: int = 0
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
                self._add_done(result)
        return recorded

    def _add_done(self, result: RequestResult) -> None:
        self.done += 1
        self.warned += bool(result.warnings)
        self.warnings.add(result.warnings)
        self.with_gaps += bool(result.gaps)
        self.gaps += len(result.gaps)

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
        warned = [f"{self.warned:,} with warnings"] if self.warned else []
        counts = [f"{self.done:,} {verb}", *warned, f"{self.failed.total():,} failed"]
        if self.skipped:
            counts.append(f"{self.skipped:,} skipped (already {verb})")
        if self.left:
            counts.append(f"{self.left:,} left")
        lines = [f"{pluralize(self.total, 'request')} in {seconds:.1f} s: {', '.join(counts)}"]
        for kind, count in self.failed.most_common():
            example = shorten(self.examples[kind], _SHOWN_CHARACTERS)
            lines.append(f"  {count:,} {kind}, for example: {example}")
        lines += self.warnings.lines()
        if self.with_gaps:
            lines.append(f"  {self.with_gaps:,} with gaps, {pluralize(self.gaps, 'gap')} in all")
        return lines
