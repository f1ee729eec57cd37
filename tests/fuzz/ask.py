"""The questions that a case asks: both functions, by all front doors and ways of reading."""

import base64
import io
import json
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt
import obspy
from obspy import UTCDateTime

from shared.errors import ServiceError
from tests.fuzz.bugs import logged_bugs
from tests.fuzz.known_day import DAY, GAIN, MIDNIGHT, NSCL
from tests.fuzz.memory_s3 import MemoryS3
from tests.support.builders import http_event
from tests.support.commands import load_app
from tests.support.timed_samples import from_json, from_traces, traces_of, window

_LARGE = 1e300


@dataclass(frozen=True)
class Answer:
    """An answer to a question.

    Attributes:
        times_ns: of each sample, in ns since 1970.
        values: the samples.
        reply: everything else.
        error: the JSON object of the error that took the samples' place; {} without one.
        bare: the type and message of an exception that is none of the project's errors.
        status: of HTTP; 0 for a direct call.
        bugs: exceptions that the function caught and logged, and that are none of the project's.
    """

    times_ns: npt.NDArray[np.int64] = field(default_factory=lambda: np.empty(0, np.int64))
    values: npt.NDArray[np.float64] = field(default_factory=lambda: np.empty(0))
    reply: dict[str, Any] = field(default_factory=dict)
    error: dict[str, Any] = field(default_factory=dict)
    bare: str = ""
    status: int = 0
    bugs: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """All words of the answer."""
        return json.dumps([self.reply, self.error, self.bare])


@dataclass(frozen=True)
class Question:
    """A question about the known day.

    Attributes:
        door: "window", "motion" or "day": a window of counts, one of ground motion, a whole day.
        http: whether it comes by HTTP.
        read: of windows, "records" or "whole".
        form: of windows, "json", "mseed" or "sac".
        seconds: of windows, the start and the end after midnight; None for the day's data.
        output: of motion and days.
        encoding: of motion and days; FLOAT32 rounds the samples.
    """

    door: str
    http: bool = False
    read: str = "records"
    form: str = "json"
    seconds: tuple[float, float] = (0.0, 230.0)
    output: str = "DEF"
    encoding: str = "FLOAT64"

    def __str__(self) -> str:
        way = "day" if self.door == "day" else f"{self.door}, {self.read}, {self.form}"
        return f"{way}, {'HTTP' if self.http else 'direct'}"

    @property
    def request(self) -> dict[str, Any]:
        """The request's JSON."""
        if self.door == "day":
            more = {} if self.output == "DEF" else {"pre_filt": "auto"}
            return {
                "day": DAY, "nscl": NSCL, "output": self.output, "encoding": self.encoding, **more
            }  # fmt: skip
        first, last = self.seconds
        request = {
            "Windows": [window(NSCL, MIDNIGHT + first, MIDNIGHT + last)],
            "Read": self.read,
            "Format": self.form,
        }
        if self.door == "motion":
            request |= {"Output": self.output, "encoding": self.encoding}
        return request


class Context:
    """The context that Lambda gives to an invocation; a function has a minute left."""

    aws_request_id = "00000000-0000-0000-0000-000000000000"

    @staticmethod
    def get_remaining_time_in_millis() -> int:
        """Return the time left, in ms."""
        return 60_000


@cache
def handler(function: str) -> Callable[[Any], Any]:
    """Return the handler of "response" or "timewindow"."""
    entry = load_app(function).handler
    return lambda event: entry(event, Context())


def ask(question: Question, s3: MemoryS3) -> Answer:
    """Ask a question of the function that answers it."""
    with logged_bugs() as bugs:
        answer = _ask(question, s3)
    if question.output == "DEF" and question.door != "window":
        # Numbers so large that they would overflow are not the day's in any case.
        np.multiply(answer.values, GAIN, answer.values, where=np.abs(answer.values) < _LARGE)
    return replace(answer, bugs=tuple(bugs))


def _ask(question: Question, s3: MemoryS3) -> Answer:
    function = handler("response" if question.door == "day" else "timewindow")
    event: Any = question.request
    if question.http:
        event = http_event(json.dumps(event))
    try:
        reply = function(event)
    except ServiceError as error:
        return Answer(error=error.as_dict())
    except Exception as error:  # noqa: BLE001
        return Answer(bare=f"{type(error).__name__}: {error}")
    return _read(question, reply, s3)


def _read(question: Question, reply: Any, s3: MemoryS3) -> Answer:
    status = 0
    if question.http:
        status, encoded = reply["statusCode"], reply["isBase64Encoded"]
        body = base64.b64decode(reply["body"]) if encoded else reply["body"]
        if status >= 500 and status != 502:
            return Answer(bare=f"HTTP {status}: {body!r}", status=status)
        reply = body if encoded else json.loads(body)
    elif isinstance(reply, dict) and "content_base64" in reply:
        reply = base64.b64decode(reply["content_base64"])
    else:
        reply = json.loads(json.dumps(reply, allow_nan=False))
    if isinstance(reply, list):
        (reply,) = reply
    if isinstance(reply, bytes):
        asked = from_traces(traces_of(reply, question.form))
        return Answer(asked.times_ns, asked.values, status=status)
    if "error" in reply:
        return Answer(error=reply["error"], status=status)
    if question.door == "day":
        asked = from_traces(obspy.read(io.BytesIO(s3.get(reply["output_key"])), format="MSEED"))
    else:
        asked = from_json(reply)
        assert UTCDateTime(reply["starttime"]) <= UTCDateTime(reply["endtime"])
    return Answer(asked.times_ns, asked.values, reply, status=status)
