"""Events, and their errors on a machine that fails."""

import json
from typing import Any

import pytest

from tests.support.builders import http_event
from tests.support.invoked import JOB, WINDOWS

WHOLE = {**WINDOWS, "Read": "whole"}
EVENTS = {
    "a direct job": ("response", JOB),
    "a job over HTTP": ("response", http_event(json.dumps(JOB))),
    "direct windows": ("timewindow", WHOLE),
    "windows over HTTP": ("timewindow", http_event(json.dumps(WHOLE))),
}
each_event = pytest.mark.parametrize("name", EVENTS)


def check(error: Any, kind: str, words: str) -> None:
    """Check an error."""
    assert error.get("type") == kind, error
    assert words in error["message"]
