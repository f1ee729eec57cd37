"""The time that a removal takes, and the refusal of one that would not end in time.

The time of long traces grows with their samples. That of many short ones grows with their number,
as the response is evaluated for each length.
"""

from collections.abc import Iterator, Sequence

from obspy import Stream

from shared.aws.time_limit import require_time
from shared.response import _fast_removal
from shared.response._obspy_numerics import fft_length
from shared.response.bridging import BridgedTrace
from shared.response.parameters import RemovalParameters
from shared.response.polynomials import is_polynomial

# Seconds on one processor, measured on days at 100 Hz with up to 8,000 gaps: rather too few, as the
# time is looked at again before each trace.
_SEGMENT_S = 8e-5  # to judge the gap before it, to bridge that, and to write it
_SAMPLE_S = 1e-8  # to prepare and to write it
_FAST_TRACE_S = 4e-4
_FAST_SAMPLE_S = 4e-8
_MOST_BINS = 10_000  # on which the fast method evaluates a response
_KNOWN_BIN_S, _EVALRESP_BIN_S = 1.4e-7, 1.2e-6
_OBSPY_TRACE_S = 3e-3
_OBSPY_POINT_S = 7e-7  # of the FFT


def is_fast(trace: BridgedTrace, parameters: RemovalParameters) -> bool:
    """Return whether the fast method removes a trace's response, not ObsPy's own."""
    return parameters.method == "fast" and _fast_removal.covers(trace.response)


def method_name(trace: BridgedTrace, fast: bool) -> str:
    """Return the name of the method that removes a trace's response, for the report."""
    if not fast:
        return "obspy"
    return "fast" if trace.response.is_known else "fast with evalresp"


def require_time_for_segments(stream: Stream, parameters: RemovalParameters) -> None:
    """Refuse segments whose number alone takes too long, before any work on them.

    Raises:
        TooLargeError: there are too many.
    """
    segments = len(stream)
    require_time(
        _SEGMENT_S * segments,
        f"{stream[0].id}: removing the response from {segments:,} segments",
        _hint(parameters),
        segments=segments,
    )


def in_time(
    traces: Sequence[BridgedTrace], parameters: RemovalParameters
) -> Iterator[BridgedTrace]:
    """Yield traces for the removal of their responses while there is time for all that follow.

    Raises:
        TooLargeError: the next trace, and all that follow, would not end in time.
    """
    seconds = [_seconds(trace, is_fast(trace, parameters)) for trace in traces]
    left_s = sum(seconds)
    segments = sum(len(trace.segments) for trace in traces)
    samples = sum(trace.npts for trace in traces)
    hint = _hint(parameters)
    for trace, trace_s in zip(traces, seconds, strict=True):
        name, extent = trace.segments[0].trace.id, f"{segments:,} segments of {samples:,} samples"
        work = f"{name}: removing the response from {extent}"
        require_time(left_s, work, hint, segments=segments, samples=samples)
        yield trace
        left_s -= trace_s
        segments -= len(trace.segments)
        samples -= trace.npts


def _seconds(trace: BridgedTrace, fast: bool) -> float:
    """Return the time of a trace on one processor."""
    npts: int = trace.npts
    seconds = _SEGMENT_S * len(trace.segments) + _SAMPLE_S * npts
    if is_polynomial(trace.response):
        return seconds
    if fast:
        bin_s = _KNOWN_BIN_S if trace.response.is_known else _EVALRESP_BIN_S
        evaluation_s = bin_s * min(npts, _MOST_BINS)
        return seconds + _FAST_TRACE_S + evaluation_s + _FAST_SAMPLE_S * npts
    return seconds + _OBSPY_TRACE_S + _OBSPY_POINT_S * fft_length(npts)


def _hint(parameters: RemovalParameters) -> str:
    if parameters.method == "obspy":
        remedy = 'ask for "method": "fast"'
    elif parameters.gaps == "split":
        remedy = 'ask for "gaps": "bridge"'
    else:
        remedy = "ask for less"
    return f"{remedy}, or give the function more time (Timeout)"
