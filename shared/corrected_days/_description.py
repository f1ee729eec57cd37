"""The description of a corrected day, in the reply and in the object's S3 metadata."""

from collections.abc import Mapping
from typing import Any

from obspy import Stream

from shared import strict_json
from shared.archive.time import format_time

_METADATA_BYTES = 2048  # https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingMetadata.html


def extent(stream: Stream) -> dict[str, Any]:
    """Return a stream's first and last time, and its counts of samples and segments, as JSON."""
    return {
        "starttime": format_time(min(trace.stats.starttime for trace in stream)),
        "endtime": format_time(max(trace.stats.endtime for trace in stream)),
        "sampling_rate": stream[0].stats.sampling_rate,
        "samples": sum(trace.stats.npts for trace in stream),
        "segments": len(stream),
    }


def object_metadata(description: Mapping[str, Any]) -> dict[str, str]:
    """Turn a description into S3 user metadata: ASCII, 2 KB in all, names included.

    Lists that do not fit are replaced by the number of their entries.
    """
    texts = {name.replace("_", "-"): _ascii(value) for name, value in description.items()}
    for name in ("warnings", "gaps", "tapered"):
        if sum(len(name) + len(text) for name, text in texts.items()) > _METADATA_BYTES:
            texts[name] = f"{len(description[name])}, too long for S3's metadata"
    return texts


def _ascii(value: Any) -> str:
    text = value if isinstance(value, str) else strict_json.dumps(value).decode()
    return text.encode("ascii", "replace").decode()
