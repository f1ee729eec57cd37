"""Instrument response removal from the segments of one channel: counts to ground motion."""

import re
import warnings
from collections.abc import Sequence

import numpy as np
from obspy import Inventory, Stream, Trace
from obspy.core.inventory import Response

from shared import guard
from shared.aws import memory
from shared.errors import NoResponseError, UnreadableObjectError
from shared.response import _fast_removal, _obspy_removal, _removal_time
from shared.response._channel_epochs import ChannelEpochs
from shared.response._list_warnings import warn_of_extrapolation, warn_of_jumps
from shared.response._obspy_numerics import fft_length
from shared.response._removal_time import in_time, is_fast, require_time_for_segments
from shared.response.bridging import BridgedTrace, Segment, bridge_segments
from shared.response.checked_response import EVALRESP_ERRORS
from shared.response.clipping import warn_of_clipping
from shared.response.epochs import find_response, label, split_at_epochs
from shared.response.long_periods import long_periods
from shared.response.offsets import treat_gaps
from shared.response.parameters import Corners, RemovalParameters
from shared.response.polynomial_removal import remove_polynomial
from shared.response.polynomials import is_polynomial
from shared.response.pre_filt import resolve
from shared.response.report import (
    RemovalReport,
    describe_gaps,
    describe_tapers,
    describe_treatments,
    describe_units,
)
from shared.response.treatments import Treatments
from shared.waveforms.reasons import EmptySpan

_OBSPY_BYTES = 47
"""Lower bound of ObsPy's memory for each point of its FFT, all arrays together. Measured: 47 to 49
bytes for 1 to 33 million points, and 52 with a `pre_filt`."""

_FAST_BYTES = 12
"""Lower bound of the fast method's memory for each sample, beyond that of the counts, which it
frees; 13 to 22 bytes were measured. A day of the archive fits every recommended function, but a
damaged header may claim any sampling rate."""

_OBSPYS_OWN = re.compile(
    "extrapolation beyond the frequency band|Input sampling rate of stage|is not known to ObsPy"
)
"""Warnings of ObsPy that ours replace: they come without figures, where the band excludes the
frequencies, or for each unit that is not of ground motion, as if the result could be wrong."""


def remove_channel_response(
    stream: Stream,
    inventory: Inventory,
    parameters: RemovalParameters,
    margins: Stream | None = None,
    taper_ends: bool = True,
    empty: Sequence[EmptySpan] = (),
) -> RemovalReport:
    """Convert each segment of one channel from counts to ground motion, in place.

    `shared.response.remove_response` takes any stream. Works like ObsPy's
    `Stream.remove_response`, with two differences. Gaps are bridged, unless the parameters forbid
    it. A segment is split where its response changes; ObsPy applies the response at its start to
    all of it.

    The result is float64. Each segment keeps its own start time.

    Args:
        stream: one trace for each segment, unmasked, in order and without overlaps.
        inventory: the station's metadata.
        parameters: the parameters; encoding and edges have no effect here.
        margins: segments before and after the stream, which improve its ends and remain unchanged;
            None for none.
        taper_ends: whether to taper ends without an adjoining segment, as ObsPy does; otherwise
            they are extended to zero.
        empty: the reasons for samples missing between the segments, which the report repeats.

    Raises:
        BadRequestError: `pre_filt` lies outside the frequencies of the data.
        NoResponseError: the metadata has no usable response for a segment.
        TooLargeError: the removal cannot fit into the function's memory or time.
        UnreadableObjectError: samples are NaN or infinite.
        ValueError: stream and margins are of several channels.
    """
    _require_one_channel(stream, margins)
    require_time_for_segments(stream, parameters)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        epochs = ChannelEpochs(stream[0], inventory)
        segments = _segments(stream, epochs, parameters.output, wanted=True)
        stream.traces = [segment.trace for segment in segments]
        if margins is not None:
            segments += _margins(margins, epochs, parameters.output)
            segments.sort(key=lambda segment: segment.trace.stats.starttime)
        seconds = stream[-1].stats.endtime - stream[0].stats.starttime
        treatments = _treat_gaps(segments, parameters, seconds)
        traces = bridge_segments(segments, parameters.gaps == "bridge", taper_ends, treatments)
        gap_list = describe_gaps(stream, traces, treatments, empty)
        if margins is not None and parameters.taper_fraction:
            _warn_of_tapered_ends([t for t in traces if not is_polynomial(t.response)])
        removals = [_remove(trace, parameters, seconds) for trace in in_time(traces, parameters)]
    corners = list(dict.fromkeys(used for _, used in removals))
    messages = _messages(caught)
    units, changes = describe_units(traces, parameters.output)
    messages |= dict.fromkeys([*describe_treatments(segments, treatments), *changes])
    if len(corners) > 1:
        others = ", ".join(str(list(used) if used else None) for used in corners[1:])
        messages[f"pre_filt became {others} for other segments"] = None
    return RemovalReport(
        units=units,
        method=", ".join(sorted({method for method, _ in removals})),
        pre_filt=corners[0],
        gaps=gap_list,
        tapered=[s for trace in traces for s in describe_tapers(trace, parameters.taper_fraction)],
        warnings=tuple(messages),
    )


def _treat_gaps(
    segments: Sequence[Segment], parameters: RemovalParameters, seconds: float
) -> Treatments:
    """Judge the gaps between segments, if there is time for the removal after it."""
    bridged = parameters.gaps == "bridge"
    next(in_time(bridge_segments(segments, bridged), parameters), None)
    return treat_gaps(
        segments,
        bridged=bridged,
        long_periods=lambda response, rate: long_periods(response, parameters, rate, seconds),
    )


def _messages(caught: Sequence[warnings.WarningMessage]) -> dict[str, None]:
    """Return the warnings that concern the caller, once each, in order."""
    # Deprecations of NumPy and ObsPy do not.
    relevant = [warning for warning in caught if issubclass(warning.category, UserWarning)]
    messages = dict.fromkeys(str(warning.message) for warning in relevant)
    return {message: None for message in messages if not _OBSPYS_OWN.search(message)}


def _require_one_channel(stream: Stream, margins: Stream | None) -> None:
    """Raise a ValueError for several channels: the report, and each gap in it, are of one."""
    ids = dict.fromkeys(trace.id for trace in [*stream, *(margins or [])])
    if len(ids) > 1:
        raise ValueError(f"{', '.join(ids)}: must be the segments and margins of one channel")


def _segments(
    stream: Sequence[Trace],
    epochs: ChannelEpochs,
    output: str,
    *,
    wanted: bool,
) -> list[Segment]:
    segments = []
    for trace in stream:
        for part in split_at_epochs(trace, epochs):
            if part.data.dtype.kind == "f" and not np.isfinite(part.data).all():
                raise UnreadableObjectError(f"{label(part)}: some samples are not numbers")
            response = find_response(part, epochs, output)
            segments.append(Segment(part, response, wanted))
    return segments


def _margins(margins: Stream, epochs: ChannelEpochs, output: str) -> list[Segment]:
    """Return the usable segments of a stream's margins, with a warning for each unusable one."""
    segments: list[Segment] = []
    for trace in margins:
        with guard.attempt(label(trace)) as attempt:
            segments += _segments([trace], epochs, output, wanted=False)
        if attempt.error:
            warnings.warn(attempt.error.message, stacklevel=2)
    return segments


def _warn_of_tapered_ends(traces: Sequence[BridgedTrace]) -> None:
    """Warn of ends that are tapered because no samples of an adjacent day adjoin them."""
    if traces and traces[0].tapered_start:
        warnings.warn("tapered at the start, as no samples of the day before join it", stacklevel=2)
    if traces and traces[-1].tapered_end:
        warnings.warn("tapered at the end, as no samples of the day after join it", stacklevel=2)


def _remove(
    trace: BridgedTrace, parameters: RemovalParameters, seconds: float
) -> tuple[str, Corners]:
    """Remove the response from a bridged trace, in place.

    Args:
        trace: the trace.
        parameters: the parameters.
        seconds: length of the data, which limits the corners of "auto".

    Returns:
        The method and the corners that were used.
    """
    if is_polynomial(trace.response):
        remove_polynomial(trace, parameters.method)
        return parameters.method, None
    name = label(trace.segments[0].trace)
    fast = is_fast(trace, parameters)
    nfft = (_fast_removal.fft_length if fast else fft_length)(trace.npts)
    size = nfft // 2 if fast else trace.npts
    _require_memory(name, trace, size, fast)
    samples = trace.prepare(size, parameters.zero_mean, parameters.taper_fraction)
    corners: Corners = None
    try:
        corners = resolve(parameters.pre_filt, trace.response, trace.sampling_rate, seconds)
        warn_of_clipping(trace.response, trace.sampling_rate, nfft, parameters, corners)
        warn_of_extrapolation(trace, corners)
        if fast:
            _fast_removal.remove(
                samples,
                trace.sampling_rate,
                trace.response,
                parameters.output,
                parameters.water_level,
                corners,
            )
        else:
            response: Response = trace.response
            if parameters.method == "obspy":
                response = trace.response.for_obspy
                warn_of_jumps(trace)
            samples = _obspy_removal.remove(
                samples, trace.sampling_rate, response, parameters, corners
            )
    except EVALRESP_ERRORS as error:
        raise NoResponseError(f"{name}: response not usable: {error}") from error
    if not np.isfinite(samples[: trace.npts]).all():
        raise NoResponseError(
            f"{name}: the inverse of the response is not finite: the response is zero at some"
            " frequency, so give a water_level or a pre_filt that excludes that frequency"
        )
    trace.write_back(samples)
    return _removal_time.method_name(trace, fast), corners


def _require_memory(name: str, trace: BridgedTrace, size: int, fast: bool) -> None:
    samples = f"{trace.npts:,} samples at {trace.sampling_rate:g} Hz"
    task = f"{name}: removing the response from {samples}"
    if fast:
        memory.require_memory(_FAST_BYTES * size, task, "give it more (MemorySize)")
    else:
        _obspy_removal.load()
        hint = 'ask for "method": "fast", or give it more (MemorySize)'
        memory.require_memory(_OBSPY_BYTES * fft_length(trace.npts), f"{task} by ObsPy", hint)
