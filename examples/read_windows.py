"""Read time windows of the archive into ObsPy traces: as counts, and as ground velocity.

Only the records that a window needs are fetched, not the day's 10 MB.
"""

import logging
import sys
from collections.abc import Sequence

from obspy import Stream

from shared.archive import input_archive
from shared.response import RemovalParameters
from shared.windows import WindowResult, parse_windows, read_windows

REQUEST = {
    "Windows": [
        {"nscl": "CI.BOM..BHZ", "start": "2024-01-01T00:01:00", "end": "2024-01-01T00:06:00"},
        {"nscl": "CI.BOM..BHN", "start": "2024-01-01T00:01:00", "end": "2024-01-01T00:06:00"},
        {"nscl": "CI.BOM..BHX", "start": "2024-01-01T00:01:00", "end": "2024-01-01T00:06:00"},
    ]
}


def traces_of(results: Sequence[WindowResult]) -> Stream:
    """Return the windows that the archive has, and print why it lacks the others."""
    stream = Stream()
    for result in results:
        if result.trace is None:
            print(f"{result.window}: {result.error}")
            continue
        for warning in result.warnings:
            print(f"{result.trace.id}: {warning}")
        stream.append(result.trace)  # masked where samples are missing
    return stream


def main() -> int:
    """Read the windows, and those with samples once more; return 1 if there are none."""
    # The log would tell the errors of S3 as well, with their causes.
    logging.getLogger("shared").addHandler(logging.NullHandler())
    archive = input_archive()
    results = read_windows(parse_windows(REQUEST), archive)
    stream = traces_of(results)
    if not stream:
        return 1
    print(stream)
    windows = [result.window for result in results if result.trace is not None]
    removal = RemovalParameters(output="VEL", pre_filt="auto")
    for trace in traces_of(read_windows(windows, archive, removal)):
        print(f"{trace.id}: peak ground velocity {abs(trace.data).max():.3e} m/s")
    return 0


if __name__ == "__main__":
    sys.exit(main())
