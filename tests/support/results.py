"""Lines of a results file."""

import json
from typing import Any

from tests.support.lambda_api import BUCKET


def line(request: dict[str, Any], **members: Any) -> str:
    """Return the line of a request with the given members."""
    return json.dumps({"request": request, **members, "seconds": 1.0, "attempts": 1}) + "\n"


def done(request: dict[str, Any]) -> str:
    """Return the line of a request that succeeded."""
    return line(request, output_key=f"s3://{BUCKET}/noresp/x.ms")
