"""Channel days corrected with ObsPy alone: download, read, correct, write.

The memory sweep runs this program in the response function's image on one processor, with the same
Python and ObsPy but none of this project's code.
"""

import json
import resource
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import boto3
import obspy
from botocore import UNSIGNED
from botocore.config import Config


def correct(client: Any, bucket: str, waveform: str, stationxml: str) -> dict[str, float]:
    """Correct one day, write it to disk, and return the seconds of each step."""
    with tempfile.TemporaryDirectory() as folder:
        begun = time.perf_counter()
        day, metadata = Path(folder, "day.ms"), Path(folder, "station.xml")
        client.download_file(bucket, waveform, str(day))
        client.download_file(bucket, stationxml, str(metadata))
        downloaded = time.perf_counter()
        stream, inventory = obspy.read(str(day)), obspy.read_inventory(str(metadata))
        read = time.perf_counter()
        stream.remove_response(inventory=inventory, output="VEL")
        corrected = time.perf_counter()
        for trace in stream:
            trace.data = trace.data.astype("float32")
        stream.write(str(Path(folder, "corrected.ms")), format="MSEED", encoding="FLOAT32")
        written = time.perf_counter()
    return {
        "download": downloaded - begun,
        "read": read - downloaded,
        "remove_response": corrected - read,
        "write": written - corrected,
    }


def main() -> None:
    """Correct the days listed in the command line's JSON, and print the seconds of each as JSON."""
    job = json.loads(sys.argv[1])
    client = boto3.client("s3", config=Config(signature_version=UNSIGNED))
    days = [correct(client, job["bucket"], *keys) for keys in job["keys"]]
    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    versions = {"python": sys.version.split()[0], "obspy": obspy.__version__}
    sys.stdout.write(json.dumps({"days": days, "peak_mb": peak_mb, "versions": versions}))


if __name__ == "__main__":
    main()
