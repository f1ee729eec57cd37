"""Invocations of both functions for one day or one window, and their answers."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.support.builders import http_event

NSCL = "CI.BOM.BHZ."
DAY = "continuous_waveforms/2024/2024_001/CIBOM__BHZ___2024001.ms"
STATIONXML = "FDSNstationXML/CI/CI_BOM.xml"


def job(nscl: str = NSCL) -> dict[str, Any]:
    """Return a request for a channel's corrected day."""
    return {"day": "2024,001", "nscl": nscl}


def window(nscl: str = NSCL, **members: str) -> dict[str, str]:
    """Return a window of ten seconds."""
    network, station, channel, _ = nscl.split(".")
    return {
        "Network": network,
        "Station": station,
        "Channel": channel,
        "Starttime": "2024-01-01T00:00:01",
        "Endtime": "2024-01-01T00:00:11",
        **members,
    }


JOB = job()
WINDOWS = {"Windows": [window()]}


@dataclass
class Invoked:
    """An invocation.

    Attributes:
        answer: the reply, or the error of a direct one.
        seconds: the time that it took.
    """

    answer: Any
    seconds: float

    @property
    def json(self) -> Any:
        """All of the answer that a caller sees, as JSON."""
        if isinstance(self.answer, Exception):
            return self.answer.as_dict()  # type: ignore[attr-defined]
        return self.answer

    @property
    def error(self) -> dict[str, Any]:
        """The only error in the answer, as JSON."""
        answer = self.answer
        if isinstance(answer, Exception):
            return answer.as_dict()
        if isinstance(answer, dict) and "body" in answer:
            answer = json.loads(answer["body"])
        if isinstance(answer, list):
            (answer,) = answer
        return answer["error"]


Invoke = Callable[..., Invoked]


def sqs_event(*requests: Any) -> dict[str, Any]:
    """Return an event with one message for each request."""
    return {
        "Records": [
            {"messageId": f"m{number}", "body": json.dumps(request), "eventSource": "aws:sqs"}
            for number, request in enumerate(requests)
        ]
    }


def events(nscl: str = NSCL) -> dict[str, tuple[str, Any]]:
    """Return the ways to ask for a channel: the function's name and its event."""
    windows = {"Windows": [window(nscl)]}
    return {
        "a direct job": ("response", job(nscl)),
        "a job over HTTP": ("response", http_event(json.dumps(job(nscl)))),
        "direct windows": ("timewindow", windows),
        "windows over HTTP": ("timewindow", http_event(json.dumps(windows))),
    }


EVENTS = events()
