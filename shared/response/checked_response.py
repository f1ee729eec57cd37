"""Responses whose metadata have been checked, in the form in which they are evaluated."""

import hashlib
import math
import pickle
from collections.abc import Iterator

from obspy.core.inventory import Response
from obspy.core.util.obspy_types import ObsPyException

from shared.response import _stages
from shared.response._sensitivity import (
    gain_at,
    gain_factor,
    overall_unit_messages,
    sensitivity_messages,
    stated_frequency,
    with_stages,
)
from shared.response.evaluation import is_known
from shared.response.polynomials import has_overall, is_polynomial
from shared.response.response_lists import conflicts, is_list, smooth_stage

EVALRESP_ERRORS = (ObsPyException, ValueError, IndexError, NotImplementedError)
"""Exceptions of ObsPy where evalresp refuses a checked response at some frequency."""

REFUSALS = (*EVALRESP_ERRORS, AttributeError, TypeError, KeyError, ArithmeticError)
"""Exceptions of ObsPy for a response that it cannot evaluate, whatever its metadata are."""


class CheckedResponse(Response):  # type: ignore[misc]  # ObsPy has no types
    """A response with its stages in order, numbered from 1, and smooth response lists.

    Attributes:
        for_obspy: the same with the response lists as the metadata have them.
        sampling_rate: the rate in Hz in which the stages end; None is not stated, or has no effect
            on a polynomial response.
        messages: contradictions in the metadata, in words.
        is_known: whether the response is evaluated without evalresp.
        digest: equal for responses with equal contents.
    """

    for_obspy: Response
    sampling_rate: float | None
    messages: tuple[str, ...]
    is_known: bool
    digest: bytes


def check(response: Response) -> CheckedResponse:
    """Check a response of a station's metadata.

    Args:
        response: a response with stages, or with an overall polynomial.

    Raises:
        ValueError: it cannot be right, or evalresp refuses it. The message names the stage.
    """
    stages = sorted(response.response_stages, key=lambda stage: stage.stage_sequence_number)
    ordered = with_stages(response, stages)
    polynomial = is_polynomial(ordered)
    if not (polynomial and has_overall(ordered)):
        _stages.require_usable(stages)
    messages = [
        *_stages.order_messages(response.response_stages),
        *([] if polynomial else _usable_sensitivity(ordered)),
        *overall_unit_messages(ordered, stages),
    ]
    lists = filter(is_list, stages)
    messages += [
        f"the response list of stage {stage.stage_sequence_number} has two different values at"
        f" {frequency:g} Hz: the first counts"
        for stage in lists
        for frequency in conflicts(stage)
    ]
    checked = CheckedResponse(
        ordered.resource_id,
        ordered.instrument_sensitivity,
        ordered.instrument_polynomial,
        [smooth_stage(stage) if is_list(stage) else stage for stage in ordered.response_stages],
    )
    if polynomial:
        messages += _stages.unit_messages(stages).values()
        if not has_overall(ordered):
            messages += _stages.sum_messages(stages)
    else:
        messages += [*_stages.rate_messages(stages), *_evaluated(checked, stages)]
    checked.for_obspy = ordered
    checked.sampling_rate = None if polynomial else _stages.final_rate(stages)
    checked.messages = tuple(messages)
    checked.is_known = is_known(checked)
    checked.digest = hashlib.sha256(pickle.dumps(ordered)).digest()
    return checked


def _usable_sensitivity(response: Response) -> Iterator[str]:
    """Drop an overall sensitivity that evalresp refuses, with a message: it is not needed."""
    stated = response.instrument_sensitivity
    if stated is None:
        return
    refused = stated.frequency == 0 and any(map(_stages.is_zero_at_0_hz, response.response_stages))
    if refused or not (_is_gain(stated.value) and _is_finite(stated.frequency)):
        response.instrument_sensitivity = None
        value = "missing" if stated.value is None else f"{float(stated.value):g}"
        at = "no frequency" if stated.frequency is None else f"{float(stated.frequency):g} Hz"
        yield f"InstrumentSensitivity is {value} at {at}: not used"


def _evaluated(response: Response, stages: _stages.Stages) -> list[str]:
    """Evaluate a response once, and return the contradictions that evalresp takes.

    Args:
        response: the response, with its stages renumbered.
        stages: the same stages with their own numbers.

    Raises:
        ValueError: evalresp refuses the response.
    """
    sums = list(_stages.sum_messages(stages))
    units = _stages.unit_messages(stages)
    decimations = _stages.decimation_messages(stages)
    facts = {**_stages.gain_messages(stages), **decimations, **units}
    messages = [*sums, *_stages.stability_messages(stages)]
    try:
        gain = gain_at(response, stated_frequency(response))
        assumed = [
            _assumed_rate(response, position, decimations[stage.stage_sequence_number])
            for position, stage in enumerate(stages, 1)
            if _stages.is_digital(stage) and stage.stage_sequence_number in decimations
        ]
    except REFUSALS as error:
        raise ValueError(_refusal(response, stages, facts, error)) from error
    return [*units.values(), *assumed, *messages, *sensitivity_messages(response, gain)]


def _assumed_rate(response: Response, position: int, message: str) -> str:
    """Return a message with the rate that ObsPy assumes for a digital stage without one.

    Raises:
        ValueError: no stage states a rate, and ObsPy assumes 1 Hz.
    """
    rate = response.get_sampling_rates()[position]["input_sampling_rate"]
    if not rate:
        raise ValueError(f"{message}, and no other stage states a sampling rate")
    return f"{message}: {float(rate):g} Hz taken from the stages around it"


def _refusal(
    response: Response, stages: _stages.Stages, facts: dict[int, str], error: Exception
) -> str:
    """Return in words why a response cannot be evaluated: evalresp's own go to stderr.

    Args:
        response: the response, with its stages renumbered.
        stages: the same stages with their own numbers.
        facts: oddities of stages, by their own numbers.
        error: the exception that the whole response causes.
    """
    for position, stage in enumerate(stages, 1):
        begun = with_stages(response, response.response_stages[:position])
        try:
            gain_factor(begun, stated_frequency(response))
        except REFUSALS as refused:
            number = stage.stage_sequence_number
            words = "" if "RESP format" in str(refused) else f": {refused}"
            return facts.get(number) or f"stage {number}: evalresp refuses it{words}"
    return str(error)


def _is_gain(value: float | None) -> bool:
    return _is_finite(value) and value != 0


def _is_finite(value: float | None) -> bool:
    return value is not None and math.isfinite(value)
