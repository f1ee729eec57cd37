"""Lambda function: time windows of the archive as JSON."""

from typing import Any

from shared import settings
from shared.invocation import Reply, lambda_handler
from shared.windows import parse_windows, read_windows


def process(request: Any) -> Reply:
    """Read each window, in the request's order; one that cannot be answered has its error."""
    answers = read_windows(parse_windows(request), settings.input_bucket())
    errors = tuple(answer.error for answer in answers if answer.error)
    failures = errors if len(errors) == len(answers) else ()
    return Reply([answer.as_dict() for answer in answers], failures)


handler = lambda_handler(process)
