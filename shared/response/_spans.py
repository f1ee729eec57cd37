"""Spans: the neighbouring bins of an FFT on which one polynomial interpolates a response."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import ceil, floor

import numpy as np
import numpy.typing as npt

from shared.response._chebyshev import nodes
from shared.response._layout import Layout
from shared.response.arrays import ComplexArray, FloatArray

TOLERANCE = 1e-9
"""Relative error allowed on a bin, as estimated from the last Chebyshev coefficients. evalresp
itself rounds to about 1e-9 near the Nyquist frequency, where a filter's sum cancels."""

SMALLEST_SPAN = 64
"""Bins of the smallest span: where no polynomial fits it, it is evaluated on every bin."""

_LARGEST_SPAN = 16384

Span = tuple[float, float]
"""An interval of the bins, both ends included: its start and its length, which may be fractions of
bins. It consists of whole panels (`_layout`), or lies in one."""


@dataclass(frozen=True)
class Fit:
    """Outcome of fitting polynomials to spans.

    Attributes:
        fitted: indices of the spans that a polynomial fits.
        halves: both halves of each span that is to be refined.
        exact: the smallest spans that no polynomial fits.
    """

    fitted: list[int]
    halves: list[Span]
    exact: list[Span]


class SampledResponse:
    """A response evaluated on selected bins of an FFT.

    Args:
        evaluate: returns the response, complex128, at bins of the FFT; bins are float64 and may
            lie between integers.
        layout: the panels of bins.

    Attributes:
        evaluations: number of values evaluated so far.
    """

    def __init__(self, evaluate: Callable[[FloatArray], ComplexArray], layout: Layout) -> None:
        self._layout = layout
        self.evaluations = 0
        self._evaluate = evaluate

    def at(self, bins: FloatArray) -> ComplexArray:
        """Return the response at bins, complex128."""
        self.evaluations += bins.size
        return self._evaluate(bins) if bins.size else np.empty(0, dtype=np.complex128)

    def at_nodes(self, spans: Sequence[Span]) -> ComplexArray:
        """Return the response at the Chebyshev nodes of spans, complex128, spans by nodes."""
        first, length = np.array(spans, dtype=np.float64).reshape(-1, 2).T
        bins = first[:, None] + length[:, None] / 2 * (1 + nodes())
        values: ComplexArray = self.at(bins.ravel()).reshape(bins.shape)
        return values

    def on_every_bin(self, spans: Sequence[Span]) -> list[ComplexArray]:
        """Return the response on all bins of each span, complex128.

        One call covers all spans, since each call has its overhead.
        """
        bins = [bins_of(span) for span in spans]
        values = self.at(np.concatenate([np.empty(0), *bins]))
        return np.split(values, np.cumsum([part.size for part in bins])[:-1])

    def sort_spans(self, spans: Sequence[Span], fits: npt.NDArray[np.bool_]) -> Fit:
        """Sort spans into those that a polynomial fits and those to refine.

        Args:
            spans: the spans.
            fits: for each span, whether its polynomial is within the tolerance.
        """
        fit = Fit([], [], [])
        for index, (first, length) in enumerate(spans):
            if fits[index]:
                fit.fitted.append(index)
            elif length > min(SMALLEST_SPAN, self._layout.size):
                fit.halves.extend([(first, length / 2), (first + length / 2, length / 2)])
            else:
                fit.exact.append((first, length))
        return fit


def bins_of(span: Span) -> FloatArray:
    """Return the bins of a span, float64."""
    first, length = span
    return np.arange(ceil(first), floor(first + length) + 1, dtype=np.float64)


def initial_spans(layout: Layout) -> list[Span]:
    """Return the coarsest spans, from bin `SMALLEST_SPAN` or the second panel to the last bin.

    Their lengths grow with frequency, since a response changes on the scale of its frequency. A
    single panel has none: it is evaluated on every bin.
    """
    spans: list[Span] = []
    if layout.count == 1:
        return spans
    first = SMALLEST_SPAN
    while first < layout.size:
        spans.append((first, min(first, layout.size - first)))
        first *= 2
    panel = length = 1
    while panel < layout.count:
        while panel % (2 * length) == 0 and 2 * length * layout.size <= _LARGEST_SPAN:
            length *= 2
        while panel + length > layout.count:
            length //= 2
        spans.append((panel * layout.size, length * layout.size))
        panel += length
    return spans
