"""The service dataselect 1.1: waveforms as miniSEED.

"FDSN Web Service Specifications", version 1.2, section "fdsnws-dataselect":
http://www.fdsn.org/webservices/. Both ends of a time span are included, and records are cut to the
sample. Without `correct`, samples and headers are the archive's own.
"""

import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timezone
from typing import Any

from shared import telemetry
from shared.archive import input_archive
from shared.archive.day import DAY_NS
from shared.errors import BadRequestError
from shared.fdsnws._span_task import Choice, Span
from shared.fdsnws._stored_data import ABSENT, StoredData, StoredDataReader, entity_tag
from shared.fdsnws.dataselect_service import CORRECTION_NAMES, MINISEED3
from shared.fdsnws.request import FdsnRequest, nodata
from shared.formats.miniseed3 import from_miniseed2
from shared.holdings.resolve import resolve
from shared.reply import File, Reply
from shared.version import VERSION
from shared.windows.headers import warnings_header

MINISEED_TYPE = "application/vnd.fdsn.mseed"
MINISEED3_TYPE = "application/vnd.fdsn.mseed3"

_LASTING = "public, max-age=3600"
_CORRECTED = "public, max-age=300"  # as metadata last: they may be mended, and no ETag tells
_CHANGING = "no-cache"  # ask each time whether it has changed
_SETTLED_NS = 7 * DAY_NS
"""Objects of the last days may still be completed."""


def query(request: FdsnRequest) -> Reply:
    """Answer a request for waveforms.

    Raises:
        BadRequestError: a time is missing, or a parameter of `correct` is wrong.
        TooLargeError: the request needs or selects too much.
        NoDataError: there are data, but no response to correct them by.
        UpstreamError: S3 failed, or the archive's objects are not miniSEED.
    """
    values = request.values
    choice = Choice(values["quality"], values["minimumlength"], values["longestonly"])
    removal = None
    if values["correct"]:
        from shared.fdsnws._corrected_data import read_corrected, removal_of  # few requests do

        removal = removal_of(values)
    elif given := [name for name in CORRECTION_NAMES if name in request.given]:
        raise BadRequestError(f"{given[0]} is given without correct=true", field=given[0])
    spans = resolve(input_archive(), request.selections)
    if not spans:
        return nodata(request)
    is_settled = time.time_ns() - spans_end(spans) > _SETTLED_NS
    if removal:
        data = read_corrected(input_archive(), spans, removal, choice)
        return _reply(request, spans, data, "", _CORRECTED if is_settled else _CHANGING)
    cache = _LASTING if is_settled else _CHANGING
    telemetry.count_windows(len(spans))
    reader, asked = StoredDataReader(input_archive(), spans), _asked(request, spans)
    if "if-none-match" in request.http.headers:
        etags = reader.etags()
        etag = entity_tag(etags, asked)
        if set(etags.values()) != {ABSENT} and request.http.has(etag):
            return Reply(None, status=304, etag=etag, cache=cache)
    data = reader.read(choice)
    return _reply(request, spans, data, entity_tag(data.etags, asked), cache)


def spans_end(spans: Sequence[Span]) -> int:
    """Return the end of the latest of some time spans, in ns since 1970."""
    return max(span.end_ns for span in spans)


def _asked(request: FdsnRequest, spans: Sequence[Span]) -> Any:
    """Return all that decides the answer, but the objects, as JSON."""
    names = ("quality", "minimumlength", "longestonly")
    options = {name: request.values[name] for name in names}
    options["miniseed3"] = request.values["format"] in MINISEED3
    return [VERSION, options, [[span.channel.nscl, span.start_ns, span.end_ns] for span in spans]]


def _reply(
    request: FdsnRequest, spans: Sequence[Span], data: StoredData, etag: str, cache: str
) -> Reply:
    headers = warnings_header(data.warnings)
    if not data.content:
        return replace(nodata(request), headers=headers)
    content, media_type, suffix = data.content, MINISEED_TYPE, "mseed"
    if request.values["format"] in MINISEED3:
        content, media_type, suffix = from_miniseed2(content), MINISEED3_TYPE, "mseed3"
    now = datetime.now(timezone.utc).strftime("%Y-%m-%dT%H%M%SZ")
    return Reply(
        File(content, media_type, suffix),
        headers=headers,
        extent={
            **({"channel spans": len(spans)} if len(spans) > 1 else {}),
            "samples": data.samples,
            "seconds": round(sum(span.end_ns - span.start_ns for span in spans) / 1e9, 3),
        },
        etag=etag,
        cache=cache,
        file_name=f"fdsnws-dataselect_{now}.{suffix}",
    )
