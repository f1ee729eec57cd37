"""Lambda function: time windows of the archive as JSON, miniSEED or SAC."""

from typing import Any

from shared.archive import input_archive
from shared.aws import s3_client
from shared.fdsnws.routes import ROUTES
from shared.formats import has_coordinates
from shared.invocation import lambda_handler
from shared.reply import Reply
from shared.snapshot import load_before_snapshot
from shared.windows import WindowsRequest, read_windows
from shared.windows.limits import sample_limit
from shared.windows.metadata import add_metadata, check_channels
from shared.windows.reply import window_reply
from shared.windows.request import request_from_query


def process(request: Any) -> Reply:
    """Read each window, in the request's order; a window that fails has its error in the reply."""
    parsed = WindowsRequest.parse(request)
    limit = sample_limit(parsed)
    if has_coordinates(parsed.format):
        check_channels(parsed.windows)
    results = read_windows(parsed.windows, input_archive(), parsed.removal, parsed.whole, limit)
    if has_coordinates(parsed.format):
        results = add_metadata(results, input_archive())
    return window_reply(results, parsed.format)


load_before_snapshot()
s3_client.prepare(signed=(False,))

handler = lambda_handler(process, query=request_from_query, large_folder="windows", routes=ROUTES)
