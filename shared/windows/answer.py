"""The answer to a request for time windows, for each of its formats."""

from shared.archive import input_archive
from shared.formats import has_coordinates
from shared.reply import Reply
from shared.windows.limits import sample_limit
from shared.windows.manifest import manifest_reply
from shared.windows.metadata import add_metadata, check_channels
from shared.windows.read import read_windows
from shared.windows.reply import window_reply
from shared.windows.request import MANIFEST, WindowsRequest


def answer_windows(request: object) -> Reply:
    """Read each window, in the request's order; a window that fails has its error in the reply.

    Args:
        request: the request as JSON.

    Raises:
        BadRequestError, TooLargeError: as of `WindowsRequest.parse`, or the windows are too large.
    """
    parsed = WindowsRequest.parse(request)
    if parsed.format == MANIFEST:
        return manifest_reply(parsed.windows, input_archive(), parsed.whole)
    limit = sample_limit(parsed)
    if has_coordinates(parsed.format):
        check_channels(parsed.windows)
    results = read_windows(parsed.windows, input_archive(), parsed.removal, parsed.whole, limit)
    if has_coordinates(parsed.format):
        results = add_metadata(results, input_archive())
    return window_reply(results, parsed.format)
