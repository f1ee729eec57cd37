"""What became of a request."""

from dataclasses import dataclass
from typing import Any

from runner.errors import CallError
from shared.corrected_days.request import CorrectedDayRequest


@dataclass(frozen=True)
class RequestResult:
    """What became of a request.

    Attributes:
        request: the request.
        seconds: how long it took, pauses between attempts included.
        attempts: how often it was made.
        output_key: where the result lies, s3://BUCKET/KEY; "" if there is none (yet).
        message_id: of the message in the queue; "" of a call.
        error: why there is no result.
    """

    request: CorrectedDayRequest
    seconds: float
    attempts: int
    output_key: str = ""
    message_id: str = ""
    error: CallError | None = None

    def as_dict(self) -> dict[str, Any]:
        """The outcome as a line of the results file."""
        told: dict[str, Any] = {"request": self.request.as_dict()}
        if self.error:
            told["error"] = self.error.as_dict()
        if self.output_key:
            told["output_key"] = self.output_key
        if self.message_id:
            told["message_id"] = self.message_id
        return {**told, "seconds": round(self.seconds, 3), "attempts": self.attempts}
