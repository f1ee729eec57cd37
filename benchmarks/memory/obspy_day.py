"""Channel days corrected with ObsPy and boto3 alone: download, read, correct, write, upload.

The memory sweep runs this program in the response function's image on one processor, with the same
Python and ObsPy but none of this project's code. S3_OUTPUT_BUCKET takes the results.
"""

import json
import os
import resource
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import boto3
import obspy


def correct(client: Any, bucket: str, waveform: str, stationxml: str) -> dict[str, float]:
    """Correct one day, and return the seconds of each step."""
    with tempfile.TemporaryDirectory() as folder:
        begun = time.perf_counter()
        day, metadata = Path(folder, "day.ms"), Path(folder, "station.xml")
        result = str(Path(folder, "corrected.ms"))
        client.download_file(bucket, waveform, str(day))
        client.download_file(bucket, stationxml, str(metadata))
        downloaded = time.perf_counter()
        stream, inventory = obspy.read(str(day)), obspy.read_inventory(str(metadata))
        read = time.perf_counter()
        stream.remove_response(inventory=inventory, output="VEL")
        corrected = time.perf_counter()
        for trace in stream:
            trace.data = trace.data.astype("float32")
        stream.write(result, format="MSEED", encoding="FLOAT32")
        written = time.perf_counter()
        client.upload_file(result, os.environ["S3_OUTPUT_BUCKET"], f"obspy/{waveform}")
        uploaded = time.perf_counter()
    return {
        "download": downloaded - begun,
        "read": read - downloaded,
        "remove_response": corrected - read,
        "write": written - corrected,
        "upload": uploaded - written,
    }


def main() -> None:
    """Correct the days listed in the command line's JSON; print the seconds of each as JSON."""
    job = json.loads(sys.argv[1])
    client, days, cpu_seconds = boto3.client("s3"), [], []
    for keys in job["keys"]:
        begun = time.process_time()
        days.append(correct(client, job["bucket"], *keys))
        cpu_seconds.append(time.process_time() - begun)
    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    versions = {"python": sys.version.split()[0], "obspy": obspy.__version__}
    measured = {"days": days, "cpu_seconds": cpu_seconds, "peak_mb": peak_mb, "versions": versions}
    sys.stdout.write(json.dumps(measured))


if __name__ == "__main__":
    main()
