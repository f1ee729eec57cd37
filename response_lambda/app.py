"""Lambda function: a channel's day of the archive with the instrument response removed."""

from typing import Any

from shared.corrected_days.correct import write_corrected_day
from shared.corrected_days.request import CorrectedDayRequest, request_from_object
from shared.invocation import lambda_handler
from shared.invocation.batch import BatchJobs


def process(request: Any) -> dict[str, Any]:
    """Write the corrected day to S3_OUTPUT_BUCKET and say where it is."""
    return write_corrected_day(CorrectedDayRequest.parse(request))


def output_key(reply: dict[str, Any]) -> str:
    """What a batch is told of each of its days: where the result lies."""
    return str(reply["output_key"])


handler = lambda_handler(process, jobs=BatchJobs(brief=output_key, of_object=request_from_object))
