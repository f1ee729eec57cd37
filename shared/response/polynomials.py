"""Polynomial responses: the quantity that an instrument measures, from each sample on its own.

A polynomial of StationXML gives the input of the instrument, or of a stage, from its output x:
c0 + c1 x + c2 x^2 + ... (MACLAURIN; blockettes 42 and 62 of the SEED manual 2.4). The overall
polynomial takes counts. Where there is none, the stages are inverted from the last to the first: a
gain divides, a polynomial is evaluated. A digital filter without feedback passes the slow signals
of such instruments, so its gain divides, too.

ObsPy divides by the gain of a single stage, or by the sensitivity, and adds c0.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from typing import Any

import numpy as np
from obspy.core.inventory import (
    CoefficientsTypeResponseStage,
    FIRResponseStage,
    PolesZerosResponseStage,
    PolynomialResponseStage,
    Response,
    ResponseStage,
)

from shared.response.arrays import FloatArray

Polynomial = Any  # InstrumentPolynomial or PolynomialResponseStage, which have no types
Warn = Callable[[str], None]

_TOLERANCE = 0.02


def is_polynomial(response: Response) -> bool:
    """Return whether a response is a polynomial, which gives the input unit for every output.

    A straight line behind a filter is no such response: evalresp takes it for a gain, and drops its
    constant, which no filtered signal has.

    Args:
        response: stages in order.
    """
    stages = response.response_stages
    positions = [i for i, stage in enumerate(stages) if isinstance(stage, PolynomialResponseStage)]
    if not positions or not stages:
        return not stages
    before = stages[: positions[0]]
    curved = any(len(stages[position].coefficients) > 2 for position in positions)
    return all(map(_is_gain, before)) or (curved and has_overall(response))


def has_overall(response: Response) -> bool:
    """Return whether a response has an overall polynomial from counts to the quantity measured."""
    overall = response.instrument_polynomial
    return overall is not None and bool(overall.coefficients)


def quantity(response: Response, counts: FloatArray, warn: Warn) -> FloatArray:
    """Return the quantity that an instrument measured, in its input unit.

    Args:
        response: a polynomial response, stages in order.
        counts: float64.
        warn: takes a message in words: values outside the polynomials' bounds, or an overall
            polynomial and stages that differ by more than 2%.

    Raises:
        ValueError: the response has no overall polynomial, and its stages cannot be inverted. The
            message names the stage.
    """
    if not has_overall(response):
        return _inverted(response.response_stages, counts, warn)
    overall = response.instrument_polynomial
    values = _value(overall, counts, warn)
    with suppress(ValueError):  # the overall polynomial needs no stages
        by_stages = _inverted(response.response_stages, counts, lambda _: None)
        _compare(counts, values, by_stages, warn)
    return values


def _compare(counts: FloatArray, overall: FloatArray, stages: FloatArray, warn: Warn) -> None:
    difference = np.abs(overall - stages)
    at = int(difference.argmax())
    if difference[at] > _TOLERANCE * max(abs(overall[at]), abs(stages[at])):
        warn(
            f"InstrumentPolynomial gives {overall[at]:.6g} for {counts[at]:.6g} counts, but the"
            f" stages give {stages[at]:.6g}"
        )


def _inverted(stages: Sequence[ResponseStage], counts: FloatArray, warn: Warn) -> FloatArray:
    if not stages:
        raise ValueError("the response has no stages")
    values = counts
    for stage in reversed(stages):
        if isinstance(stage, PolynomialResponseStage):
            values = _value(stage, values, warn)
        else:
            values = values / _gain(stage)
    return values


def _value(polynomial: Polynomial, x: FloatArray, warn: Warn) -> FloatArray:
    """Evaluate a polynomial, and warn of values outside of its bounds."""
    number = getattr(polynomial, "stage_sequence_number", None)
    name = f"the polynomial of stage {number}" if number else "InstrumentPolynomial"
    if not polynomial.coefficients:
        raise ValueError(f"{name} has no coefficients")
    if (polynomial.approximation_type or "MACLAURIN").upper() != "MACLAURIN":
        raise ValueError(f"{name} is {polynomial.approximation_type}: must be MACLAURIN")
    coefficients = [float(value) for value in polynomial.coefficients]
    values: FloatArray = np.asarray(np.polynomial.polynomial.polyval(x, coefficients))
    for message in _outside(name, polynomial, values):
        warn(message)
    return values


def _outside(name: str, polynomial: Polynomial, values: FloatArray) -> Iterator[str]:
    """Yield a message if values lie outside the bounds, which are in units of the input."""
    low, high = polynomial.approximation_lower_bound, polynomial.approximation_upper_bound
    if low is None or high is None or not low < high:
        return
    outside = int(np.count_nonzero((values < low) | (values > high)))
    if outside:
        unit = polynomial.input_units or ""
        yield (
            f"{outside:,} of {values.size:,} samples lie outside {low:g} to {high:g} {unit}, where"
            f" {name} is valid: {values.min():.6g} to {values.max():.6g} {unit}"
        )


def _gain(stage: ResponseStage) -> float:
    """Return the gain of a stage that changes nothing but the scale of a slow signal.

    Raises:
        ValueError: the stage is a filter, whose output does not give its input sample by sample.
    """
    number, gain = stage.stage_sequence_number, float(stage.stage_gain)
    if isinstance(stage, PolesZerosResponseStage) and not (stage.poles or stage.zeros):
        return gain * float(stage.normalization_factor)
    if not (_is_gain(stage) or _is_transparent(stage)):
        raise ValueError(
            f"stage {number} is a filter, so the polynomial's stages cannot be inverted, and the"
            " response has no InstrumentPolynomial"
        )
    return gain


def _is_gain(stage: ResponseStage) -> bool:
    if isinstance(stage, PolesZerosResponseStage):
        return not (stage.poles or stage.zeros)
    return type(stage) is ResponseStage


def _is_transparent(stage: ResponseStage) -> bool:
    """Return whether a stage is a digital filter without feedback, of gain 1 at 0 Hz."""
    if isinstance(stage, CoefficientsTypeResponseStage):
        return not stage.denominator and (
            stage.cf_transfer_function_type == "DIGITAL" or not stage.numerator
        )
    return isinstance(stage, FIRResponseStage)
