"""How long a new process takes until a function could be invoked, S3 client included.

Only what any Python program has loaded is loaded here before.
"""

import importlib
import json
import sys
import time


def ours() -> None:
    """Our function, as its image's CMD names it."""
    sys.path.insert(0, "timewindow_lambda")
    importlib.import_module("app")
    importlib.import_module("shared.aws.s3_read").client(signed=False)


def bare() -> None:
    """What no function that reads waveforms from S3 by ObsPy can do without."""
    importlib.import_module("obspy")
    importlib.import_module("boto3").client("s3", region_name="us-west-2")


def main() -> None:
    """Write the seconds by the clock and those of computing."""
    begun, computed = time.perf_counter(), time.process_time()
    {"ours": ours, "bare": bare}[sys.argv[1]]()
    seconds, cpu_s = time.perf_counter() - begun, time.process_time() - computed
    sys.stdout.write(json.dumps({"seconds": seconds, "cpu_s": cpu_s}))


if __name__ == "__main__":
    main()
