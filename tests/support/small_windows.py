"""Requests for short windows of one channel, by which limits of requests are tested."""

import json
from typing import Any

EVENING = "2024-01-01T23:59:59"
MIDNIGHT = "2024-01-02T00:00:00"


def window(start: str = "2024-01-01T00:02:00", end: str = "", **members: str) -> dict[str, str]:
    """Return a window of CI.BOM.BHZ, by default at 00:02:00."""
    codes = {"Network": "CI", "Station": "BOM", "Channel": "BHZ"}
    return {**codes, "Starttime": start, "Endtime": end or start, **members}


def at(*times: str) -> dict[str, Any]:
    """Return a request for one sample of CI.BOM.BHZ at each of some times."""
    return {"Windows": [window(f"2024-01-01T{time}") for time in times]}


def answers_of(reply: Any) -> list[dict[str, Any]]:
    """Return the answers of a reply, direct or by HTTP."""
    return list(reply if isinstance(reply, list) else json.loads(reply["body"]))
