"""The largest amplitude of a response, which the water level refers to."""

import numpy as np

from shared.response._chebyshev import (
    amplitude_bounds,
    coefficients_of,
    error_bounds,
    largest_amplitude,
)
from shared.response._spans import TOLERANCE, SampledResponse, Span
from shared.response.arrays import ComplexArray


def find_peak(
    response: SampledResponse, spans: list[Span], values: ComplexArray, ends: ComplexArray
) -> float:
    """Return the response's largest amplitude on any bin.

    Args:
        response: the response.
        spans: the coarsest spans.
        values: the response at their nodes, spans by nodes.
        ends: the response on the bins outside the spans.
    """
    peak = float(np.abs(ends).max())
    # Nodes lie between bins and may exceed the amplitude on every bin: they only set the scale.
    scale = max(peak, float(np.abs(values).max(initial=0)))
    exact: list[Span] = []
    while spans:
        coefficients = coefficients_of(values)
        bounds = amplitude_bounds(coefficients)
        fit = response.sort_spans(spans, error_bounds(coefficients) <= TOLERANCE * scale)
        for index in sorted(fit.fitted, key=bounds.__getitem__, reverse=True):
            if bounds[index] <= peak:
                break
            peak = max(peak, largest_amplitude(*spans[index], coefficients[index]))
        exact += fit.exact
        spans = fit.halves
        values = response.at_nodes(spans)
    parts = response.on_every_bin(exact)
    return max(peak, *(float(np.abs(part).max(initial=0)) for part in parts))
