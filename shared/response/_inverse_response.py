"""Inverse of an instrument response on every bin of a long FFT, from few evaluations.

evalresp on every bin takes three quarters of the time of ObsPy's `remove_response`, although a
response is smooth. So the bins are divided into spans. On each, a polynomial through the values at
Chebyshev nodes approximates the inverse, and its last coefficients bound its error (`_chebyshev`).
A span whose bound exceeds the tolerance is halved, down to spans evaluated on every bin: the error
is bounded whatever the response.

The panels of a `Layout` share one set of bins, relative to each panel. So one matrix product gives
the inverse on rows of the spectrum: their Chebyshev polynomials times all panels' coefficients.
Panels that contain more than one span are kept on every bin.
"""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from shared.response._chebyshev import (
    MIRROR,
    NODES,
    basis,
    coefficients_of,
    error_bounds,
    halves,
)
from shared.response._layout import Layout
from shared.response._peak import find_peak
from shared.response._spans import (
    TOLERANCE,
    SampledResponse,
    Span,
    bins_of,
    initial_spans,
)
from shared.response.arrays import ComplexArray, FloatArray, product


class InverseResponse:
    """Inverse of a response, clipped at a water level, as ObsPy's `invert_spectrum` computes it.

    Args:
        evaluate: returns the response, complex128, at bins of the FFT; bins are float64 and may
            lie between integers.
        layout: the place of each bin.
        water_level: in dB below the response's maximum, where the response is clipped; None is no
            water level, and the inverse at bin 0 is then 0.

    Attributes:
        layout: as given.
        evaluations: number of values of the response that were evaluated.

    Raises:
        ValueError: the response is zero on all frequencies.
    """

    def __init__(
        self,
        evaluate: Callable[[FloatArray], ComplexArray],
        layout: Layout,
        water_level: float | None,
    ) -> None:
        self.layout = layout
        self._water_level = water_level
        self._floor = 0.0
        self._basis = basis(np.arange(layout.size + 1, dtype=np.float64), 0, layout.size)
        self._coefficients = np.zeros((layout.count, NODES), dtype=np.complex128)
        self._clipped = np.zeros(layout.count, dtype=np.bool_)
        self._exact: dict[int, ComplexArray] = {}
        # Local, so that the response behind `evaluate`, which may be large, is not kept.
        response = SampledResponse(evaluate, layout)
        spans = initial_spans(layout)
        values = response.at_nodes(spans)
        ends: list[Span] = [(0, spans[0][0] if spans else layout.size), (layout.points, 0)]
        head, last = response.on_every_bin(ends)
        if water_level is not None:
            peak = find_peak(response, spans, values, np.append(head, last))
            if peak == 0:
                raise ValueError("it is zero on all frequencies")
            self._floor = peak * 10 ** (-water_level / 20)
        self._refine(response, spans, values)
        inverse_head = self._invert(head)
        if water_level is None:
            inverse_head[0] = 0
        self._set(0, bins_of(ends[0]), inverse_head)
        self._set(layout.count - 1, bins_of(ends[1]), self._invert(last))
        self._coefficients = np.ascontiguousarray(self._coefficients.T)
        self._exact_columns = np.array(list(self._exact))
        self._exact_values = np.stack(list(self._exact.values()), axis=1)
        self._exact.clear()
        self._clipped[self._exact_columns] = False
        self._clipped_columns = np.flatnonzero(self._clipped)
        self.evaluations = response.evaluations

    @property
    def nbytes(self) -> int:
        """The size of all that is kept, in bytes."""
        return self._basis.nbytes + self._coefficients.nbytes + self._exact_values.nbytes

    def multiply(self, rows: ComplexArray, first: int) -> None:
        """Multiply rows of a spectrum by the inverse, in place.

        Args:
            rows: complex128, some rows of the layout's matrix.
            first: the number of the first row.
        """
        place = slice(first, first + len(rows))
        if self.layout.count == 1:
            rows *= self._exact_values[place]
            return
        values = product(self._basis[place], self._coefficients)
        if self._clipped_columns.size:
            values[:, self._clipped_columns] = self._invert(values[:, self._clipped_columns])
        values[:, self._exact_columns] = self._exact_values[place]
        rows *= values

    def _refine(self, response: SampledResponse, spans: list[Span], values: ComplexArray) -> None:
        """Keep the inverse within the tolerance, from spans and the response at their nodes."""
        exact: list[Span] = []
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
            fitted = [spans[index] for index in fit.fitted]
            self._keep(fitted, coefficients[fit.fitted], ~smooth[fit.fitted])
            exact += fit.exact
            spans = fit.halves
            values = response.at_nodes(spans)
        for span, part in zip(exact, response.on_every_bin(exact), strict=False):
            self._set(int(span[0] // self.layout.size), bins_of(span), self._invert(part))

    def _keep(
        self, spans: list[Span], coefficients: ComplexArray, clipped: npt.NDArray[np.bool_]
    ) -> None:
        """Keep polynomials through the inverse, or through the response, to be `clipped`."""
        panels, counts = (np.array(spans).reshape(-1, 2) // self.layout.size).astype(np.intp).T
        for index in np.flatnonzero(counts == 0).tolist():
            bins = bins_of(spans[index])
            values = product(basis(bins, *spans[index]), coefficients[index, :, None])[:, 0]
            inverse = self._invert(values) if clipped[index] else values
            self._set(int(panels[index]), bins, inverse)
        kept = counts > 0
        panels, counts = panels[kept], counts[kept]
        coefficients, clipped = coefficients[kept], clipped[kept]
        while (long := counts > 1).any():
            half = counts[long] // 2
            panels = np.concatenate([panels[~long], panels[long], panels[long] + half])
            counts = np.concatenate([counts[~long], half, half])
            coefficients = np.concatenate([coefficients[~long], *halves(coefficients[long])])
            clipped = np.concatenate([clipped[~long], clipped[long], clipped[long]])
        odd = panels % 2 == 1
        coefficients[odd] = coefficients[odd].conj() * MIRROR
        columns = self.layout.places[panels]
        self._coefficients[columns] = coefficients
        self._clipped[columns] = clipped

    def _set(self, panel: int, bins: FloatArray, inverse: ComplexArray) -> None:
        """Keep the inverse on some bins of a panel."""
        column = int(self.layout.places[panel])
        if column not in self._exact:
            values = product(self._basis, self._coefficients[column, :, None])[:, 0]
            self._exact[column] = self._invert(values) if self._clipped[column] else values
        offsets = (bins - panel * self.layout.size).astype(np.intp)
        if panel % 2:
            self._exact[column][self.layout.size - offsets] = inverse.conj()
        else:
            self._exact[column][offsets] = inverse

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
