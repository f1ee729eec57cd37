"""What became of a run, in a few lines."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from runner.errors import CallError
from runner.sending.request_result import RequestResult
from runner.terminal import counted

_LONGEST_MESSAGE = 160


@dataclass
class Summary:
    """What became of a run.

    Attributes:
        total: how many requests there were.
        skipped: how many of them were done before.
        done: how many succeeded.
        failed: how many failed, by type of error.
        examples: a message of each type.
        fatal: the error that ended the run, as all further calls would have met it; None if none
            did.
    """

    total: int
    skipped: int = 0
    done: int = 0
    failed: Counter[str] = field(default_factory=Counter)
    examples: dict[str, str] = field(default_factory=dict)
    fatal: CallError | None = None

    def take(self, outcomes: Iterable[RequestResult]) -> list[RequestResult]:
        """Count outcomes; returns those that are worth a line of the results file.

        What would have befallen any request says nothing of this one.
        """
        kept = []
        for outcome in outcomes:
            error = outcome.error
            if error and error.for_all:
                self.fatal = self.fatal or error
                continue
            kept.append(outcome)
            if error:
                self.failed[error.kind] += 1
                self.examples.setdefault(error.kind, error.message)
            else:
                self.done += 1
        return kept

    @property
    def left(self) -> int:
        """How many requests were not made, or not to their end."""
        return self.total - self.skipped - self.done - self.failed.total()

    def lines(self, verb: str, seconds: float) -> list[str]:
        """The summary: how many of what in `seconds`; `verb` is what was done, such as "queued"."""
        counts = [f"{self.done:,} {verb}", f"{self.failed.total():,} failed"]
        if self.skipped:
            counts.append(f"{self.skipped:,} skipped, as they were {verb} before")
        if self.left:
            counts.append(f"{self.left:,} left")
        lines = [f"{counted(self.total, 'request')} in {seconds:.1f} s: {', '.join(counts)}"]
        for kind, count in self.failed.most_common():
            message = self.examples[kind]
            if len(message) > _LONGEST_MESSAGE:
                message = f"{message[: _LONGEST_MESSAGE - 3]}..."
            lines.append(f"  {count:,} {kind}, such as: {message}")
        return lines
