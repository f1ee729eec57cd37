"""Requests and replies of time windows, as the time-window function exchanges them."""

import base64
import json
from pathlib import Path
from typing import Any

WINDOW = {
    "Network": "CI",
    "Station": "BOM",
    "Channel": "BHZ",
    "Starttime": "2024-01-01T00:00:10",
    "Endtime": "2024-01-01T00:00:20",
}
DATA = {"network": "CI", "data": [1, 2]}
FAILED = {"network": "CI", "error": {"type": "NoWaveformError", "message": "no data of CI.NONE"}}


def write_request(folder: Path, *windows: Any, **members: Any) -> None:
    """Write request.json."""
    (folder / "request.json").write_text(json.dumps({"Windows": windows, **members}))


def file_reply(content: bytes, *errors: Any) -> dict[str, Any]:
    """Return a reply that is a file."""
    text = base64.b64encode(content).decode()
    return {"content_type": "application/x", "content_base64": text, "errors": list(errors)}
