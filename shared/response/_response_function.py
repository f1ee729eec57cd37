"""A response as a function of frequency, prepared from its stages.

The stages are normalised as evalresp 3.2.36 does it (`check_channel` and `norm_resp`, which ObsPy
calls). Whatever it refuses, and whatever it takes from elsewhere, makes a response unknown here.
"""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from obspy.core.inventory import PolesZerosResponseStage, Response, ResponseStage

from shared.response._filters import Filter, amplitudes
from shared.response._stage_filters import (
    UnknownResponseError,
    filter_of,
    inferred_rates,
    number,
    require,
)
from shared.response.arrays import ComplexArray, FloatArray
from shared.response.parameters import UNITS
from shared.response.units import MOTION, SCALES

_DERIVATIVES = {output: derivative for derivative, output in enumerate(UNITS)}

_CHUNK = 4096
"""Frequencies evaluated at a time: their arrays stay in the cache."""

_OTHER = {
    **dict.fromkeys(("V", "VOLT", "VOLTS", "V/M"), "volts"),
    **dict.fromkeys(("COUNT", "COUNTS"), "counts"),
    **dict.fromkeys(("PA", "PASCAL", "PASCALS", "MBAR"), "pressure"),
    "T": "tesla",
}
"""Other units by the kind that ObsPy names to evalresp; all that it does not know are of one."""


@dataclass(frozen=True)
class ResponseFunction:
    """A response as a function of frequency.

    Attributes:
        filters: the filters of the stages, each with the factor that makes its amplitude 1 at the
            frequency of the sensitivity, or that the metadata state.
        gain: product of the stages' gains at that frequency.
        derivative: the derivative of displacement that the input is. As in evalresp, any unit that
            is not of ground motion counts as velocity.
        scale: input units in one SI unit.
    """

    filters: tuple[tuple[Filter, float], ...]
    gain: float
    derivative: int
    scale: float

    def __call__(self, frequencies: FloatArray, output: str) -> ComplexArray:
        """Return the response, complex128, at frequencies in Hz; see `evaluation.evaluate`."""
        frequencies = np.asarray(frequencies, np.float64)
        values = np.empty(frequencies.size, np.complex128)
        with np.errstate(all="ignore"):  # evalresp says nothing of values without bounds
            for first in range(0, frequencies.size, _CHUNK):
                part = slice(first, first + _CHUNK)
                values[part] = self._evaluated(frequencies[part], output)
        return values

    def _evaluated(self, frequencies: FloatArray, output: str) -> ComplexArray:
        values = np.full(frequencies.size, self.gain, np.complex128)
        for function, factor in self.filters:
            values *= function(frequencies) * factor
        more = self.derivative - _DERIVATIVES.get(output, self.derivative)
        step = np.zeros_like(values)
        step.imag = 2 * np.pi * frequencies if more > 0 else -1 / (2 * np.pi * frequencies)
        for _ in range(abs(more)):  # times i omega, or divided by it
            values *= step
        if more < 0:
            values[frequencies == 0] = 0
        values *= self.scale
        return values


def function_of(response: Response) -> ResponseFunction | None:
    """Return a response as a function of frequency.

    It is None where evalresp may give something else, or refuse the response.
    """
    try:
        return _prepared(response)
    except UnknownResponseError:
        return None


def _prepared(response: Response) -> ResponseFunction:
    stages = response.response_stages
    require([stage.stage_sequence_number for stage in stages] == [*range(1, len(stages) + 1)])
    require(stages and stages[0].input_units and stages[0].output_units)
    _require_matching_units(stages)
    rates = inferred_rates(response)
    frequency = _reference(response)
    filters: list[tuple[Filter, float]] = []
    total = 1.0
    for stage in stages:
        gain, stated_at = number(stage.stage_gain), number(stage.stage_gain_frequency)
        require(gain)
        function, factor = filter_of(stage, rates), 1.0
        agrees = stated_at == frequency
        if isinstance(stage, PolesZerosResponseStage):
            factor = number(stage.normalization_factor)
            agrees &= stage.normalization_frequency == frequency
        if function:
            if not agrees:
                there, here = _once(function, [stated_at, frequency]).tolist()
                gain, factor = gain / there * here, 1 / here
            filters.append((function, factor))
        total *= gain
    units = stages[0].input_units.upper()
    return ResponseFunction(tuple(filters), total, MOTION.get(units, 1), SCALES.get(units, 1.0))


def _reference(response: Response) -> float:
    """Return the frequency in Hz at which evalresp multiplies the gains of the stages.

    It is that of the sensitivity. Without one, it is the last that a stage's gain is stated at,
    and that is not 0.
    """
    stated = response.instrument_sensitivity
    if stated is not None:
        require(number(stated.value))
        return number(stated.frequency) if stated.frequency else 0.0
    gains = [number(stage.stage_gain_frequency) for stage in response.response_stages]
    return next(filter(None, reversed(gains)), 0.0)


def _require_matching_units(stages: list[ResponseStage]) -> None:
    """Require that each filter takes the kind of unit that the filter before it gives."""
    filters = [stage for stage in stages if type(stage) is not ResponseStage]
    for before, after in pairwise(filters):
        require(_kind(before.output_units) == _kind(after.input_units))


def _kind(units: str | None) -> object:
    name = (units or "").upper()
    return MOTION.get(name, _OTHER.get(name))


def _once(function: Filter, frequencies: list[float]) -> FloatArray:
    """Return the amplitudes of a filter at frequencies in Hz; each must be a finite number."""
    with np.errstate(all="ignore"):
        values = amplitudes(function(np.array(frequencies)))
    require(np.isfinite(values).all() and values.all())
    return values
