"""Lambda function that removes the instrument response from a channel day of the archive."""

from typing import Any

from shared.aws import s3_client
from shared.corrected_days.correct import correct_day
from shared.corrected_days.request import CorrectedDayRequest, request_from_object
from shared.invocation import BatchJobs, lambda_handler
from shared.reply import Unfinished
from shared.snapshot import load_before_snapshot


def process(request: Any) -> Unfinished:
    """Write the corrected day to S3_OUTPUT_BUCKET and return its location and report."""
    return correct_day(CorrectedDayRequest.parse(request))


def output_key(reply: dict[str, Any]) -> str:
    """Return the URI of a corrected day, its summary in a batch's reply."""
    return str(reply["output_key"])


load_before_snapshot()
s3_client.prepare(signed=(False, True))

handler = lambda_handler(
    process, jobs=BatchJobs(summarize=output_key, request_from_object=request_from_object)
)
