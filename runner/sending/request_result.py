"""Result of one request: its output with warnings and gaps, or the error."""

from dataclasses import dataclass, field
from typing import Any

from runner.errors import CallError
from shared.corrected_days.request import CorrectedDayRequest


@dataclass(frozen=True)
class RequestResult:
    """Result of one request.

    Attributes:
        request: the request.
        seconds: elapsed time, including pauses between attempts.
        attempts: number of calls made.
        output_key: URI of the corrected day, s3://BUCKET/KEY; "" if there is none yet.
        message_id: id of the SQS message; "" if the function was called directly.
        warnings: warnings of the reply, in words.
        gaps: gaps of the corrected day, as the reply has them.
        error: the error, if the request failed.
    """

    request: CorrectedDayRequest
    seconds: float
    attempts: int
    output_key: str = ""
    message_id: str = ""
    warnings: list[str] = field(default_factory=list)
    gaps: list[dict[str, Any]] = field(default_factory=list)
    error: CallError | None = None

    def as_dict(self) -> dict[str, Any]:
        """Return the result as one line of the results file."""
        line: dict[str, Any] = {"request": self.request.as_dict()}
        if self.error:
            line["error"] = self.error.as_dict()
        if self.output_key:
            line["output_key"] = self.output_key
        if self.message_id:
            line["message_id"] = self.message_id
        if self.warnings:
            line["warnings"] = self.warnings
        if self.gaps:
            line["gaps"] = self.gaps
        return {**line, "seconds": round(self.seconds, 3), "attempts": self.attempts}
