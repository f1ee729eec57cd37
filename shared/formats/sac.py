"""SAC: a zip archive with one file for each contiguous trace.

SAC stores 32-bit floats only, so counts beyond 16,777,216 are rounded.
"""

import io
import zipfile
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from obspy import Trace

from shared import strict_json
from shared.formats._sample_count import check_sample_count

ERRORS_NAME = "errors.json"
"""The file in the zip that lists the windows without samples, with their errors."""

_HEADER_BYTES = 632
_SAMPLE_BYTES = 4

_TIMESTAMP = (1980, 1, 1, 0, 0, 0)  # zip's earliest; a fixed one makes the bytes reproducible


def write(traces: Sequence[Trace], failed: Sequence[Mapping[str, Any]] = ()) -> bytes:
    """Write contiguous traces as SAC files in a zip archive.

    Args:
        traces: unmasked; int32, float32 or float64.
        failed: the windows without samples, as JSON; `errors.json` lists them.

    Raises:
        RuntimeError: ObsPy's writer lost samples.
    """
    buffer = io.BytesIO()
    times_used: Counter[str] = Counter()
    with zipfile.ZipFile(buffer, "w") as archive:
        for trace in traces:
            name = _name(trace)
            times_used[name] += 1
            number = f".{times_used[name]}" if times_used[name] > 1 else ""
            _add(archive, f"{name}{number}.sac", _file(trace))
        if failed:
            _add(archive, ERRORS_NAME, strict_json.dumps(list(failed)))
    return buffer.getvalue()


def _file(trace: Trace) -> bytes:
    file = io.BytesIO()
    trace.write(file, format="SAC", byteorder="<")
    content = file.getvalue()
    written = (len(content) - _HEADER_BYTES) // _SAMPLE_BYTES
    check_sample_count(written, trace.stats.npts, "SAC file")
    return content


def _name(trace: Trace) -> str:
    return f"{trace.id}.{trace.stats.starttime.strftime('%Y%j.%H%M%S.%f')}"


def _add(archive: zipfile.ZipFile, name: str, content: bytes) -> None:
    entry = zipfile.ZipInfo(name, _TIMESTAMP)
    entry.compress_type = zipfile.ZIP_DEFLATED
    entry.external_attr = 0o644 << 16  # Unix permissions: readable by everyone
    archive.writestr(entry, content, compresslevel=1)
