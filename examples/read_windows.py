"""Read time windows of the archive into ObsPy traces: as counts, and as ground velocity.

Only the records that a window needs are fetched, not the day's 10 MB.
"""

from obspy import Stream

from shared.archive import input_archive
from shared.response import RemovalParameters
from shared.windows import parse_windows, read_windows

REQUEST = {
    "Windows": [
        {"nscl": "CI.BOM..BHZ", "start": "2024-01-01T00:01:00", "end": "2024-01-01T00:06:00"},
        {"nscl": "CI.BOM..BHN", "start": "2024-01-01T00:01:00", "end": "2024-01-01T00:06:00"},
        {"nscl": "CI.BOM..BHX", "start": "2024-01-01T00:01:00", "end": "2024-01-01T00:06:00"},
    ]
}


def read(removal: RemovalParameters | None = None) -> Stream:
    """Return the windows that the archive has, and print why it lacks the others.

    Args:
        removal: how to remove the response; None leaves counts.
    """
    stream = Stream()
    for result in read_windows(parse_windows(REQUEST), input_archive(), removal):
        if result.trace is None:
            print(f"{result.window}: {result.error}")
            continue
        for warning in result.warnings:
            print(f"{result.trace.id}: {warning}")
        stream.append(result.trace)  # masked where samples are missing
    return stream


def main() -> None:
    """Read the windows twice."""
    print(read())
    for trace in read(RemovalParameters(output="VEL", pre_filt="auto")):
        print(f"{trace.id}: peak ground velocity {abs(trace.data).max():.3e} m/s")


if __name__ == "__main__":
    main()
