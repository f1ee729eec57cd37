"""The samples of windows as files of seismology: miniSEED, and SAC in a zip."""

import io
import zipfile
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from obspy import Trace

from shared import json_values
from shared.content import Content
from shared.segments import cut
from shared.window_answer import Answer

MINISEED_TYPE = "application/vnd.fdsn.mseed"
ZIP_TYPE = "application/zip"

ERRORS_NAME = "errors.json"
"""The file of a zip that tells which windows are not in it, and why."""

_RECORD_BYTES = 512  # as the archive's own
_STEIM2_DIFFERENCES = 2**29  # it has 30 bits, sign included, for what two samples differ by
_ENCODINGS = {"int32": "INT32", "float32": "FLOAT32", "float64": "FLOAT64"}
_FIRST_DATE = (1980, 1, 1, 0, 0, 0)  # of a zip's clock; the same bytes at any time


def write_windows(answers: Sequence[Answer], file_format: str) -> Content:
    """The windows that have samples as one file; missing samples are never filled.

    Args:
        answers: in the request's order.
        file_format: "mseed" or "sac".

    Returns:
        For "mseed", miniSEED 2 in counts: a run of records for each contiguous segment. For "sac",
        a zip with one SAC file for each, and with `errors.json` if windows failed. SAC knows
        32-bit floats alone: counts beyond 16,777,216 are rounded.
    """
    traces = [answer.trace for answer in answers if answer.trace is not None]
    segments = [segment for trace in traces for segment in _segments(trace)]
    if file_format == "mseed":
        return Content(_miniseed(segments), MINISEED_TYPE, "mseed")
    return Content(_sac_zip(segments, failed_windows(answers)), ZIP_TYPE, "zip")


def failed_windows(answers: Sequence[Answer]) -> list[dict[str, Any]]:
    """The windows that have no samples, as JSON: what was asked for, why not, and their place.

    `window` is the place in the request, from 0.
    """
    return [
        {"window": index, **answer.as_dict()}
        for index, answer in enumerate(answers)
        if answer.trace is None
    ]


def _segments(trace: Trace) -> Iterator[Trace]:
    """The contiguous parts of a trace, in order, in one of the types that both formats know."""
    kind = trace.data.dtype
    wanted = kind.newbyteorder("=") if kind.name in _ENCODINGS else np.dtype(np.int32)
    missing = np.concatenate(([True], np.ma.getmaskarray(trace.data), [True]))
    edges = np.flatnonzero(missing[1:] != missing[:-1])
    for first, end in edges.reshape(-1, 2).tolist():
        segment = cut(trace, first, end)
        segment.data = np.ascontiguousarray(np.ma.getdata(segment.data), dtype=wanted)
        yield segment


def _miniseed(segments: Sequence[Trace]) -> bytes:
    buffer = io.BytesIO()
    for segment in segments:
        segment.write(
            buffer,
            format="MSEED",
            encoding=_encoding(segment.data),
            reclen=_RECORD_BYTES,
            byteorder=">",
        )
    return buffer.getvalue()


def _encoding(samples: np.ndarray) -> str:
    encoding = _ENCODINGS[samples.dtype.name]
    if encoding != "INT32":
        return encoding
    steps = np.diff(samples.astype(np.int64))  # two 32-bit numbers may differ by 33 bits
    low, high = steps.min(initial=0), steps.max(initial=0)
    fits = low >= -_STEIM2_DIFFERENCES and high < _STEIM2_DIFFERENCES
    return "STEIM2" if fits else encoding


def _sac_zip(segments: Sequence[Trace], failed: list[dict[str, Any]]) -> bytes:
    buffer = io.BytesIO()
    times_used: Counter[str] = Counter()
    with zipfile.ZipFile(buffer, "w") as archive:
        for segment in segments:
            name = _sac_name(segment)
            times_used[name] += 1
            number = f".{times_used[name]}" if times_used[name] > 1 else ""
            file = io.BytesIO()
            segment.write(file, format="SAC", byteorder="<")
            _add(archive, f"{name}{number}.sac", file.getvalue())
        if failed:
            _add(archive, ERRORS_NAME, json_values.dumps(failed))
    return buffer.getvalue()


def _sac_name(segment: Trace) -> str:
    return f"{segment.id}.{segment.stats.starttime.strftime('%Y%j.%H%M%S.%f')}"


def _add(archive: zipfile.ZipFile, name: str, content: bytes) -> None:
    entry = zipfile.ZipInfo(name, _FIRST_DATE)
    entry.compress_type = zipfile.ZIP_DEFLATED
    entry.external_attr = 0o644 << 16  # a file that all may read
    archive.writestr(entry, content, compresslevel=1)
