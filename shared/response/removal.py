"""Instrument response removal on a stream: from counts to ground motion."""

import warnings
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from obspy import Inventory, Stream, Trace, UTCDateTime
from obspy.core.util.obspy_types import ObsPyException
from obspy.signal.util import _npts2nfft

from shared.archive.time import format_time
from shared.aws import memory
from shared.errors import NoResponseError, UnreadableObjectError
from shared.response import _fast
from shared.response.bridging import BridgedTrace, FloatArray, Segment, bridge_segments
from shared.response.epochs import find_response, input_units, is_polynomial, label, split_at_epochs
from shared.response.parameters import UNITS, Corners, RemovalParameters
from shared.response.pre_filt import resolve
from shared.waveforms.gaps import gaps_between

_OBSPY_BYTES = 47
"""Memory that ObsPy takes for each point of its FFT, all of its arrays together, at least: 47 to 49
were seen from a million points to 33 million, and 52 with a `pre_filt`."""

_OUR_BYTES = 16
"""Memory that our own way takes for each sample, at least: some 23 were seen. An archive's day fits
into any function that is recommended; what a damaged header says of the sampling rate need not."""


@dataclass(frozen=True)
class RemovalReport:
    """How the response was removed.

    Attributes:
        units: of the result.
        method: the way taken, "fast" or "obspy", or "fast, obspy" where segments differ.
        pre_filt: the corners in Hz that were used; None is no filter. Where they differ from one
            segment to another, a warning has the others.
        gaps: where samples are missing between the first and the last, as JSON: the first and the
            last missing sample's time, how many, whether the gap was bridged.
        tapered: the spans that are tapered, as JSON: first and last sample's time.
        warnings: what was odd, in words.
    """

    units: str
    method: str
    pre_filt: Corners = None
    gaps: list[dict[str, Any]] = field(default_factory=list)
    tapered: list[dict[str, str]] = field(default_factory=list)
    warnings: tuple[str, ...] = ()


def remove_response(
    stream: Stream,
    inventory: Inventory,
    parameters: RemovalParameters,
    margins: Stream | None = None,
    taper_ends: bool = True,
) -> RemovalReport:
    """Turn each segment of a stream from counts into ground motion, in place.

    Does what ObsPy's `Stream.remove_response` does, but in two places. Gaps are bridged, unless
    the parameters say otherwise. And where the response changes within a segment, it is split:
    ObsPy takes the response at its start for all of it.

    The result is float64. A segment keeps its own start time.

    Args:
        stream: one trace for each segment, not masked, in order and without overlaps.
        inventory: the station's metadata.
        parameters: how; its encoding and edges are of no concern here.
        margins: segments before and after the stream's, which are used but left as they are; None
            if there are to be none.
        taper_ends: whether ends that nothing joins are tapered, as ObsPy does, or led to zero
            beyond the samples.

    Raises:
        BadRequestError: `pre_filt` lies beyond the Nyquist frequency.
        NoResponseError: the metadata has no usable response for a segment.
        TooLargeError: it surely does not fit into the function's memory.
        UnreadableObjectError: samples are NaN or infinite.
    """
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        segments = _segments(stream, inventory, parameters.output, wanted=True)
        stream.traces = [segment.trace for segment in segments]
        if margins is not None:
            segments += _margins(margins, inventory, parameters.output)
            segments.sort(key=lambda segment: segment.trace.stats.starttime)
        runs = bridge_segments(segments, parameters.gaps == "bridge", taper_ends)
        found = _gaps(stream, runs)
        if margins is not None and parameters.taper_fraction:
            _tell_lonely_ends([run for run in runs if not is_polynomial(run.response)])
        seconds = stream[-1].stats.endtime - stream[0].stats.starttime
        ways = [_remove(run, parameters, seconds) for run in runs]
    corners = list(dict.fromkeys(used for _, used in ways))
    # What NumPy or ObsPy plan to change is none of the caller's business.
    told = [warning for warning in caught if issubclass(warning.category, UserWarning)]
    notes = dict.fromkeys(str(warning.message) for warning in told)
    if len(corners) > 1:
        others = ", ".join(str(list(used) if used else None) for used in corners[1:])
        notes[f"pre_filt became {others} for other segments"] = None
    return RemovalReport(
        units=UNITS.get(parameters.output) or input_units(runs[-1].response),
        method=", ".join(sorted({way for way, _ in ways})),
        pre_filt=corners[0],
        gaps=found,
        tapered=[span for run in runs for span in _tapered(run, parameters.taper_fraction)],
        warnings=tuple(notes),
    )


def _segments(stream: Stream, inventory: Inventory, output: str, wanted: bool) -> list[Segment]:
    segments = []
    for trace in stream:
        for part in split_at_epochs(trace, inventory):
            if not np.isfinite(part.data).all():
                raise UnreadableObjectError(f"{label(part)}: some samples are not numbers")
            segments.append(Segment(part, find_response(part, inventory, output), wanted))
    return segments


def _margins(margins: Stream, inventory: Inventory, output: str) -> list[Segment]:
    """The segments of a stream's margins, but those that are of no use."""
    segments: list[Segment] = []
    for trace in margins:
        try:
            segments += _segments(Stream([trace]), inventory, output, wanted=False)
        except (NoResponseError, UnreadableObjectError) as error:
            warnings.warn(error.message, stacklevel=2)
    return segments


def _tell_lonely_ends(runs: Sequence[BridgedTrace]) -> None:
    """Say where the samples of a neighbouring day were asked for, but none join on."""
    if runs and runs[0].tapered_start:
        warnings.warn("tapered at the start, as no samples of the day before join it", stacklevel=2)
    if runs and runs[-1].tapered_end:
        warnings.warn("tapered at the end, as no samples of the day after join it", stacklevel=2)


def _remove(
    run: BridgedTrace, parameters: RemovalParameters, seconds: float
) -> tuple[str, Corners]:
    """Remove the response from a run; returns the way taken, and the corners that were used."""
    name = label(run.segments[0].trace)
    fast = parameters.method == "fast" and _fast.covers(run.response, run.npts)
    # A polynomial takes each sample by itself, as it is.
    linear = not is_polynomial(run.response)
    size = _fast.fft_length(run.npts) // 2 if fast else run.npts
    if linear:
        _require_memory(name, run, size, fast)
    samples = run.samples(
        size, parameters.zero_mean and linear, parameters.taper_fraction if linear else 0.0
    )
    corners: Corners = None
    try:
        if linear:
            corners = resolve(parameters.pre_filt, run.response, run.sampling_rate, seconds)
        if fast:
            _by_us(samples, run, parameters, corners)
        else:
            samples = _by_obspy(samples, run, parameters, corners)
    # How ObsPy refuses a response that it cannot evaluate.
    except (ObsPyException, ValueError, IndexError, NotImplementedError) as error:
        raise NoResponseError(f"{name}: response not usable: {error}") from error
    if not np.isfinite(samples[: run.npts]).all():
        raise NoResponseError(
            f"{name}: the inverse of the response is not finite: it is zero at some frequency, so"
            " give a water_level or a pre_filt that leaves that frequency out"
        )
    run.take(samples)
    return "fast" if fast else "obspy", corners


def _require_memory(name: str, run: BridgedTrace, size: int, fast: bool) -> None:
    what = f"{name}: removing the response from {run.npts:,} samples at {run.sampling_rate:g} Hz"
    if fast:
        memory.require_memory(_OUR_BYTES * size, what, "give it more (MemorySize)")
    else:
        hint = 'ask for "method": "fast", or give it more (MemorySize)'
        memory.require_memory(_OBSPY_BYTES * _npts2nfft(run.npts), f"{what} by ObsPy", hint)


def _by_us(
    samples: FloatArray, run: BridgedTrace, parameters: RemovalParameters, corners: Corners
) -> None:
    _fast.remove(
        samples,
        run.sampling_rate,
        run.response,
        parameters.output,
        parameters.water_level,
        corners,
    )


def _by_obspy(
    samples: FloatArray, run: BridgedTrace, parameters: RemovalParameters, corners: Corners
) -> FloatArray:
    """What ObsPy makes of samples that are demeaned and tapered, where they are to be."""
    trace = Trace(samples, {"sampling_rate": run.sampling_rate})
    trace.stats.response = run.response
    trace.remove_response(
        output=parameters.output,
        pre_filt=corners,
        water_level=parameters.water_level,
        zero_mean=False,
        taper=False,
    )
    data: FloatArray = trace.data
    return data


def _gaps(stream: Stream, runs: Sequence[BridgedTrace]) -> list[dict[str, Any]]:
    """The gaps of a stream, as JSON."""
    run_of = {id(segment.trace): run for run in runs for segment in run.segments}
    return [
        {**gap.as_dict(), "bridged": run_of[id(before)] is run_of[id(after)]}
        for before, after, gap in gaps_between(stream)
    ]


def _tapered(run: BridgedTrace, taper_fraction: float) -> list[dict[str, str]]:
    """The spans of a run that its tapers touch, as JSON."""
    if is_polynomial(run.response):
        return []
    start, end = run.tapered(taper_fraction)
    first, last = run.segments[0].trace.stats, run.segments[-1].trace.stats
    spans = [
        (first.starttime, first.starttime + (start - 1) * first.delta),
        (last.endtime - (end - 1) * last.delta, last.endtime),
    ]
    return [_span(*span) for span, touched in zip(spans, (start, end), strict=True) if touched]


def _span(start: UTCDateTime, end: UTCDateTime) -> dict[str, str]:
    return {"starttime": format_time(start), "endtime": format_time(end)}
