"""Samples with the times that a reply gives them, whatever the front door and the format."""

import base64
import io
import json
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import obspy
from obspy import Stream, Trace, UTCDateTime

from local.cloud.s3_server import S3Server
from shared.archive.channel_id import ChannelId
from tests.support.builders import http_event

Handler = Callable[[Any], Any]

NSCL = "CI.BOM.LHZ."
MIDNIGHT = UTCDateTime(2024, 1, 1)
DAY = "2024,001"

DOORS = ("direct", "http")
READS = ("records", "whole")
FORMATS = ("json", "mseed", "sac")


@dataclass(frozen=True)
class Asked:
    """A window's reply.

    Attributes:
        times_ns: of each sample that is there, in ns since 1970.
        values: the samples that are there, as float64.
        starts_ns: of each segment, in ns since 1970.
        reply: its JSON without `data`; {} for a file.
    """

    times_ns: npt.NDArray[np.int64]
    values: npt.NDArray[np.float64]
    starts_ns: list[int]
    reply: dict[str, Any] = field(default_factory=dict)

    @property
    def warnings(self) -> list[str]:
        """The warnings of the reply."""
        return list(self.reply.get("warnings", []))

    @property
    def gaps(self) -> list[dict[str, Any]]:
        """The gaps of the reply."""
        return list(self.reply["gaps"])


def window(nscl: str, starttime: Any, endtime: Any) -> dict[str, str]:
    """Return a window as a request has it."""
    channel = ChannelId.parse(nscl)
    return {
        "Network": channel.network,
        "Station": channel.station,
        "Channel": channel.channel,
        "Location": channel.location,
        "Starttime": str(starttime),
        "Endtime": str(endtime),
    }


def call(handler: Handler, request: Any, door: str = "direct") -> tuple[Any, dict[str, str]]:
    """Call the window function; return JSON or the bytes of a file, and the HTTP headers.

    Directly, the members beside a file stand in for the headers.
    """
    if door == "direct":
        reply = json.loads(json.dumps(handler(request), allow_nan=False))
        if isinstance(reply, dict) and "content_base64" in reply:
            return base64.b64decode(reply.pop("content_base64"), validate=True), reply
        return reply, {}
    reply = handler(http_event(json.dumps(request)))
    assert reply["statusCode"] == 200, reply["body"]
    if reply["isBase64Encoded"]:
        return base64.b64decode(reply["body"], validate=True), reply["headers"]
    return json.loads(reply["body"]), reply["headers"]


def ask(
    handler: Handler,
    starttime: Any,
    endtime: Any,
    file_format: str = "json",
    door: str = "direct",
    nscl: str = NSCL,
    **options: Any,
) -> Asked:
    """Ask for one window by one of the doors, in one of the formats."""
    request = {"Windows": [window(nscl, starttime, endtime)], "Format": file_format, **options}
    answer, _ = call(handler, request, door)
    if isinstance(answer, bytes):
        return from_traces(traces_of(answer, file_format))
    (reply,) = answer
    assert "error" not in reply, reply["error"]
    return from_json(reply)


def from_json(reply: dict[str, Any]) -> Asked:
    """Read a window of the JSON reply.

    Its samples lie on one grid; where `segments` lists the segments, each has times of its own.
    """
    data = reply.pop("data")
    there = [index for index, value in enumerate(data) if value is not None]
    interval = 1e9 / reply["sampling_rate"]
    start = UTCDateTime(reply["starttime"]).ns
    times = start + np.round(np.array(there) * interval).astype(np.int64)
    starts = [start]
    if segments := reply.get("segments"):
        starts = [UTCDateTime(segment["starttime"]).ns for segment in segments]
        counts = [segment["samples"] for segment in segments]
        assert sum(counts) == len(there)
        parts = zip(starts, counts, strict=True)
        times = np.concatenate([_times(first, npts, interval) for first, npts in parts])
    return Asked(times, np.array([data[index] for index in there], float), starts, reply)


def from_traces(traces: Stream | list[Trace]) -> Asked:
    """Read the segments of a file, in the file's order."""
    starts = [trace.stats.starttime.ns for trace in traces]
    times = [
        _times(start, trace.stats.npts, 1e9 * trace.stats.delta)
        for start, trace in zip(starts, traces, strict=True)
    ]
    values = [trace.data.astype(np.float64) for trace in traces]
    return Asked(np.concatenate(times), np.concatenate(values), starts)


def traces_of(content: bytes, file_format: str) -> list[Trace]:
    """Read a file of windows."""
    if file_format == "mseed":
        return list(obspy.read(io.BytesIO(content), format="MSEED"))
    return [obspy.read(io.BytesIO(file))[0] for _, file in files_of(content, ".sac")]


def files_of(content: bytes, suffix: str) -> Iterator[tuple[str, bytes]]:
    """Yield the name and the content of each file of a zip that has a suffix."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        for name in archive.namelist():
            if name.endswith(suffix):
                yield name, archive.read(name)


def corrected(handler: Handler, server: S3Server, **request: Any) -> tuple[Stream, dict[str, Any]]:
    """Have a day corrected; return the object that was written, and the reply."""
    reply = handler({"day": DAY, "nscl": NSCL, "encoding": "FLOAT64", **request})
    return obspy.read(io.BytesIO(server.get(reply["output_key"]))), reply


def _times(start: int, npts: int, interval: float) -> npt.NDArray[np.int64]:
    steps = np.round(np.arange(npts) * interval).astype(np.int64)
    times: npt.NDArray[np.int64] = start + steps
    return times
