"""The project's front doors, all asked alike: corrected days and time windows."""

import io
import json
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import obspy
from obspy import Stream, UTCDateTime
from obspy.core.inventory import Response

from local.cloud.s3_server import S3Server
from shared.errors import ServiceError
from shared.fields import Fields
from shared.response.parameters import RemovalParameters
from shared.response.removal import remove_channel_response
from tests.support.builders import http_event, make_trace, put_day
from tests.support.known_instruments import channel, inventory
from tests.support.timed_samples import DAY, MIDNIGHT, Handler, window

START = MIDNIGHT
"""When every record of `put_counts` begins."""


@dataclass(frozen=True)
class Answer:
    """The reply of a front door for a channel.

    Attributes:
        samples: as float64.
        first_s: time of the first sample, in seconds after `START`.
        reply: everything else, as JSON.
        error: "" or the message of the error that the door gave instead.
    """

    samples: npt.NDArray[np.float64] = field(default_factory=lambda: np.empty(0))
    first_s: float = 0.0
    reply: dict[str, Any] = field(default_factory=dict)
    error: str = ""

    @property
    def warnings(self) -> list[str]:
        """The warnings of the reply."""
        return list(self.reply.get("warnings", []))

    @property
    def units(self) -> str:
        """The unit that the reply names."""
        return str(self.reply["units"])

    @property
    def pre_filt(self) -> tuple[float, ...]:
        """The corners that the reply names, in Hz."""
        return tuple(self.reply["pre_filt"])


def put_counts(
    server: S3Server, nscl: str, counts: npt.ArrayLike, rate: float, **layout: Any
) -> None:
    """Put a channel's day into the archive, which begins at `START`."""
    dtype = {"FLOAT32": np.float32, "FLOAT64": np.float64}.get(layout.get("encoding", ""), np.int32)
    put_day(server, nscl, DAY, make_trace(nscl, str(START), counts, rate, dtype), **layout)


def ask_day(handler: Handler, server: S3Server, nscl: str, **parameters: Any) -> Answer:
    """Have a day corrected; the samples are those of the object that was written."""
    try:
        reply = handler({"day": DAY, "nscl": nscl, "encoding": "FLOAT64", **parameters})
    except ServiceError as error:
        return Answer(error=error.message)
    (trace,) = obspy.read(io.BytesIO(server.get(reply["output_key"])))
    return Answer(trace.data.astype(np.float64), trace.stats.starttime - START, reply)


def ask_window(
    handler: Handler, nscl: str, first_s: float, last_s: float, **parameters: Any
) -> Answer:
    """Have a window's ground motion as JSON; `output` becomes `Output`."""
    options = {"encoding": "FLOAT64", "output": "VEL", **parameters}
    options["Output"] = options.pop("output")
    event = http_event(
        json.dumps({"Windows": [window(nscl, START + first_s, START + last_s)], **options})
    )
    body = json.loads(handler(event)["body"])
    reply = body if isinstance(body, dict) else body[0]
    if "error" in reply:
        return Answer(error=reply["error"]["message"])
    samples = np.array(reply.pop("data"), dtype=np.float64)
    return Answer(samples, UTCDateTime(reply["starttime"]) - START, reply)


def remove(response: Response, counts: npt.ArrayLike, rate: float, **parameters: Any) -> Answer:
    """Remove a response from counts by the function that both front doors call.

    Args:
        response: of the instrument; an epoch of its channel.
        counts: the recorded samples.
        rate: in Hz.
        parameters: as a request has them.
    """
    nscl = "XX.TRUE.HHZ."
    stream = Stream([make_trace(nscl, str(START), counts, rate, np.float64)])
    metadata = inventory(nscl, channel(nscl, response, rate))
    fields = Fields(parameters, tuple(RemovalParameters.__dataclass_fields__))
    try:
        report = remove_channel_response(stream, metadata, RemovalParameters.parse(fields))
    except ServiceError as error:
        return Answer(error=error.message)
    reply = {
        "units": report.units,
        "pre_filt": report.pre_filt,
        "warnings": report.warnings,
        "method": report.method,
    }
    (trace,) = stream
    return Answer(trace.data, 0.0, reply)
