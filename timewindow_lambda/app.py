"""Lambda function: time windows of the archive, and FDSN web services over it.

ObsPy is loaded by the first request that needs it, so that a new container answers a version, a
WADL or an unknown path at once.
"""

from collections.abc import Mapping
from typing import Any

from shared.fdsnws.routes import ROUTES
from shared.fdsnws.updates import UPDATES
from shared.invocation import lambda_handler
from shared.reply import Reply
from shared.snapshot import load_before_snapshot


def process(request: Any) -> Reply:
    """Read each window, in the request's order; a window that fails has its error in the reply."""
    from shared.windows.answer import answer_windows

    return answer_windows(request)


def query(parameters: Mapping[str, str]) -> dict[str, Any]:
    """Turn a URL's query into a request for one window."""
    from shared.windows.request import request_from_query

    return request_from_query(parameters)


if load_before_snapshot():
    from shared.aws import s3_client

    s3_client.prepare(signed=(False,))

handler = lambda_handler(
    process, query=query, large_folder="windows", routes=ROUTES, updates=UPDATES
)
