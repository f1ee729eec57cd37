"""The description of a corrected day, in the reply and in the object's S3 metadata."""

from collections.abc import Mapping
from typing import Any

import obspy
from obspy import Stream

from shared import strict_json, version
from shared.archive.time import format_time
from shared.corrected_days.request import CorrectedDayRequest

_LISTS = ("warnings", "gaps", "tapered", "neighbours")
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


def provenance(request: CorrectedDayRequest, etags: Mapping[str, Any]) -> dict[str, Any]:
    """Return the origin of a corrected day, as JSON: software, request, and content that was read.

    It shows whether the archive's objects have changed since, and how to make the day again.

    Args:
        request: the request.
        etags: the ETags of the objects that were read, by their names in the reply.

    Returns:
        JSON; the quotation marks around ETags are left out.
    """
    return {
        "versions": {version.NAME: version.VERSION, "obspy": obspy.__version__},
        "request": request.as_dict(),
        "etags": {name: _unquoted(etag) for name, etag in etags.items()},
    }


def object_metadata(description: Mapping[str, Any]) -> dict[str, str]:
    """Turn a description into S3 user metadata: ASCII, 2 KB in all, names included.

    Where they do not fit, lists are replaced by the number of their entries, the longest first.
    """
    texts = {name.replace("_", "-"): _ascii(value) for name, value in description.items()}
    lists = (name for name in _LISTS if name in description)
    for name in sorted(lists, key=lambda name: -len(texts[name])):
        if sum(len(name) + len(text) for name, text in texts.items()) > _METADATA_BYTES:
            texts[name] = f"{len(description[name])}, too long for S3's metadata"
    return texts


def _unquoted(etags: Any) -> Any:
    if isinstance(etags, list):
        return [_unquoted(etag) for etag in etags]
    return (etags or "").strip('"')


def _ascii(value: Any) -> str:
    text = value if isinstance(value, str) else strict_json.dumps(value).decode()
    return text.encode("ascii", "replace").decode()
