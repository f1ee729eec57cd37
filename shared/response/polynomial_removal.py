"""Removal of a polynomial response: each sample on its own, without mean, taper, band or bridge."""

import copy
import warnings
from functools import partial

import numpy as np
from obspy import Trace

from shared.errors import NoResponseError
from shared.response.arrays import FloatArray
from shared.response.bridging import BridgedTrace
from shared.response.checked_response import REFUSALS, CheckedResponse
from shared.response.polynomials import Warn, quantity

_AGREEMENT = 1e-6
"""Largest difference to ObsPy's result, relative to the peak, that is not worth a warning."""


def remove_polynomial(trace: BridgedTrace, method: str) -> None:
    """Turn the counts of a trace's wanted segments into the quantity measured, in place.

    Args:
        trace: the trace, with a polynomial response.
        method: "fast" evaluates the polynomials; "obspy" calls ObsPy, with a warning that gives the
            difference.

    Raises:
        NoResponseError: the polynomials do not give the quantity, or ObsPy refuses them.
    """
    response = trace.response
    traces = [segment.trace for segment in trace.segments if segment.wanted]
    counts = np.concatenate([part.data for part in traces], dtype=np.float64)
    warn = partial(_warn, traces[0].id)
    reason = ""
    try:
        values = quantity(response, counts, warn)
    except ValueError as error:
        reason = str(error)
    if method == "obspy":
        by_obspy = _by_obspy(response, counts, reason, traces[0].id)
        if reason:
            warn(f"the result is ObsPy's, which nothing confirms: {reason}")
        else:
            _compare(by_obspy, values, warn)
        values = by_obspy
    elif reason:
        raise NoResponseError(f"{traces[0].id}: response not usable: {reason}")
    if not np.isfinite(values).all():
        raise NoResponseError(
            f"{traces[0].id}: the polynomial response is not finite for all samples"
        )
    ends = np.cumsum([part.stats.npts for part in traces])
    for part, data in zip(traces, np.split(values, ends[:-1]), strict=True):
        part.data = data


def _by_obspy(response: CheckedResponse, counts: FloatArray, reason: str, name: str) -> FloatArray:
    trace = Trace(counts.copy())
    # ObsPy writes a sensitivity that it computes into the response.
    trace.stats.response = copy.deepcopy(response.for_obspy)
    try:
        trace.remove_response(output="DEF")
    except REFUSALS as error:
        words = reason or f'ObsPy cannot evaluate it, but the method "fast" can: {error}'
        raise NoResponseError(f"{name}: response not usable: {words}") from error
    data: FloatArray = np.asarray(trace.data, dtype=np.float64)
    return data


def _compare(by_obspy: FloatArray, values: FloatArray, warn: Warn) -> None:
    difference = np.abs(by_obspy - values)
    at = int(difference.argmax())
    if difference[at] > _AGREEMENT * np.abs(values).max():
        warn(
            f"ObsPy gives {by_obspy[at]:.6g} where the polynomial gives {values[at]:.6g}, the"
            ' largest difference; the method "fast" evaluates the polynomial'
        )


def _warn(name: str, message: str) -> None:
    warnings.warn(f"{name}: {message}", stacklevel=3)
