"""Warnings of a removal about response lists."""

import warnings

import numpy as np

from shared.response.bridging import BridgedTrace
from shared.response.parameters import Corners
from shared.response.response_lists import is_list, require_ascending

_WRAP_DEGREES = 180.0
"""Largest step of a phase from one element to the next; a larger one is a jump by 360 degrees."""


def warn_of_jumps(trace: BridgedTrace) -> None:
    """Warn where ObsPy interpolates a phase across a jump, which gives wrong angles in between.

    Raises:
        ValueError: the frequencies of a list do not ascend, so ObsPy cannot interpolate at all.
    """
    name = trace.segments[0].trace.id
    for stage in filter(is_list, trace.response.for_obspy.response_stages):
        require_ascending(stage)
        phases = np.array([float(element.phase) for element in stage.response_list_elements])
        jumps = np.flatnonzero(np.abs(np.diff(phases)) > _WRAP_DEGREES)
        if jumps.size:
            at = jumps[0]
            below, above = stage.response_list_elements[at : at + 2]
            warnings.warn(
                f"{name}: ObsPy interpolates the phase of stage {stage.stage_sequence_number}"
                f" across {jumps.size} jumps, the first from {phases[at]:.4g} degrees at"
                f" {float(below.frequency):.4g} Hz to {phases[at + 1]:.4g} degrees at"
                f' {float(above.frequency):.4g} Hz, and is wrong in between; the method "fast"'
                " is not",
                stacklevel=2,
            )


def warn_of_extrapolation(trace: BridgedTrace, corners: Corners) -> None:
    """Warn where the band of a removal leaves the frequencies of a response list.

    ObsPy extends the splines beyond the list.

    Args:
        trace: the trace.
        corners: f1 to f4 of the band, in Hz; None is all frequencies.
    """
    name, nyquist = trace.segments[0].trace.id, trace.sampling_rate / 2
    low, high = (corners[0], min(corners[3], nyquist)) if corners else (0.0, nyquist)
    for stage in filter(is_list, trace.response.response_stages):
        listed = [float(element.frequency) for element in stage.response_list_elements]
        first, last = min(listed), max(listed)
        outside = [
            f"{begin:.4g} to {end:.4g} Hz"
            for begin, end in ((low, min(first, high)), (max(last, low), high))
            if begin < end
        ]
        if outside:
            warnings.warn(
                f"{name}: the response list of stage {stage.stage_sequence_number} covers"
                f" {first:.4g} to {last:.4g} Hz, so the response is extrapolated from"
                f" {' and from '.join(outside)}",
                stacklevel=2,
            )
