"""Lambda function: a channel's day of the archive with the instrument response removed."""

from typing import Any

from shared.corrected_day import write_corrected_day
from shared.corrected_day_request import CorrectedDayRequest
from shared.invocation import lambda_handler


def process(request: Any) -> dict[str, Any]:
    """Write the corrected day to S3_OUTPUT_BUCKET and say where it is."""
    return write_corrected_day(CorrectedDayRequest.parse(request))


handler = lambda_handler(process)
