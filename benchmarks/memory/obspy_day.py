"""Channel days as one corrects them by ObsPy on a machine of one's own: read, correct, write.

The memory sweep runs this in the response function's image, on one processor, as a program without
anything of this project: the same Python, the same ObsPy.
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
    """Correct one day, and leave it on disk; returns the seconds that each step took."""
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
    """Correct the days that the JSON on the command line lists, and say how long each took."""
    job = json.loads(sys.argv[1])
    client = boto3.client("s3", config=Config(signature_version=UNSIGNED))
    days = [correct(client, job["bucket"], *keys) for keys in job["keys"]]
    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    versions = {"python": sys.version.split()[0], "obspy": obspy.__version__}
    sys.stdout.write(json.dumps({"days": days, "peak_mb": peak_mb, "versions": versions}))


if __name__ == "__main__":
    main()
