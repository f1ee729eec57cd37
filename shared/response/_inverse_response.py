"""Inverse of an instrument response on every bin of a long FFT, from few evaluations.

evalresp on every bin takes three quarters of the time of ObsPy's `remove_response`, although a
response is smooth. So the bins are divided into panels. On each, a polynomial through the values at
Chebyshev nodes approximates the inverse, and its last coefficients bound its error (`_chebyshev`).
A panel whose bound exceeds the tolerance is halved, down to panels evaluated on every bin: the
error is bounded whatever the response.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np

from shared.response._chebyshev import basis, coefficients_of, error_bounds, polynomial
from shared.response._panels import (
    SMALLEST_PANEL,
    TOLERANCE,
    SampledResponse,
    Span,
    initial_spans,
)
from shared.response._peak import find_peak
from shared.response.arrays import ComplexArray, FloatArray


@dataclass(frozen=True)
class _Panel:
    """Neighbouring bins.

    Attributes:
        first: the first bin.
        size: the number of bins.
        kind: the meaning of `values`: the "inverse" on every bin, or the Chebyshev coefficients of
            the "smooth inverse", or of the "response", still to be clipped and inverted.
        values: complex128.
    """

    first: int
    size: int
    kind: Literal["inverse", "smooth inverse", "response"]
    values: ComplexArray


class InverseResponse:
    """Inverse of a response, clipped at a water level, as ObsPy's `invert_spectrum` computes it.

    Args:
        evaluate: returns the response, complex128, at bins of the FFT; bins are float64 and may
            lie between integers.
        nfft: length of the FFT; even.
        water_level: in dB below the response's maximum, where the response is clipped; None is no
            water level, and the inverse at bin 0 is then 0.

    Attributes:
        last_bin: the bin of the Nyquist frequency.
        evaluations: number of values of the response that were evaluated.

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
        self._water_level = water_level
        self._floor = 0.0
        # Local, so that the response behind `evaluate`, which may be large, is not kept.
        response = SampledResponse(evaluate, self.last_bin)
        spans = initial_spans(self.last_bin)
        values = response.at_nodes(spans)
        head = response.at(np.arange(min(SMALLEST_PANEL, self.last_bin), dtype=np.float64))
        last = response.at(np.array([self.last_bin], dtype=np.float64))
        if water_level is not None:
            peak = find_peak(response, spans, values, np.append(head, last))
            if peak == 0:
                raise ValueError("it is zero on all frequencies")
            self._floor = peak * 10 ** (-water_level / 20)
        inverse_head = self._invert(head)
        if water_level is None:
            inverse_head[0] = 0
        panels = [
            _Panel(0, head.size, "inverse", inverse_head),
            _Panel(self.last_bin, 1, "inverse", self._invert(last)),
            *self._refine(response, spans, values),
        ]
        self._panels = sorted(panels, key=lambda panel: panel.first)
        self.evaluations = response.evaluations

    def multiply(
        self, spectrum: ComplexArray, first: int, step: int, conjugate: bool = False
    ) -> None:
        """Multiply a spectrum by the inverse, in place.

        Args:
            spectrum: complex128, one-dimensional; entry j is bin `first + j * step`. It must not
                contain bins above the last one, the Nyquist frequency.
            first: the bin of the first entry.
            step: bins from one entry to the next; a divisor of `SMALLEST_PANEL`.
            conjugate: whether to multiply by the complex conjugate.
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
        """Return the inverse on every `step`-th bin of a panel, from its bin `offset` on."""
        if panel.kind == "inverse":
            return panel.values[offset::step]
        values = polynomial(basis(panel.size, offset, step), panel.values)
        return values if panel.kind == "smooth inverse" else self._invert(values)

    def _refine(
        self, response: SampledResponse, spans: list[Span], values: ComplexArray
    ) -> list[_Panel]:
        """Return panels within the tolerance, from spans and the response at their nodes."""
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
            # Clipping keeps the phase, so a clipped response must be accurate in itself too.
            scale = np.abs(target).min(axis=1)
            fit = response.sort_spans(spans, error <= TOLERANCE * scale)
            for index in fit.fitted:
                kind: Literal["smooth inverse", "response"]
                kind = "smooth inverse" if smooth[index] else "response"
                panels.append(_Panel(*spans[index], kind, coefficients[index]))
            exact += fit.exact
            spans = fit.halves
            values = response.at_nodes(spans)
        inverse = self._invert(response.on_every_bin(exact))
        # Only the last part can be shorter, cut by the end of the spectrum.
        parts = np.split(inverse, range(SMALLEST_PANEL, inverse.size, SMALLEST_PANEL))
        panels += [
            _Panel(first, part.size, "inverse", part)
            for first, part in zip(sorted(exact), parts, strict=False)
        ]
        return panels

    def _invert(self, response: ComplexArray) -> ComplexArray:
        """Return the inverse of a response raised to the water level.

        The inverse of zero is zero, as in ObsPy. Without a water level it is infinite, which the
        caller detects.
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
