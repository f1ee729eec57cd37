"""The filter of a stage of a response, read from its metadata."""

import math
import warnings
from collections.abc import Sequence
from functools import partial
from typing import TypeVar

import numpy as np
from obspy.core.inventory import (
    CoefficientsTypeResponseStage,
    FIRResponseStage,
    PolesZerosResponseStage,
    Response,
    ResponseStage,
)

from shared.response._filters import Filter, analog, digital, fir, recursive, symmetric
from shared.response.arrays import ComplexArray, FloatArray

Array = TypeVar("Array", FloatArray, ComplexArray)


class UnknownResponseError(Exception):
    """A response that only evalresp evaluates, or refuses."""


def filter_of(stage: ResponseStage, rates: dict[int, float]) -> Filter | None:
    """Return the filter of a stage; None is a gain alone.

    Args:
        stage: a stage of any kind.
        rates: from `inferred_rates`.

    Raises:
        UnknownResponseError: evalresp may take something else, or refuse the stage.
    """
    rate, correction = _decimation(stage)
    if type(stage) is ResponseStage:
        require(rate is None)
        return None
    if isinstance(stage, PolesZerosResponseStage):
        zeros, poles = _roots(stage.zeros), _roots(stage.poles)
        kind = stage.pz_transfer_function_type
        if kind != "DIGITAL (Z-TRANSFORM)":
            require(kind in ("LAPLACE (RADIANS/SECOND)", "LAPLACE (HERTZ)"))
            return partial(analog, zeros, poles, kind == "LAPLACE (HERTZ)")
        rate = rates[stage.stage_sequence_number] if rate is None else rate
        if not (zeros.size or poles.size):
            return None
        return partial(digital, zeros, poles, _interval(rate))
    require(rate is not None)
    interval = _interval(rate or 0.0)
    if isinstance(stage, FIRResponseStage):
        coefficients = _coefficients(stage.coefficients)
        require(stage.symmetry in ("NONE", "ODD", "EVEN"))
        if coefficients.size and stage.symmetry != "NONE":
            return partial(symmetric, coefficients, stage.symmetry == "ODD", interval)
    else:
        require(isinstance(stage, CoefficientsTypeResponseStage))
        coefficients, denominator = _coefficients(stage.numerator), _coefficients(stage.denominator)
        if denominator.size:
            require(coefficients.size)
            return partial(recursive, coefficients, denominator, interval)
        require(stage.cf_transfer_function_type == "DIGITAL")
    if not coefficients.size:
        return None
    require(coefficients.cumsum()[-1])
    return fir(coefficients, interval, correction)


def _decimation(stage: ResponseStage) -> tuple[float | None, float]:
    """Return the rate of a stage's input in Hz and its correction in seconds.

    ObsPy infers the rate of poles and zeros whose decimation is incomplete; it is None then, as
    where a stage has no decimation.
    """
    whole = stage.decimation_factor, stage.decimation_offset
    rate, correction = stage.decimation_input_sample_rate, stage.decimation_correction
    given = (*whole, rate, stage.decimation_delay, correction)
    if all(value is None for value in given):
        return None, 0.0
    if None in given:
        require(isinstance(stage, PolesZerosResponseStage))
        return None, 0.0
    require(all(isinstance(value, int) for value in whole))
    return number(rate), number(correction)


def inferred_rates(response: Response) -> dict[int, float]:
    """Return the rate in Hz that ObsPy infers for each stage, or 1 Hz, by the stages' numbers.

    It is empty where no poles and zeros need one.

    Raises:
        UnknownResponseError: ObsPy infers none.
    """
    stages = response.response_stages
    lacking = (
        isinstance(stage, PolesZerosResponseStage) and _decimation(stage)[0] is None
        for stage in stages
    )
    if not any(lacking):
        return {}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the check of the metadata has the figures
        try:
            rates = response.get_sampling_rates()
        except (NotImplementedError, ArithmeticError, ValueError) as error:
            raise UnknownResponseError from error
    return {number: float(rate["input_sampling_rate"] or 1.0) for number, rate in rates.items()}


def _interval(rate: float) -> float:
    return 1 / rate if rate else 0.0  # as in evalresp


def _coefficients(values: Sequence[float]) -> FloatArray:
    return _finite(np.array([float(value) for value in values]))


def _roots(values: Sequence[complex]) -> ComplexArray:
    return _finite(np.array([complex(value) for value in values], np.complex128))


def _finite(values: Array) -> Array:
    require(bool(np.isfinite(values).all()))
    return values


def number(value: object) -> float:
    """Return a finite number as a float.

    Raises:
        UnknownResponseError: it is none.
    """
    if not isinstance(value, int | float) or not math.isfinite(value):
        raise UnknownResponseError
    return float(value)


def require(condition: object) -> None:
    """Raise an UnknownResponseError unless a condition holds."""
    if not condition:
        raise UnknownResponseError
