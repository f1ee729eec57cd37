"""Response lists: amplitude and phase of a stage at some frequencies.

ObsPy puts a cubic spline through the amplitudes and one through the phases, in the order of the
list (`Response._call_eval_resp_for_frequencies`). Where a phase leaves -180 degrees and returns
at 180, that spline takes in between every angle that the stage does not have. Here a list is
sorted, each frequency counts once, and the phase is unwrapped, so that the spline is smooth. A list
without jumps is evaluated exactly as by ObsPy.
"""

import copy
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from obspy.core.inventory import ResponseListResponseStage

_LEAST_ELEMENTS = 4
"""Fewest points of a cubic spline."""


@dataclass(frozen=True)
class ListElement:
    """An element of a response list, as ObsPy evaluates it; ObsPy's own bounds the phase.

    Attributes:
        frequency: in Hz.
        amplitude: in the stage's units.
        phase: in degrees, unwrapped.
    """

    frequency: float
    amplitude: float
    phase: float


def is_list(stage: object) -> bool:
    """Return whether a stage is a response list."""
    return isinstance(stage, ResponseListResponseStage)


def smooth_stage(stage: ResponseListResponseStage) -> ResponseListResponseStage:
    """Return a stage whose list is sorted, without duplicates, and with an unwrapped phase.

    The result is for ObsPy's evaluation; of elements at one frequency the first counts.

    Raises:
        ValueError: too few frequencies, which the message says in words.
    """
    first: dict[float, ListElement] = {}
    for element in stage.response_list_elements:
        values = float(element.frequency), float(element.amplitude), float(element.phase)
        first.setdefault(values[0], ListElement(*values))
    elements = sorted(first.values(), key=lambda element: element.frequency)
    if len(elements) < _LEAST_ELEMENTS:
        raise ValueError(
            f"the response list of stage {stage.stage_sequence_number} has {len(elements)}"
            f" frequencies: must have at least {_LEAST_ELEMENTS}"
        )
    phases = np.unwrap([element.phase for element in elements], period=360.0)
    result = copy.copy(stage)
    result.response_list_elements = [
        ListElement(element.frequency, element.amplitude, float(phase))
        for element, phase in zip(elements, phases, strict=True)
    ]
    return result


def require_ascending(stage: ResponseListResponseStage) -> None:
    """Raise a ValueError unless the frequencies ascend, without which ObsPy's splines fail."""
    frequencies = [float(element.frequency) for element in stage.response_list_elements]
    if any(after <= before for before, after in pairwise(frequencies)):
        raise ValueError(
            f"the frequencies of the response list of stage {stage.stage_sequence_number} do not"
            ' ascend, as ObsPy needs them; the method "fast" sorts them'
        )


def conflicts(stage: ResponseListResponseStage) -> Iterator[float]:
    """Yield the frequencies of a list at which two elements differ, in Hz."""
    seen: dict[float, tuple[float, float]] = {}
    for element in stage.response_list_elements:
        values = float(element.amplitude), float(element.phase)
        if seen.setdefault(float(element.frequency), values) != values:
            yield float(element.frequency)
