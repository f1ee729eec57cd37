"""The limits of a request to the station service."""

MAX_FILES = 200
"""StationXML files that a request may read. Each takes some 30 ms of the processor."""

MAX_FILE_BYTES = 256 * 1024**2
"""Bytes of all files that a request may read: some ten seconds of the processor."""

MAX_ANSWER_BYTES = 96 * 1024**2
"""Bytes of a document. It is put together in memory, and compressed there."""

FEW_STATIONS = 16
"""Stations named without wildcards that are read from their files, not found by the index."""

MAX_WILDCARDS = 100
"""Different lines with wildcards in network or station. Each is compared with all stations."""

LIMITS = (
    f"At most {MAX_FILES} StationXML files of {MAX_FILE_BYTES // 1024**2} MiB together are read for"
    " XML at the levels channel and response, or of any level where the station index is missing;"
    " text needs none. matchtimeseries and includeavailability need starttime and endtime, at most"
    " MAX_INDEX_DAYS apart, 400 by default. At most"
    f" {MAX_WILDCARDS} different lines of a POST have wildcards in network or station."
)
"""The limits in words."""
