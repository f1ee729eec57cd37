"""The gain that the stages of a response give, against the sensitivity that the metadata state.

evalresp compares the sensitivity with the product of the stages' stated gains, and writes to
stderr. That product does not see a lost pole. Here the response itself is evaluated.
"""

import copy
import math
import warnings
from collections.abc import Iterator, Sequence

import numpy as np
from obspy.core.inventory import Response, ResponseStage

from shared.response._stages import final_rate, is_digital, is_one_unit, keeps_normalization
from shared.response.evaluation import evaluate
from shared.response.polynomials import has_overall

_TOLERANCE = 0.02


def stated_frequency(response: Response) -> float:
    """Return the frequency in Hz that the sensitivity is stated for, or 1 Hz if it is not."""
    stated = response.instrument_sensitivity
    return 1.0 if stated is None or stated.frequency is None else float(stated.frequency)


def sensitivity_messages(response: Response, gain: float) -> Iterator[str]:
    """Yield a message if gain and sensitivity differ by more than 2% or in sign, with both figures.

    Args:
        response: the response.
        gain: from `gain_at`, at the frequency of the sensitivity.
    """
    stated = response.instrument_sensitivity
    if stated is None or stated.frequency is None or not math.isfinite(gain):
        return
    gain *= _sign(response.response_stages)
    if abs(gain / float(stated.value) - 1) > _TOLERANCE:
        first, last = response.response_stages[0], response.response_stages[-1]
        unit = f"{last.output_units or 'units'} per {first.input_units or 'unit'}"
        yield (
            f"the gain of the stages at {float(stated.frequency):g} Hz is {gain:.6g} {unit}, but"
            f" InstrumentSensitivity is {float(stated.value):.6g}"
        )


def _sign(stages: Sequence[ResponseStage]) -> float:
    """Return the sign that the stated gains give; evalresp keeps it, and so the polarity."""
    sign = 1.0
    for stage in stages:
        sign *= math.copysign(1.0, stage.stage_gain or 1.0)
        if keeps_normalization(stage):
            sign *= math.copysign(1.0, stage.normalization_factor)
    return sign


def overall_unit_messages(response: Response, stages: Sequence[ResponseStage]) -> Iterator[str]:
    """Yield a message for each unit of the overall response that is not that of the stages.

    The result has the unit of the first stage, or that of an overall polynomial, which is evaluated
    in place of the stages. The sensitivity has no effect on a response with such a polynomial.

    Args:
        response: the response.
        stages: in order, with their own numbers.
    """
    name, stated = "InstrumentSensitivity", response.instrument_sensitivity
    if has_overall(response):
        name, stated = "InstrumentPolynomial", response.instrument_polynomial
    if stated is None or not stages:
        return
    for stage, verb, unit, other in (
        (stages[0], "takes", stages[0].input_units, stated.input_units),
        (stages[-1], "gives", stages[-1].output_units, stated.output_units),
    ):
        if unit and other and not is_one_unit(unit, other):
            number = stage.stage_sequence_number
            yield f"stage {number} {verb} {unit}, but {name} {verb} {other}"


def gain_at(response: Response, frequency: float) -> float:
    """Return the gain of a response, in its last stage's unit per unit of its first stage's input.

    Digital filters have no gain beyond the data's Nyquist frequency, where some metadata state the
    sensitivity. There their stated gains count.

    Args:
        response: stages in order, numbered from 1.
        frequency: in Hz.

    Raises:
        Exception: of several types, where ObsPy or evalresp refuses the response.
    """
    stages, gain = response.response_stages, abs(gain_factor(response, frequency))
    rate = final_rate(stages)
    if rate and frequency > rate / 2:
        analog = [stage for stage in stages if not is_digital(stage)]
        gain = abs(gain_factor(with_stages(response, analog), frequency)) if analog else 1.0
        gain *= math.prod(abs(stage.stage_gain) for stage in stages if is_digital(stage))
    return gain


def with_stages(response: Response, stages: list[ResponseStage]) -> Response:
    """Return a copy of a response with other stages, numbered from 1 as ObsPy needs them."""
    result = copy.copy(response)
    result.response_stages = []
    for number, stage in enumerate(stages, 1):
        if stage.stage_sequence_number != number:
            stage = copy.copy(stage)
            stage.stage_sequence_number = number
        result.response_stages.append(stage)
    return result


def gain_factor(response: Response, frequency: float) -> complex:
    """Evaluate a response at one frequency, per unit of the input as the metadata name it.

    Args:
        response: the response.
        frequency: in Hz.

    Raises:
        Exception: of several types, where ObsPy or evalresp refuses the response.
    """
    # ObsPy scales by the prefix of the first unit, and knows few units: any name without one does.
    first = copy.copy(response.response_stages[0])
    first.input_units = "M"
    neutral = copy.copy(response)
    neutral.response_stages = [first, *response.response_stages[1:]]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        # A response list needs a frequency above 0.
        return complex(evaluate(neutral, np.array([frequency, 1.0]), "DEF")[0])
