"""The tutorial's time-window function, the reference for ours.

Each window downloads its whole day with boto3's defaults; ObsPy reads, merges and trims it; the
samples become a list, and the list JSON. Two crashes of the tutorial are fixed: `api_gateway` is
always set, and files do not fill /tmp.

https://github.com/SCEDC/tutorials, pds-lambda-apis.
"""

import json
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import boto3
import obspy
from obspy import Trace, UTCDateTime

from shared.archive.scedc import SCEDC

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client


def make_client() -> "S3Client":
    """Return the tutorial's S3 client."""
    return boto3.client("s3", region_name=SCEDC.region)


def handler(event: Mapping[str, Any], client: "S3Client") -> Any:
    """Handle a request, sent directly or by API Gateway."""
    api_gateway = "routeKey" in event
    request = json.loads(event["body"]) if api_gateway else event
    with tempfile.TemporaryDirectory() as folder:
        waveforms = [_window(client, window, Path(folder)) for window in request["Windows"]]
    if api_gateway:
        return {
            "statusCode": 200,
            "headers": {"Content-Type": "application/json"},
            "body": json.dumps(waveforms),
        }
    return waveforms


def waveform(trace: Trace) -> dict[str, Any]:
    """Return the members of a trace that the tutorial encodes as JSON."""
    stats = trace.stats
    return {
        "network": stats.network,
        "station": stats.station,
        "channel": stats.channel,
        "location": stats.location,
        "delta": stats.delta,
        "sampling_rate": stats.sampling_rate,
        "starttime": str(stats.starttime),
        "endtime": str(stats.endtime),
        "data": trace.data.tolist(),
    }


def _window(client: "S3Client", window: Mapping[str, str], folder: Path) -> dict[str, Any]:
    start, end = UTCDateTime(window["Starttime"]), UTCDateTime(window["Endtime"])
    year, day = f"{start.year}", f"{start.julday:03}"
    location = window["Location"].strip().ljust(2, "_")
    name = f"{window['Network']}{window['Station']:_<5}{window['Channel']}{location}_{year}{day}.ms"
    file = folder / name
    client.download_file(
        SCEDC.bucket, f"continuous_waveforms/{year}/{year}_{day}/{name}", str(file)
    )
    stream = obspy.read(str(file)).merge()
    file.unlink()
    stream.trim(start, end)
    return waveform(stream[0])
