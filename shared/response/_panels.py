"""Panels: the neighbouring bins of an FFT on which one polynomial interpolates a response."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from shared.response._chebyshev import nodes
from shared.response.arrays import ComplexArray, FloatArray

TOLERANCE = 1e-9
"""Relative error allowed on a bin, as estimated from the last Chebyshev coefficients. evalresp
itself rounds to about 1e-9 near the Nyquist frequency, where a filter's sum cancels."""

SMALLEST_PANEL = 64
"""Bins of the smallest panel: where no polynomial fits it, it is evaluated on every bin. Panels
begin at multiples of it."""

_LARGEST_PANEL = 16384

Span = tuple[int, int]
"""A panel's first bin and its number of bins."""


@dataclass(frozen=True)
class Fit:
    """Outcome of fitting polynomials to spans.

    Attributes:
        fitted: indices of the spans that a polynomial fits.
        halves: both halves of each span that is to be refined.
        exact: first bins of the smallest spans that no polynomial fits.
    """

    fitted: list[int]
    halves: list[Span]
    exact: list[int]


class SampledResponse:
    """A response evaluated on selected bins of an FFT.

    Args:
        evaluate: returns the response, complex128, at bins of the FFT; bins are float64 and may
            lie between integers.
        last_bin: the bin of the Nyquist frequency.

    Attributes:
        last_bin: as given.
        evaluations: number of values evaluated so far.
    """

    def __init__(self, evaluate: Callable[[FloatArray], ComplexArray], last_bin: int) -> None:
        self.last_bin = last_bin
        self.evaluations = 0
        self._evaluate = evaluate

    def at(self, bins: FloatArray) -> ComplexArray:
        """Return the response at bins, complex128."""
        self.evaluations += bins.size
        return self._evaluate(bins) if bins.size else np.empty(0, dtype=np.complex128)

    def at_nodes(self, spans: Sequence[Span]) -> ComplexArray:
        """Return the response at the Chebyshev nodes of spans, complex128, spans by nodes."""
        first = np.array([span[0] for span in spans], dtype=np.float64)
        half = (np.array([span[1] for span in spans], dtype=np.float64) - 1) / 2
        bins = first[:, None] + half[:, None] * (1 + nodes())
        # The last span may extend beyond the Nyquist frequency, where there is no response.
        return self.at(np.minimum(bins, self.last_bin).ravel()).reshape(bins.shape)

    def on_every_bin(self, firsts: Sequence[int]) -> ComplexArray:
        """Return the response on all bins of the smallest panels, complex128, in order.

        One call covers all panels, since each call of evalresp has its overhead.

        Args:
            firsts: the panels' first bins, in any order.
        """
        starts = np.sort(np.array(firsts, dtype=np.float64))
        bins: FloatArray = np.add.outer(starts, np.arange(SMALLEST_PANEL)).ravel()
        return self.at(bins[bins < self.last_bin])

    def sort_spans(self, spans: Sequence[Span], fits: npt.NDArray[np.bool_]) -> Fit:
        """Sort spans into those that a polynomial fits and those to refine.

        Args:
            spans: the spans.
            fits: for each span, whether its polynomial is within the tolerance.
        """
        fit = Fit([], [], [])
        for index, (first, size) in enumerate(spans):
            # A span that extends beyond the last bin is cut short, so it is never a polynomial.
            if fits[index] and first + size <= self.last_bin:
                fit.fitted.append(index)
            elif size > SMALLEST_PANEL:
                fit.halves.extend([(first, size // 2), (first + size // 2, size // 2)])
            else:
                fit.exact.append(first)
        return fit


def initial_spans(last_bin: int) -> list[Span]:
    """Return the coarsest spans, from bin `SMALLEST_PANEL` up to the last bin.

    Their sizes grow with frequency, since a response changes on the scale of its frequency.
    """
    spans: list[Span] = []
    first = size = SMALLEST_PANEL
    while first < last_bin:
        while size < _LARGEST_PANEL and first % (2 * size) == 0:
            size *= 2
        while size > SMALLEST_PANEL and first + size > last_bin:
            size //= 2
        spans.append((first, size))
        first += size
    return spans
