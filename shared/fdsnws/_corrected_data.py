"""Ground motion of some time spans, as float miniSEED 2 records."""

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from copy import copy
from typing import Any

from obspy import Trace, UTCDateTime

from shared import limits
from shared.archive.archive import Archive
from shared.errors import BadRequestError, NoDataError, NoWaveformError, ServiceError, TooLargeError
from shared.fdsnws._span_task import Choice, Span
from shared.fdsnws._stored_data import StoredData
from shared.fields import Fields, shown
from shared.formats import miniseed
from shared.formats.contiguous import contiguous_parts
from shared.response.parameters import WINDOW_NAMES, RemovalParameters
from shared.waveforms.continuous import choose
from shared.waveforms.gaps import SAME_NS
from shared.waveforms.segments import cut
from shared.windows import WindowResult, read_windows
from shared.windows.limits import sample_limit
from shared.windows.request import Window, WindowsRequest

_FORMAT = "mseed"


def removal_of(values: Mapping[str, Any]) -> RemovalParameters:
    """Return the parameters of the removal that a request asks for.

    Args:
        values: of the parameters of dataselect, by long name.

    Raises:
        BadRequestError: `prefilt` is neither four ascending corners nor one of its words.
    """
    given: dict[str, Any] = {"output": values["units"], "pre_filt": _corners(values["prefilt"])}
    if values["waterlevel"] is not None:
        given["water_level"] = values["waterlevel"]
    try:
        return RemovalParameters.parse(Fields(given, WINDOW_NAMES))
    except BadRequestError as error:
        if error.details.get("field") != "pre_filt":
            raise
        raise _wrong_corners(values["prefilt"]) from error


def read_corrected(
    archive: Archive, spans: Sequence[Span], removal: RemovalParameters, choice: Choice
) -> StoredData:
    """Read time spans and remove the response of the instrument.

    Samples at both ends are included, and none is beyond. A channel without a usable response is
    left out, and named in a warning.

    Args:
        archive: the archive.
        spans: the spans.
        removal: how to remove the response.
        choice: which continuous segments to deliver; the quality is not that of the result.

    Raises:
        TooLargeError: there are more spans than `limits.max_windows`, or as of `read_windows`.
        NoResponseError, NoStationXMLError: no span has a usable response, and one has data.
        UpstreamError: S3 failed, or an object is not of the kind that its key names.
    """
    if len(spans) > (most := limits.max_windows()):
        raise TooLargeError(
            f"the request selects {len(spans):,} time spans of channels: at most {most:,} with"
            " correct in one request (MAX_WINDOWS); ask for fewer channels",
            spans=len(spans),
            limit=most,
        )
    windows = tuple(
        Window(span.channel, UTCDateTime(ns=span.start_ns), UTCDateTime(ns=span.end_ns))
        for span in spans
    )
    limit = sample_limit(WindowsRequest(windows, _FORMAT, removal=removal))
    try:
        results = read_windows(windows, archive, removal, max_samples=limit)
    except ServiceError as error:
        raise _own_words(error) from error
    data, parts, unusable = StoredData(), [], []
    for span, result in zip(spans, results, strict=True):
        subject = span.channel.nscl
        if isinstance(result.error, NoWaveformError):
            continue
        if isinstance(result.error, NoDataError):
            unusable.append(_own_words(result.error))
            data.warnings.append(f"{subject}: {unusable[-1].message}")
        elif result.error:
            raise _own_words(result.error) from result.error
        data.warnings += [f"{subject}: {_translated(warning)}" for warning in result.warnings]
        content = miniseed.write(list(_within(result, span)))
        content, samples = choose(content, "B", choice.minimum_s, choice.longest)
        parts.append(content)
        data.samples += samples
    data.content = b"".join(parts)
    data.warnings = list(dict.fromkeys(data.warnings))
    if unusable and not data.content:
        raise unusable[0]
    return data


def _own_words(error: ServiceError) -> ServiceError:
    """Return a copy of an error about windows in the words of dataselect."""
    own = copy(error)  # the error itself may be that of another request, too
    own.message = _translated(error.message)
    own.args = (own.message,)
    if own.details.get("field") == "pre_filt":
        own.details = {**own.details, "field": "prefilt"}
    return own


def _translated(text: str) -> str:
    """Return a text about windows in the words of dataselect."""
    text = re.sub(r"(?<![-\w])(?:time )?window(s?)\b", r"time span\1", text)
    text = re.sub(r"\bpre_filt\b", "prefilt", text)
    return re.sub(r"\bwater_level\b", "waterlevel", text)


def _corners(text: str) -> Any:
    """Return the band as a request for windows has it."""
    word = text.strip().lower()
    if word == "auto":
        return word
    if word == "none":
        return None
    try:
        return [float(part) for part in text.strip("[]() ").split(",")]
    except ValueError as error:
        raise _wrong_corners(text) from error


def _wrong_corners(text: str) -> BadRequestError:
    return BadRequestError(
        f"prefilt is {shown(text)}: must be four ascending corners in Hz, such as 0.01,0.02,8,10,"
        " or auto, or none",
        field="prefilt",
    )


def _within(result: WindowResult, span: Span) -> Iterator[Trace]:
    """Yield the contiguous parts of a result, without the samples that are nearest but outside."""
    for segment in result.segments:
        for part in contiguous_parts(segment):
            start, delta = part.stats.starttime.ns, part.stats.delta * 1e9
            first = max(0, math.ceil((span.start_ns - SAME_NS - start) / delta))
            end = min(part.stats.npts, math.floor((span.end_ns + SAME_NS - start) / delta) + 1)
            if first < end:
                yield cut(part, first, end)
