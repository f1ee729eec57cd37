"""Correct a day of an archive and read a time window of it on this machine, and draw both."""

import argparse
import io
import json
import sys
from pathlib import Path
from typing import Any

import obspy
from botocore.exceptions import ClientError
from obspy import Stream

from local.archives.source import (
    WINDOW_S,
    Source,
    SourceError,
    open_source,
    shown,
    window_request,
)
from local.cloud.s3_server import OUTPUT_BUCKET
from local.command import run
from local.console import fail, say, step
from local.options import add_options
from local.picture import draw_day
from local.project import BUILD, relative
from local.services import Services, ServicesError, check_ports, services
from shared.archive.channel_id import ChannelId
from shared.archive.day import Day
from shared.archive.scedc import SCEDC
from shared.errors import BadRequestError

_FUNCTIONS = ("response", "timewindow")


def main() -> None:
    """Try both functions."""
    parser = argparse.ArgumentParser(prog="make try", description=__doc__)
    add_options(parser)
    parser.add_argument("--day", default="", help="such as 2019,183; one of the archive without")
    parser.add_argument("--nscl", default="", help="such as CI.SOC.HHZ.; likewise")
    parser.add_argument("--output", type=Path, default=BUILD / "try", help="folder of the picture")
    options = parser.parse_args()
    options.output.mkdir(parents=True, exist_ok=True)
    try:
        check_ports(options.port)
        source = open_source(options.archive, options.results)
        channel, day = _wanted(source, options)
        for note in shown(source.notes):
            say(f"  note: {note}")
        step(f"The archive is {source.summary}")
        with (
            (options.output / "functions.log").open("wb") as log,
            services(source, _FUNCTIONS, options.port, options.results, log) as served,
        ):
            _try(source, served, channel, day, options)
    except (BadRequestError, ServicesError, SourceError) as error:
        fail(str(error))


def _wanted(source: Source, options: argparse.Namespace) -> tuple[ChannelId, Day]:
    """Return the channel and the day of a command line, or of the archive."""
    if bool(options.day) != bool(options.nscl):
        raise SourceError("DAY and NSCL: give both, or neither")
    if not options.day:
        return source.sample
    return ChannelId.parse(options.nscl), Day.parse(options.day)


def _try(
    source: Source, served: Services, channel: ChannelId, day: Day, options: argparse.Namespace
) -> None:
    raw = _recorded(served, channel, day)
    program, local = [sys.executable, "run_lambda.py"], f"--local={options.port}"
    corrected: Stream | None = None
    reply: dict[str, Any] = {}
    if source.has_response:
        words = ["response", "--day", str(day), "--nscl", channel.nscl, "--pre-filt", "auto"]
        reply = json.loads(run([*program, *words, local]))
        path = served.results / reply["output_key"].removeprefix(f"s3://{OUTPUT_BUCKET}/")
        corrected = obspy.read(str(path))
        for warning in reply["warnings"]:
            say(f"  warning: {warning}")
    request, output = options.output / "request.json", options.output / "output.json"
    request.write_text(_request(channel, raw))
    run([*program, "windows", "--request", str(request), "-o", str(output), local])
    window: dict[str, Any] = json.loads(output.read_text())[0]
    picture = draw_day(raw, corrected, window, reply, options.output / "try.png")
    say("")
    say(f"recorded   {raw[0].id}, {day}, {sum(len(trace) for trace in raw):,} samples")
    if corrected:
        say(f"corrected  {relative(path)}, in {reply['units']}")
        say(f"           open it with obspy.read({str(path)!r})")
    else:
        say("corrected  nothing, as the archive has no StationXML")
    say(f"window     {relative(output)}, {len(window['data']):,} samples")
    say(f"picture    {relative(picture)}")


def _recorded(served: Services, channel: ChannelId, day: Day) -> Stream:
    """Read a channel's day from the archive as it is served.

    Raises:
        SourceError: it is not there.
    """
    key = SCEDC.waveform_key(channel, day)
    try:
        answer = served.aws.client.get_object(Bucket=SCEDC.bucket, Key=key)
    except ClientError as error:
        raise SourceError(f"{channel.nscl} on {day}: the archive answers {error}") from error
    return obspy.read(io.BytesIO(answer["Body"].read()), format="MSEED")


def _request(channel: ChannelId, raw: Stream) -> str:
    """Return a request for a minute in the middle of the longest segment."""
    stats = max(raw, key=len).stats
    middle = stats.starttime + (stats.endtime - stats.starttime) / 2
    start = max(stats.starttime, middle - WINDOW_S / 2)
    return window_request(channel, start, min(start + WINDOW_S, stats.endtime))


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        fail("interrupted")
