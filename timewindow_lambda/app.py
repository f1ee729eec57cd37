"""Lambda function: time windows of the archive as JSON, miniSEED or SAC."""

from typing import Any

from shared import settings
from shared.invocation import lambda_handler
from shared.reply import Reply
from shared.windows import read_windows
from shared.windows.limits import most_samples
from shared.windows.reply import window_reply
from shared.windows.request import WindowsRequest, window_of_query


def process(request: Any) -> Reply:
    """Read each window, in the request's order; one that cannot be answered has its error."""
    asked = WindowsRequest.parse(request)
    motion_as_json = asked.removal is not None and asked.format == "json"
    most = most_samples(settings.output_bucket_if_set(), motion_as_json)
    answers = read_windows(asked.windows, settings.input_bucket(), asked.removal, asked.whole, most)
    return window_reply(answers, asked.format)


handler = lambda_handler(process, query=window_of_query, large_folder="windows")
