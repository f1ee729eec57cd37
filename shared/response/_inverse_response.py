"""The inverse of an instrument response on every frequency of a long FFT, from few evaluations.

evalresp on every frequency is three quarters of the time of ObsPy's `remove_response`. Yet a
response is smooth: so the FFT's bins are cut into panels, and on each the inverse is the polynomial
through its values at Chebyshev nodes, whose error its last coefficients tell (`chebyshev`). A panel
whose last coefficients are above the tolerance is halved, down to panels that are evaluated on
every bin. So the error is bounded, whatever the response.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from shared.response._chebyshev import (
    basis,
    coefficients_of,
    error_bounds,
    largest,
    nodes,
    polynomial,
)

ComplexArray = npt.NDArray[np.complex128]
FloatArray = npt.NDArray[np.float64]

TOLERANCE = 1e-9
"""The relative error of the inverse on a bin, as estimated from the last coefficients. evalresp
itself rounds to some 1e-9 near the Nyquist frequency, where a filter's sum cancels."""

SMALLEST_PANEL = 64
"""Bins of a panel that is evaluated on every bin, as no polynomial will do. Panels begin at its
multiples."""

_LARGEST_PANEL = 16384


@dataclass(frozen=True)
class _Panel:
    """Some neighbouring bins.

    Attributes:
        first: the first bin.
        size: how many bins.
        kind: what `values` are: the "inverse" on every bin, or Chebyshev coefficients of the
            "smooth inverse", or of the "response", which is to be clipped and inverted.
    """

    first: int
    size: int
    kind: str
    values: ComplexArray


class InverseResponse:
    """The inverse of a response, clipped at a water level, as ObsPy's `invert_spectrum` makes it.

    Args:
        evaluate: gives the response, complex128, at bins of the FFT, float64 and possibly between
            two of them.
        nfft: length of the FFT; even.
        water_level: in dB below the response's maximum, where the response is clipped; None is
            none, and then the inverse at bin 0 is 0.

    Attributes:
        evaluations: how many values of the response it took.

    Raises:
        ValueError: the response is zero on all frequencies.
    """

    def __init__(
        self,
        evaluate: Callable[[FloatArray], ComplexArray],
        nfft: int,
        water_level: float | None,
    ) -> None:
        self.last_bin = nfft // 2
        self.evaluations = 0
        self._evaluate = evaluate
        self._water_level = water_level
        spans = _spans(self.last_bin)
        values = self._at_nodes(spans)
        head = self._response(np.arange(min(SMALLEST_PANEL, self.last_bin), dtype=np.float64))
        last = self._response(np.array([self.last_bin], dtype=np.float64))
        self._floor = 0.0
        if water_level is not None:
            peak = self._peak(spans, values, head, last)
            if peak == 0:
                raise ValueError("it is zero on all frequencies")
            self._floor = peak * 10 ** (-water_level / 20)
        inverse_head = self._invert(head)
        if water_level is None:
            inverse_head[0] = 0
        panels = [
            _Panel(0, head.size, "inverse", inverse_head),
            _Panel(self.last_bin, 1, "inverse", self._invert(last)),
            *self._refined(spans, values),
        ]
        self._panels = sorted(panels, key=lambda panel: panel.first)
        # What made it is not needed any more, and may be large.
        del self._evaluate

    def multiply(
        self, spectrum: ComplexArray, first: int, step: int, conjugate: bool = False
    ) -> None:
        """Multiply a spectrum by the inverse, in place.

        Args:
            spectrum: complex128, one-dimensional; its entry j is bin `first + j * step`. Bins
                beyond the last one, the Nyquist frequency, must not be in it.
            first: the bin of the first entry.
            step: bins from one entry to the next; a divisor of `SMALLEST_PANEL`.
            conjugate: multiply by the complex conjugate.
        """
        for panel in self._panels:
            begin = max(0, -((first - panel.first) // step))
            end = min(spectrum.size, -((first - panel.first - panel.size) // step))
            if begin < end:
                offset = first + begin * step - panel.first
                values = self._values(panel, offset, step)[: end - begin]
                part = spectrum[begin:end]
                part *= values.conj() if conjugate else values

    def _values(self, panel: _Panel, offset: int, step: int) -> ComplexArray:
        """The inverse on each `step`-th bin of a panel, from its bin `offset` on."""
        if panel.kind == "inverse":
            return panel.values[offset::step]
        values = polynomial(basis(panel.size, offset, step), panel.values)
        return values if panel.kind == "smooth inverse" else self._invert(values)

    def _refined(self, spans: list[tuple[int, int]], values: ComplexArray) -> list[_Panel]:
        """Panels within the tolerance, from spans of bins and the response at their nodes."""
        panels: list[_Panel] = []
        exact: list[int] = []
        while spans:
            amplitude = np.abs(values).min(axis=1)
            # Well above the floor the inverse itself is smooth; near it, only the response is.
            smooth = amplitude > 2 * self._floor
            with np.errstate(divide="ignore", invalid="ignore"):
                target = np.where(smooth[:, None], 1 / values, values)
                coefficients = coefficients_of(target)
                error = error_bounds(coefficients)
            # Clipping keeps the phase, so that also a clipped response must be right by itself.
            scale = np.abs(target).min(axis=1)
            fitted, halves, rest = self._sorted_out(spans, error <= TOLERANCE * scale)
            for index in fitted:
                kind = "smooth inverse" if smooth[index] else "response"
                panels.append(_Panel(*spans[index], kind, coefficients[index]))
            exact += rest
            spans = halves
            values = self._at_nodes(spans)
        return panels + self._exact(exact)

    def _sorted_out(
        self, spans: list[tuple[int, int]], fits: npt.NDArray[np.bool_]
    ) -> tuple[list[int], list[tuple[int, int]], list[int]]:
        """What becomes of spans, given whether a polynomial fits each.

        Returns:
            The indices of those that it does, the halves of the others, and the first bins of
            those that are too small to be halved.
        """
        fitted: list[int] = []
        halves: list[tuple[int, int]] = []
        rest: list[int] = []
        for index, (first, size) in enumerate(spans):
            # The last one may reach beyond the end: it is cut short, never a polynomial.
            if fits[index] and first + size <= self.last_bin:
                fitted.append(index)
            elif size > SMALLEST_PANEL:
                halves += [(first, size // 2), (first + size // 2, size // 2)]
            else:
                rest.append(first)
        return fitted, halves, rest

    def _exact(self, firsts: list[int]) -> list[_Panel]:
        """The smallest panels, evaluated on every bin; in one call, as each has its overhead."""
        inverse = self._invert(self._response(self._bins(firsts)))
        # Only the last one may be cut short, by the end of the spectrum.
        parts = np.split(inverse, range(SMALLEST_PANEL, inverse.size, SMALLEST_PANEL))
        return [
            _Panel(first, part.size, "inverse", part)
            for first, part in zip(sorted(firsts), parts, strict=False)
        ]

    def _bins(self, firsts: list[int]) -> FloatArray:
        """All bins of the smallest panels that begin at `firsts`, in order."""
        starts = np.sort(np.array(firsts, dtype=np.float64))
        bins: FloatArray = np.add.outer(starts, np.arange(SMALLEST_PANEL)).ravel()
        return bins[bins < self.last_bin]

    def _peak(
        self,
        spans: list[tuple[int, int]],
        values: ComplexArray,
        head: ComplexArray,
        last: ComplexArray,
    ) -> float:
        """The response's largest amplitude, which the water level refers to."""
        peak = float(max(np.abs(head).max(), np.abs(last).max()))
        # Nodes lie between bins, and may be higher than any bin is: good for the scale alone.
        scale = max(peak, float(np.abs(values).max(initial=0)))
        exact: list[int] = []
        while spans:
            coefficients = coefficients_of(values)
            bound = np.abs(coefficients).sum(axis=1)
            fits = error_bounds(coefficients) <= TOLERANCE * scale
            fitted, halves, rest = self._sorted_out(spans, fits)
            for index in fitted:
                if bound[index] > peak:
                    peak = max(peak, largest(spans[index][1], coefficients[index]))
            exact += rest
            spans = halves
            values = self._at_nodes(spans)
        return max(peak, float(np.abs(self._response(self._bins(exact))).max(initial=0)))

    def _at_nodes(self, spans: Sequence[tuple[int, int]]) -> ComplexArray:
        """The response at the Chebyshev nodes of spans: an array of spans by nodes."""
        first = np.array([span[0] for span in spans], dtype=np.float64)
        half = (np.array([span[1] for span in spans], dtype=np.float64) - 1) / 2
        bins = first[:, None] + half[:, None] * (1 + nodes())
        # The last span may reach beyond the Nyquist frequency, where there is no response.
        return self._response(np.minimum(bins, self.last_bin).ravel()).reshape(bins.shape)

    def _response(self, bins: FloatArray) -> ComplexArray:
        self.evaluations += bins.size
        return self._evaluate(bins) if bins.size else np.empty(0, dtype=np.complex128)

    def _invert(self, response: ComplexArray) -> ComplexArray:
        """The inverse of a response that is raised to the water level.

        Of zero it is zero, as in ObsPy; without a water level infinite, for the caller to see.
        """
        if self._water_level is None:
            with np.errstate(divide="ignore", invalid="ignore"):
                return np.divide(1, response)
        amplitude = np.abs(response)
        clipped = (amplitude < self._floor) & (amplitude > 0)
        response = response.copy()
        response[clipped] *= self._floor / amplitude[clipped]
        inverse = np.zeros_like(response)
        np.divide(1, response, out=inverse, where=response != 0)
        return inverse


def _spans(last_bin: int) -> list[tuple[int, int]]:
    """The first cut: (first bin, size), from `SMALLEST_PANEL` on up to the last bin.

    Sizes grow with the frequency, as the scale on which a response changes does.
    """
    spans: list[tuple[int, int]] = []
    first = size = SMALLEST_PANEL
    while first < last_bin:
        while size < _LARGEST_PANEL and first % (2 * size) == 0:
            size *= 2
        while size > SMALLEST_PANEL and first + size > last_bin:
            size //= 2
        spans.append((first, size))
        first += size
    return spans
